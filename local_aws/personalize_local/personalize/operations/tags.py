"""TagResource, UntagResource, ListTagsForResource, and the tags of Create operations.

https://docs.aws.amazon.com/personalize/latest/dg/tagging-resources.html
"""

from collections.abc import Mapping
from typing import Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError, invalid_input, not_found
from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.store import Resources

Tags = dict[str, str]


def tag_resource(call: Call) -> dict[str, object]:
    """Add tags to a resource, or replace their values."""
    arn = call.parameters["resourceArn"]
    tags = requested_tags(call)
    with call.resources() as (resources, _now):
        merged = {**_tags_of(resources, arn), **tags}
        _require_within_limit(merged, call.settings)
        resources.tags[arn] = merged
    return {}


def untag_resource(call: Call) -> dict[str, object]:
    """Remove tags from a resource; unknown keys are ignored."""
    arn, removed = call.parameters["resourceArn"], call.parameters["tagKeys"]
    with call.resources() as (resources, _now):
        tags = _tags_of(resources, arn)
        resources.tags[arn] = {key: value for key, value in tags.items() if key not in removed}
    return {}


def list_tags_for_resource(call: Call) -> dict[str, object]:
    """Return a resource's tags."""
    with call.resources() as (resources, _now):
        tags = _tags_of(resources, call.parameters["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}


def requested_tags(call: Call) -> Tags:
    """Return the tags in a call's parameters; raise InvalidInputException or TooManyTagsException."""
    given = call.parameters.get("tags") or []
    tags: Tags = {tag["tagKey"]: tag["tagValue"] for tag in given}
    if len(tags) < len(given):
        raise invalid_input(messages.TAG_KEYS_NOT_UNIQUE)
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid_input(messages.reserved_tag_key(key))
    _require_within_limit(tags, call.settings)
    return tags


def _tags_of(resources: Resources, arn: str) -> Tags:
    # Schemas can't be tagged, and nor can metric attributions.
    resource = resources.generic.get(arn)
    is_taggable_resource = resource is not None and GENERIC_KINDS[resource.kind].is_taggable
    others = (resources.dataset_groups, resources.datasets, resources.import_jobs)
    if not is_taggable_resource and not any(arn in stored for stored in others):
        raise not_found(messages.does_not_exist(arn))
    return resources.tags.get(arn, {})


def _require_within_limit(tags: Tags, settings: Settings) -> None:
    if len(tags) > settings.tags_per_resource:
        raise ServiceError("TooManyTagsException", messages.too_many_tags(settings.tags_per_resource))


OPERATIONS: Final[Mapping[str, Operation]] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
