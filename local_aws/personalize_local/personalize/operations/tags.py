"""TagResource, UntagResource, ListTagsForResource, and the tags that creations come with.

https://docs.aws.amazon.com/personalize/latest/dg/tagging-resources.html
"""

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError, invalid_input, not_found
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.store import Resources

Tags = dict[str, str]


def tag_resource(call: Call) -> dict[str, object]:
    """Add tags to a resource, or give them other values."""
    arn = call.parameters["resourceArn"]
    tags = requested_tags(call)
    with call.resources() as (resources, _now):
        together = {**_tags_of(resources, arn), **tags}
        _require_few(together, call.settings)
        keep_tags(resources, arn, together)
    return {}


def untag_resource(call: Call) -> dict[str, object]:
    """Take tags off a resource; keys that it doesn't have are fine."""
    arn = call.parameters["resourceArn"]
    with call.resources() as (resources, _now):
        tags = _tags_of(resources, arn)
        keep_tags(resources, arn, {key: tags[key] for key in tags if key not in call.parameters["tagKeys"]})
    return {}


def list_tags_for_resource(call: Call) -> dict[str, object]:
    """Return a resource's tags."""
    with call.resources() as (resources, _now):
        tags = _tags_of(resources, call.parameters["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}


def requested_tags(call: Call) -> Tags:
    """Return the tags that a call brings; raise for what no resource can have."""
    given = call.parameters.get("tags") or []
    tags: Tags = {tag["tagKey"]: tag["tagValue"] for tag in given}
    if len(tags) < len(given):
        raise invalid_input(messages.TAG_KEYS_NOT_UNIQUE)
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid_input(messages.reserved_tag_key(key))
    _require_few(tags, call.settings)
    return tags


def keep_tags(resources: Resources, arn: str, tags: Tags) -> None:
    """Make these the tags of a resource."""
    resources.tags[arn] = tags


def _tags_of(resources: Resources, arn: str) -> Tags:
    # Schemas can't be tagged, so they are not looked for.
    taggable = (resources.dataset_groups, resources.datasets, resources.import_jobs, resources.solutions)
    if not any(arn in kind for kind in taggable):
        raise not_found(messages.does_not_exist(arn))
    return resources.tags.get(arn, {})


def _require_few(tags: Tags, settings: Settings) -> None:
    if len(tags) > settings.tags_per_resource:
        raise ServiceError("TooManyTagsException", messages.too_many_tags(settings.tags_per_resource))
