"""The native CloudFormation types of Personalize, and the API parameters for their properties.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Personalize.html and the types' registry
schemas. CloudFormation has no types for solution versions, recommenders, batch jobs and the other jobs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape

from personalize_local.personalize.service_model import input_shape, member_name

Properties = Mapping[str, Any]

_DOMAINS: Final = ("ECOMMERCE", "VIDEO_ON_DEMAND")


@dataclass(frozen=True)
class NativeType:
    """One resource type; all properties except those in `mutable` are create-only."""

    kind: str
    """The resource's name in operations and types: `DatasetGroup` in CreateDatasetGroup."""
    required: tuple[str, ...]
    optional: tuple[str, ...]
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    mutable: frozenset[str] = frozenset()
    not_in_api: frozenset[str] = frozenset()
    deleted_before_replaced: bool = False
    attributes: tuple[str, ...] = ()
    """The attributes besides the one with the ARN; they are members of the Describe response."""

    @property
    def type_name(self) -> str:
        """The name of the type in templates."""
        return f"AWS::Personalize::{self.kind}"

    @property
    def arn_attribute(self) -> str:
        """The attribute with the ARN; there is no `Arn`."""
        return f"{self.kind}Arn"

    @property
    def arn_member(self) -> str:
        """The member with the ARN in the API."""
        return member_name(self.arn_attribute)


NATIVE_TYPES: Final = (
    NativeType(
        kind="Schema",
        required=("Name", "Schema"),
        optional=("Domain", "Tags"),
        enums={"Domain": _DOMAINS},
        max_lengths={"Schema": 10_000},  # the API allows 20,000
        not_in_api=frozenset({"Tags"}),  # the type has tags, CreateSchema doesn't
    ),
    NativeType(
        kind="DatasetGroup",
        required=("Name",),
        optional=("Domain", "KmsKeyArn", "RoleArn", "Tags"),
        enums={"Domain": _DOMAINS},
    ),
    NativeType(
        kind="Dataset",
        required=("Name", "DatasetType", "DatasetGroupArn", "SchemaArn"),
        optional=("DatasetImportJob", "Tags"),
        enums={"DatasetType": ("Interactions", "Items", "Users")},
        mutable=frozenset({"DatasetImportJob"}),
        not_in_api=frozenset({"DatasetImportJob"}),
        deleted_before_replaced=True,
    ),
    NativeType(
        kind="Solution",
        required=("Name", "DatasetGroupArn"),
        optional=("EventType", "PerformAutoML", "PerformHPO", "RecipeArn", "SolutionConfig", "Tags"),
    ),
    NativeType(
        kind="Campaign",
        required=("Name", "SolutionVersionArn"),
        optional=("CampaignConfig", "MinProvisionedTPS", "Tags"),
        mutable=frozenset({"SolutionVersionArn", "MinProvisionedTPS", "CampaignConfig", "Tags"}),
        attributes=("CreationDateTime", "LastUpdatedDateTime", "Status"),
    ),
    NativeType(
        kind="EventTracker",
        required=("Name", "DatasetGroupArn"),
        optional=("Tags",),
        mutable=frozenset({"Tags"}),
        attributes=("TrackingId",),
    ),
    NativeType(
        kind="Filter",
        required=("Name", "DatasetGroupArn", "FilterExpression"),
        optional=("Tags",),
        mutable=frozenset({"Tags"}),
        attributes=("CreationDateTime", "LastUpdatedDateTime", "Status"),
    ),
    NativeType(
        kind="MetricAttribution",
        required=("Name", "DatasetGroupArn", "Metrics", "MetricsOutputConfig"),
        optional=(),
        mutable=frozenset({"MetricsOutputConfig"}),
        attributes=("Status",),
    ),
)


NOT_UPDATED: Final = frozenset({"DatasetImportJob", "Tags"})
"""The properties that are not parameters of Update operations."""


def property_problems(native: NativeType, properties: Properties) -> Iterator[str]:
    """Yield the invalid properties, which CloudFormation refuses before it calls the service."""
    for name in native.required:
        if name not in properties:
            yield f"#: required key [{name}] not found"
    for name, value in properties.items():
        if name not in native.required + native.optional:
            yield f"#: extraneous key [{name}] is not permitted"
        if name in native.enums and value not in native.enums[name]:
            yield f"#/{name}: {value} is not a valid enum value"
        if name in native.max_lengths and len(str(value)) > native.max_lengths[name]:
            yield f"#/{name}: expected maxLength: {native.max_lengths[name]}, actual: {len(str(value))}"


def replaces(native: NativeType, old: Properties, new: Properties) -> bool:
    """Return whether an update replaces the resource."""
    return bool(changed(old, new) - native.mutable)


def changed(old: Properties, new: Properties) -> set[str]:
    """Return the names of the changed properties."""
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def creation_parameters(native: NativeType, properties: Properties) -> dict[str, Any]:
    """Return the parameters of the API call that creates the resource."""
    in_api = {name: value for name, value in properties.items() if name not in native.not_in_api}
    parameters = parameters_for(f"Create{native.kind}", in_api)
    if "tags" in parameters:
        parameters["tags"] = api_tags(in_api["Tags"])
    return parameters


def api_tags(tags: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the tags of a template as tags of the API."""
    return [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in tags]


def parameters_for(operation: str, properties: Properties) -> dict[str, Any]:
    """Return properties as parameters of an API operation: lower-case first letters, scalars in the API's types."""
    return _members(input_shape(operation), properties)


def _members(shape: StructureShape, properties: Properties) -> dict[str, Any]:
    members = {member_name(name): value for name, value in properties.items()}
    return {name: _converted(shape.members.get(name), value) for name, value in members.items()}


def _converted(shape: Shape | None, value: object) -> object:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return _members(shape, value)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_converted(shape.member, item) for item in value]
    if shape is not None and isinstance(value, str):
        # Templates may contain any scalar as a string.
        return _scalar(shape.type_name, value)
    return value


def _scalar(type_name: str, text: str) -> object:
    if type_name == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if type_name == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    return text
