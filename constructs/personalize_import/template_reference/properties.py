"""The properties of the resource type, as its reference describes them: one table for page and schema.

Patterns, limits and choices are the contract's and those of its checks; a test holds the names to the contract.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from personalize_import.template_reference.values import BOOLEAN, FILE, FIRST_RESOURCE, FOLLOWER, TAG, seconds, text
from personalize_import_handler import contract
from personalize_import_handler.contract import ImportMode, ReimportMode, constraints


class Update(StrEnum):
    """What a change of a property leads to, in CloudFormation's words."""

    NO_INTERRUPTION = "No interruption"
    IMPORT = "No interruption, and the data is imported again"
    """A new job with a new ARN; the resource keeps its id."""
    IMPORT_IF_DATA_HAS_CHANGED = "No interruption, and the data is imported again if it has changed"
    IMPORT_IF_DATA_IS_GONE = "No interruption, and the data is imported again if it is gone"
    NOT_SUPPORTED = "Updates are not supported"
    """CloudFormation refuses it."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property."""

    name: str
    description: str
    type: str
    update: Update
    schema: dict[str, Any]
    """What its value may be, as JSON schema; of a whole that is known, without references."""
    default: str | None = None
    required: bool = False


_OF_A_RELAY: Final = "For a [relay](#longer-than-an-hour)."

