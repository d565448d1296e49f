"""Tags of resources in a stack: those of the template, and those of the stack (`cdk deploy --tags`).

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-tags.html
ministack sets both for most types, but not for buckets and for the types of Personalize.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from ministack.services import cloudformation, s3
from ministack.services.cloudformation import provisioners

_RESERVED: Final = "aws:"
_BUCKET: Final = "AWS::S3::Bucket"
Properties = dict[str, Any]
Handlers = dict[str, Callable[..., Any]]
"""The functions that create, update and delete the resources of a type."""


def tag_buckets() -> None:
    """Set the tags of buckets."""
    provisioners._STACK_TAG_PROPERTY[_BUCKET] = ("Tags", "list")  # noqa: SLF001
    handlers = provisioners._RESOURCE_HANDLERS[_BUCKET]  # noqa: SLF001
    create, update = handlers["create"], handlers["update"]

    def create_with_tags(logical_id: str, properties: Properties, stack_name: str) -> Any:  # noqa: ANN401
        created = create(logical_id, properties, stack_name)
        _set_bucket_tags(created[0], properties)
        return created

    def update_with_tags(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Any:  # noqa: ANN401
        updated = update(physical_id, old, new, stack_name)
        _set_bucket_tags(updated[0], new)
        return updated

    handlers["create"], handlers["update"] = create_with_tags, update_with_tags


def with_stack_tags(handlers: Handlers) -> Handlers:
    """Return handlers of a type of Personalize that add the tags of the stack to resources that they create.

    The types' tags are create-only, and not updatable according to the registry (`tagUpdatable`): changed tags of
    a stack reach only resources that are created or replaced. The tags whose keys begin with `aws:`, which
    CloudFormation adds too, are omitted: the service reserves these keys.
    """
    create, update = handlers["create"], handlers["update"]

    def create_with_tags(logical_id: str, properties: Properties, stack_name: str) -> Any:  # noqa: ANN401
        return create(logical_id, _with_tags_of(stack_name, properties), stack_name)

    def update_with_tags(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Any:  # noqa: ANN401
        # Both get the present tags, because a difference would replace the resource.
        return update(physical_id, _with_tags_of(stack_name, old), _with_tags_of(stack_name, new), stack_name)

    return {**handlers, "create": create_with_tags, "update": update_with_tags}


def _set_bucket_tags(bucket: str, properties: Properties) -> None:
    s3._bucket_tags[bucket] = provisioners._tag_map(properties.get("Tags"))  # noqa: SLF001


def _with_tags_of(stack_name: str, properties: Properties) -> Properties:
    own = properties.get("Tags") or []
    present = {tag["Key"] for tag in own}
    added = [tag for tag in _tags_of_stack(stack_name) if tag["Key"] not in present]
    return {**properties, "Tags": [*own, *added]} if added else properties


def _tags_of_stack(stack_name: str) -> Iterable[dict[str, str]]:
    stack = cloudformation._stacks.get(stack_name) or {}  # noqa: SLF001
    return [tag for tag in stack.get("Tags") or [] if not tag["Key"].startswith(_RESERVED)]
