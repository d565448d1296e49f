"""The properties of the custom resource in one table, for the parser, the reference page and the JSON schema."""

from enum import StrEnum
from typing import Final, NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.contract import ImportMode, ReimportMode, constraints, data_files
from personalize_import_handler.contract.value_types import (
    AnyObject,
    Boolean,
    Choice,
    ListOf,
    Members,
    Seconds,
    Text,
    ValueType,
)


class Update(StrEnum):
    """The effect of updating a property, in CloudFormation's terms."""

    NO_INTERRUPTION = "No interruption"
    IMPORT = "No interruption, and the data is imported again"
    """A new job with a new ARN; the resource keeps its id."""
    IMPORT_IF_DATA_HAS_CHANGED = "No interruption, and the data is imported again if it has changed"
    IMPORT_IF_DATA_IS_GONE = "No interruption, and the data is imported again if it is gone"
    NOT_SUPPORTED = "Updates are not supported"
    """CloudFormation rejects it."""


class Property(NamedTuple):
    """A property of the resource. Its default is the default of the field in `ImportProperties`."""

    name: str
    description: str
    type: ValueType
    update: Update
    field: str = ""
    """The field of `ImportProperties`; empty if the handler doesn't use the value."""
    is_checked: bool = True
    """False if CloudFormation itself uses the value."""
    default: str | None = None
    """The default, if it differs from the default of the field."""
    required: bool = False


_TAGS: Final = ListOf(
    "Tag",
    Members(
        {"Key": (1, contract.TAG_KEY_LENGTH_MAX), "Value": (0, contract.TAG_VALUE_LENGTH_MAX)},
        allowed="a list of {Key, Value}, both of them strings",
    ),
    constraints.check_tags,
    count_max=contract.TAGS_MAX,
)
_FOLLOWERS: Final = ListOf(
    "Follower",
    Members(
        {"LogicalId": constraints.LOGICAL_ID, "JobName": constraints.JOB_NAME},
        allowed="a list of {LogicalId, JobName}, all of them strings",
        optional="JobName",
    ),
    constraints.check_followers,
)
_FILES: Final = ListOf(
    "File",
    Members(
        {"Name": data_files.DATA_FILE_NAME, "Source": data_files.OBJECT},
        allowed="a list of {Name, Source}, both of them strings",
    ),
    data_files.check_data_files,
    count_min=1,
    count_max=contract.DATA_FILES_MAX,
)
_FIRST_RESOURCE: Final = Members(
    {"LogicalId": constraints.LOGICAL_ID, "PhysicalId": None}, allowed=constraints.FIRST_RESOURCE_ALLOWED
)
_WAIT_CHAIN: Final = "For a [wait chain](#longer-than-an-hour)."