PROPERTIES: Final = (
    Property(
        name="ServiceToken",
        description="The ARN of the provider's function, in the account and Region of the stack.",
        type="String",
        update=Update.NOT_SUPPORTED,
        schema=text(constraints.SERVICE_TOKEN),
        required=True,
    ),
    Property(
        name="ServiceTimeout",
        description="The seconds that CloudFormation waits for the provider's answer. Leave it out: its default is its "
        "limit, and where it is shorter than `TimeoutSeconds`, a stack event can't say why the import took too long.",
        type="Integer",
        update=Update.NO_INTERRUPTION,
        schema=seconds(1, contract.SERVICE_TIMEOUT_SECONDS),
        default=str(contract.SERVICE_TIMEOUT_SECONDS),
    ),
    Property(
        name="DatasetArn",
        description="The ARN of the dataset that is imported into.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.DATASET_ARN),
        required=True,
    ),
    Property(
        name="DataLocation",
        description="Where the data is: `s3://bucket/file.csv`, or `s3://bucket/folder/` with the slash at its end. Of "
        "a folder, Personalize reads the files of the first level.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.DATA_LOCATION),
        required=True,
    ),
    Property(
        name="RoleArn",
        description="The ARN of the role with which Personalize reads the data. The provider must be allowed to pass "
        "it: its path has to begin with the provider's `ImportRolePath`.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.ROLE_ARN),
        required=True,
    ),
    Property(
        name="SchemaArn",
        description="The ARN of the dataset's schema. A dataset that is replaced for a new schema keeps its ARN and is "
        "empty; with this property the data is imported again.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.SCHEMA_ARN),
    ),
    Property(
        name="DatasetDefinition",
        description="The name, type, group and tags of the dataset, where the stack has it. CloudFormation replaces a "
        "dataset when one of them changes, and the new one is empty and has the same ARN.",
        type="Object (`Name`, `DatasetType`, `DatasetGroupArn`, `Tags`)",
        update=Update.IMPORT_IF_DATA_IS_GONE,
        schema={"type": "object"},
    ),
    Property(
        name="After",
        description="For an `INCREMENTAL` import: the attribute `DatasetImportJobArn` of the resource with the `FULL` "
        "import that it adds to. When that imports again, so does this one.",
        type="String",
        update=Update.IMPORT_IF_DATA_IS_GONE,
        schema=text(constraints.DATASET_IMPORT_JOB_ARN),
    ),
    Property(
        name="FollowedBy",
        description="For a `FULL` import: the resources with the `INCREMENTAL` imports that come after it, in order, "
        "with their `JobName` where they have one. A rollback that repeats the `FULL` import also repeats theirs, "
        "unless CloudFormation has updated all of them by then, or `Wait` is false.",
        type="List of Follower (`LogicalId`, `JobName`)",
        update=Update.NO_INTERRUPTION,
        schema={"type": "array", "items": FOLLOWER},
    ),
    Property(
        name="StackScope",
        description="In a nested stack: the root stack's name, a slash, and a name of the nested stack that stays the "
        "same, such as `shop/Imports`. CloudFormation adds a random suffix to the nested stack's own name, so that a "
        "first deployment that is repeated would not find its running job.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.STACK_SCOPE),
        default="the stack's name",
    ),
    Property(
        name="JobName",
        description="What the job's name begins with; a suffix keeps it unique.",
        type="String",
        update=Update.NO_INTERRUPTION,
        schema=text(constraints.JOB_NAME),
        default="the stack's name and the logical id",
    ),
    Property(
        name="ImportMode",
        description="`FULL` replaces all bulk data of the dataset, `INCREMENTAL` adds to it. The first import of a "
        "dataset must be `FULL`.",
        type="String",
        update=Update.IMPORT,
        schema={"enum": list(ImportMode)},
        default=ImportMode.FULL,
    ),
    Property(
        name="PublishAttributionMetricsToS3",
        description="Whether to publish a report on metric attribution; only for a dataset group that has one.",
        type="Boolean",
        update=Update.IMPORT,
        schema=BOOLEAN,
        default="false",
    ),
    Property(
        name="Tags",
        description="Tags of the job.",
        type="List of Tag (`Key`, `Value`)",
        update=Update.NO_INTERRUPTION,
        schema={"type": "array", "items": TAG, "maxItems": contract.TAGS_MAX},
    ),
    Property(
        name="ReimportToken",
        description="Anything: when it changes, the data is imported again although nothing else has changed.",
        type="String",
        update=Update.IMPORT,
        schema=text(constraints.REIMPORT_TOKEN),
    ),
    Property(
        name="Reimport",
        description="`WHEN_DATA_CHANGES` also imports again when names, sizes or ETags of the files are others than "
        "those that were imported last; CloudFormation asks for that when `DataAsOf` has changed. The role has to "
        "trust the provider's `PreflightRoleArn`.",
        type="String",
        update=Update.IMPORT,
        schema={"enum": list(ReimportMode)},
        default=ReimportMode.WHEN_PROPERTIES_CHANGE,
    ),
    Property(
        name="DataAsOf",
        description="Anything: when it changes, the files are looked at; see `Reimport`.",
        type="String",
        update=Update.IMPORT_IF_DATA_HAS_CHANGED,
        schema=text(constraints.DATA_AS_OF, length_min=0),
    ),
    Property(
        name="Preflight",
        description="Whether the data is looked at before the job starts, so that what breaks a rule fails in seconds. "
        "The role has to trust the provider's `PreflightRoleArn`.",
        type="Boolean",
        update=Update.NO_INTERRUPTION,
        schema=BOOLEAN,
        default="false",
    ),
    Property(
        name="PublishStateChanges",
        description="Whether the states of the job are told to the default event bus of the account: "
        "[the event](events.md#the-event).",
        type="Boolean",
        update=Update.NO_INTERRUPTION,
        schema=BOOLEAN,
        default="false",
    ),
    Property(
        name="TimeoutSeconds",
        description="How long this resource waits for the job before it fails.",
        type="Integer",
        update=Update.NO_INTERRUPTION,
        schema=seconds(contract.TIMEOUT_SECONDS_MIN, contract.TIMEOUT_SECONDS_MAX),
        default=str(contract.TIMEOUT_SECONDS_DEFAULT),
    ),
    Property(
        name="Wait",
        description="Whether to wait for the job. With false the resource is complete once the job is accepted.",
        type="Boolean",
        update=Update.NO_INTERRUPTION,
        schema=BOOLEAN,
        default="true",
    ),
    Property(
        name="HandsOver",
        description=f"{_OF_A_RELAY} Whether the resource is complete, and not failed, when its time is up.",
        type="Boolean",
        update=Update.NO_INTERRUPTION,
        schema=BOOLEAN,
        default="false",
    ),
    Property(
        name="DatasetImportJobArn",
        description=f"{_OF_A_RELAY} The attribute `DatasetImportJobArn` of the resource before this one.",
        type="String",
        update=Update.NO_INTERRUPTION,
        schema=text(constraints.DATASET_IMPORT_JOB_ARN),
    ),
    Property(
        name="FirstResource",
        description=f"{_OF_A_RELAY} The resource that has begun the import: its logical id, and its `Ref`.",
        type="Object (`LogicalId`, `PhysicalId`)",
        update=Update.NO_INTERRUPTION,
        schema=FIRST_RESOURCE,
    ),
    Property(
        name="WaitedSeconds",
        description=f"{_OF_A_RELAY} The sum of `TimeoutSeconds` of the resources before this one.",
        type="Integer",
        update=Update.NO_INTERRUPTION,
        schema=seconds(0, contract.RELAY_SECONDS_MAX),
        default="0",
    ),
    Property(
        name="LastStatus",
        description=f"{_OF_A_RELAY} With `PublishStateChanges`, the `Status` of the resource before this one, so that "
        "no state is told twice.",
        type="String",
        update=Update.NO_INTERRUPTION,
        schema=text(constraints.STATUS),
    ),
    Property(
        name="DataFiles",
        description="Files that the provider copies to `DataLocation` before they are imported. The CDK construct "
        "writes this property together with the bucket and the permissions that it takes.",
        type="List of File (`Name`, `Source`)",
        update=Update.NO_INTERRUPTION,
        schema={"type": "array", "items": FILE, "minItems": 1, "maxItems": contract.DATA_FILES_MAX},
    ),
)