PROPERTIES: Final = (
    Property(
        name="ServiceToken",
        description="The ARN of the provider's function, in the account and Region of the stack.",
        is_checked=False,
        update=Update.NOT_SUPPORTED,
        type=Text(constraints.SERVICE_TOKEN),
        required=True,
    ),
    Property(
        name="ServiceTimeout",
        description="The seconds that CloudFormation waits for the response. Leave it out: its default is also "
        "its maximum, and if it is shorter than `TimeoutSeconds`, the stack event has no reason.",
        is_checked=False,
        update=Update.NO_INTERRUPTION,
        type=Seconds(1, contract.SERVICE_TIMEOUT_SECONDS, ""),
        default=str(contract.SERVICE_TIMEOUT_SECONDS),
    ),
    Property(
        name="DatasetArn",
        description="The ARN of the dataset to import into.",
        field="dataset_arn",
        update=Update.IMPORT,
        type=Text(constraints.DATASET_ARN),
        required=True,
    ),
    Property(
        name="DataLocation",
        description="The location of the data: `s3://bucket/file.csv`, or `s3://bucket/folder/` with a slash at the "
        "end. Personalize reads only the files directly under the folder.",
        field="data_location",
        update=Update.IMPORT,
        type=Text(constraints.DATA_LOCATION),
        required=True,
    ),
    Property(
        name="RoleArn",
        description="The ARN of the role that Personalize assumes to read the data. Its path must begin with the "
        "provider's `ImportRolePath`, because the provider can pass only such roles.",
        field="role_arn",
        update=Update.IMPORT,
        type=Text(constraints.ROLE_ARN),
        required=True,
    ),
    Property(
        name="SchemaArn",
        description="The ARN of the dataset's schema. A dataset that is replaced for a new schema keeps its ARN and is "
        "empty; with this property the data is imported again.",
        field="schema_arn",
        update=Update.IMPORT,
        type=Text(constraints.SCHEMA_ARN),
    ),
    Property(
        name="DatasetDefinition",
        description="The name, type, group and tags of the dataset, if it is in the same stack. CloudFormation "
        "replaces a dataset when one of them changes; the new dataset has the same ARN and is empty.",
        update=Update.IMPORT_IF_DATA_IS_GONE,
        type=AnyObject(("Name", "DatasetType", "DatasetGroupArn", "Tags")),
    ),
    Property(
        name="After",
        description="For an `INCREMENTAL` import: the attribute `DatasetImportJobArn` of the resource with the `FULL` "
        "import that it adds to. When that imports again, so does this one.",
        field="after",
        update=Update.IMPORT_IF_DATA_IS_GONE,
        type=Text(constraints.DATASET_IMPORT_JOB_ARN),
    ),
    Property(
        name="FollowedBy",
        description="For a `FULL` import: the resources with the `INCREMENTAL` imports that come after it, in order, "
        "with their `JobName` where they have one. A rollback that repeats the `FULL` import also repeats theirs, "
        "unless CloudFormation has updated all of them by then, or `Wait` is false.",
        field="followed_by",
        update=Update.NO_INTERRUPTION,
        type=_FOLLOWERS,
    ),
    Property(
        name="StackScope",
        description="In a nested stack: the root stack's name, a slash, and a name of the nested stack that stays the "
        "same, such as `shop/Imports`. CloudFormation adds a random suffix to the name of a nested stack, so a first "
        "deployment that is repeated would not find its running job otherwise.",
        field="stack_scope",
        update=Update.IMPORT,
        type=Text(constraints.STACK_SCOPE),
        default="the stack's name",
    ),
    Property(
        name="JobName",
        description="The prefix of the job's name; a suffix keeps the name unique.",
        field="job_name",
        update=Update.NO_INTERRUPTION,
        type=Text(constraints.JOB_NAME),
        default="the stack's name and the logical id",
    ),
    Property(
        name="ImportMode",
        description="`FULL` replaces all bulk data of the dataset, `INCREMENTAL` adds to it. The first import of a "
        "dataset must be `FULL`.",
        field="import_mode",
        update=Update.IMPORT,
        type=Choice(ImportMode),
    ),
    Property(
        name="PublishAttributionMetricsToS3",
        description="Whether to publish a report on metric attribution; only for a dataset group that has one.",
        field="publish_attribution_metrics_to_s3",
        update=Update.IMPORT,
        type=Boolean(),
    ),
    Property(
        name="Tags",
        description="Tags of the job.",
        field="tags",
        update=Update.NO_INTERRUPTION,
        type=_TAGS,
    ),
    Property(
        name="ReimportToken",
        description="Any string. When it changes, the data is imported again although nothing else has changed.",
        field="reimport_token",
        update=Update.IMPORT,
        type=Text(constraints.REIMPORT_TOKEN),
    ),
    Property(
        name="Reimport",
        description="`WHEN_DATA_CHANGES` also imports again when names, sizes or ETags of the files have changed since "
        "the last import. The files are compared when `DataAsOf` changes. The role must trust the provider's "
        "`PreflightRoleArn`.",
        field="reimport",
        update=Update.IMPORT,
        type=Choice(ReimportMode),
    ),
    Property(
        name="DataAsOf",
        description="Any string. When it changes, the files are compared with the last import; see `Reimport`.",
        update=Update.IMPORT_IF_DATA_HAS_CHANGED,
        type=Text(constraints.DATA_AS_OF, length_min=0),
    ),
    Property(
        name="Preflight",
        description="Whether to check the data before the job starts, so that invalid data fails within seconds. The "
        "role must trust the provider's `PreflightRoleArn`.",
        field="preflight",
        update=Update.NO_INTERRUPTION,
        type=Boolean(),
    ),
    Property(
        name="TagFingerprint",
        description="Whether to tag the job with a fingerprint of the names, sizes and ETags of its files, so that a "
        "refresh can compare them. The role must trust the provider's `PreflightRoleArn`.",
        field="tag_fingerprint",
        update=Update.NO_INTERRUPTION,
        type=Boolean(),
    ),
    Property(
        name="PublishStateChanges",
        description="Whether to publish state changes of the job to the default event bus of the account: "
        "[the event](events.md#the-event).",
        field="publish_state_changes",
        update=Update.NO_INTERRUPTION,
        type=Boolean(),
    ),
    Property(
        name="TimeoutSeconds",
        description="How long this resource waits for the job before it fails.",
        field="timeout_seconds",
        update=Update.NO_INTERRUPTION,
        type=Seconds(contract.TIMEOUT_SECONDS_MIN, contract.TIMEOUT_SECONDS_MAX, constraints.TIMEOUT_SECONDS_ALLOWED),
    ),
    Property(
        name="Wait",
        description="Whether to wait for the job. With false the resource is complete once the job is accepted.",
        field="wait",
        update=Update.NO_INTERRUPTION,
        type=Boolean(),
    ),
    Property(
        name="HandsOver",
        description=f"{_WAIT_CHAIN} True for each resource of the chain except the last: at the timeout it "
        "succeeds, and the next resource continues.",
        field="completes_at_timeout",
        update=Update.NO_INTERRUPTION,
        type=Boolean(),
    ),
    Property(
        name="DatasetImportJobArn",
        description=f"{_WAIT_CHAIN} The attribute `DatasetImportJobArn` of the previous resource.",
        field="dataset_import_job_arn",
        update=Update.NO_INTERRUPTION,
        type=Text(constraints.DATASET_IMPORT_JOB_ARN),
    ),
    Property(
        name="FirstResource",
        description=f"{_WAIT_CHAIN} The first resource of the chain: its logical id and its physical id (`Ref`).",
        field="first_resource",
        update=Update.NO_INTERRUPTION,
        type=_FIRST_RESOURCE,
    ),
    Property(
        name="WaitedSeconds",
        description=f"{_WAIT_CHAIN} The sum of `TimeoutSeconds` of all previous resources.",
        field="waited_seconds",
        update=Update.NO_INTERRUPTION,
        type=Seconds(0, contract.WAIT_CHAIN_SECONDS_MAX, constraints.WAITED_SECONDS_ALLOWED),
    ),
    Property(
        name="LastStatus",
        description=f"{_WAIT_CHAIN} With `PublishStateChanges`, the `Status` of the previous resource, so that no "
        "state is published twice.",
        field="last_status",
        update=Update.NO_INTERRUPTION,
        type=Text(constraints.STATUS),
    ),
    Property(
        name="DataFiles",
        description="Files that the provider copies to `DataLocation` before they are imported. The CDK construct "
        "sets this property, and creates the bucket and the permissions for it.",
        field="data_files",
        update=Update.NO_INTERRUPTION,
        type=_FILES,
    ),
)
