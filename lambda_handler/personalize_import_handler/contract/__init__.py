"""The contract between construct and handler: resource properties, attributes, events and limits.

Standard library only, because both sides import it: the construct writes `ResourceProperties` and reads `Attribute`s,
the handler parses the properties (`properties.parse`) and returns the attributes. Limits are the service's own,
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html, unless a comment states otherwise.
"""

from enum import StrEnum
from typing import Final, Literal, Required, TypedDict

RESOURCE_TYPE: Final = "Custom::PersonalizeDatasetImportJob"
WAIT_RESOURCE_TYPE: Final = "Custom::PersonalizeDatasetImportJobWait"
"""A later resource of a wait chain. Same functions, properties and attributes as the first one."""


DATA_RESOURCE_TYPE: Final = "Custom::PersonalizeImportData"
"""The resource that empties the staging bucket when it is deleted. Same functions; its only property is `Bucket`."""


class ImportMode(StrEnum):
    """The effect of an import on existing data of the dataset."""

    FULL = "FULL"
    """Replace all bulk data of the dataset; the first import of a dataset must use this mode."""
    INCREMENTAL = "INCREMENTAL"
    """Append rows, and replace items, users and actions that have the same id."""


class ReimportMode(StrEnum):
    """The values of the property `Reimport`."""

    WHEN_PROPERTIES_CHANGE = "WHEN_PROPERTIES_CHANGE"
    """Import again when a property of the import has changed."""
    WHEN_DATA_CHANGES = "WHEN_DATA_CHANGES"
    """Import again also when the files at the location have changed."""


class JobTag(TypedDict):
    """A tag with the member names of CloudFormation."""

    Key: str
    Value: str


class StagedFile(TypedDict):
    """A file that is copied to the location before the import, and the object to copy."""

    Name: str
    Source: str


class Follower(TypedDict, total=False):
    """A resource with an INCREMENTAL import that depends on a FULL import."""

    LogicalId: Required[str]
    JobName: str


class FirstResource(TypedDict):
    """The first resource of a wait chain, which started the import."""

    LogicalId: str
    PhysicalId: str


class DatasetDefinition(TypedDict, total=False):
    """The properties of an `AWS::Personalize::Dataset` whose change replaces it, except for its schema."""

    Name: Required[str]
    DatasetType: Required[str]
    DatasetGroupArn: Required[str]
    Tags: dict[str, str]


class ResourceProperties(TypedDict, total=False):
    """Properties of the custom resource in a template; a property that is None is omitted.

    CloudFormation passes every scalar to the handler as a string: `55` as `"55"`, `true` as `"true"`.

    `DataFiles` lists the files to copy to `DataLocation`, which is then in the staging bucket. They are not part of the
    import's identity, because that location contains the hash of their content.

    `DataAsOf` only has to change: CloudFormation sends no Update if all properties are unchanged, and `Reimport` needs
    an Update to compare the data again.

    `DatasetDefinition` and `After` cause an Update when they change, and are not part of the import's identity: a
    dataset that was replaced keeps its ARN and is empty, and a FULL import that the resource depends on removes the
    rows that the resource added. The handler checks whether the data is gone.

    `FollowedBy` lists the resources that depend on a FULL import, in order. If an update fails, CloudFormation rolls
    back only the resources whose update had started. When the rollback repeats the FULL import, its handler therefore
    also imports the rows of the other resources again.

    `StackScope` names a nested stack, whose real name has a random suffix: the root stack's name and the path in it.

    `TagFingerprint` is not part of the import's identity; it tags the job with the fingerprint of its files, which a
    refresh compares.

    `PublishStateChanges` is not part of the import's identity; it publishes state changes to EventBridge, see
    `StateChange`.

    `HandsOver`, `DatasetImportJobArn`, `FirstResource`, `WaitedSeconds` and `LastStatus` form a wait chain of several
    resources, each of which waits for at most `TIMEOUT_SECONDS_MAX`. All except the last have `HandsOver`: they succeed
    at the timeout. All except the first have the job to continue with, the first resource, which owns the import, and
    the seconds waited so far; if state changes are published, also the last status of the previous resource.
    """

    ServiceToken: str
    ServiceTimeout: int | str
    DatasetArn: Required[str]
    DataLocation: Required[str]
    DataFiles: list[StagedFile] | None
    RoleArn: Required[str]
    SchemaArn: str | None
    DatasetDefinition: DatasetDefinition | None
    After: str | None
    FollowedBy: list[Follower] | None
    StackScope: str | None
    JobName: str | None
    ImportMode: str | None
    PublishAttributionMetricsToS3: bool | str | None
    Tags: list[JobTag] | None
    ReimportToken: str | None
    Reimport: str | None
    DataAsOf: str | None
    Preflight: bool | str | None
    TagFingerprint: bool | str | None
    PublishStateChanges: bool | str | None
    TimeoutSeconds: float | str | None
    Wait: bool | str | None
    HandsOver: bool | str | None
    DatasetImportJobArn: str | None
    FirstResource: FirstResource | None
    WaitedSeconds: float | str | None
    LastStatus: str | None


class DataResourceProperties(TypedDict, total=False):
    """Properties of the custom resource that empties the staging bucket."""

    ServiceToken: str
    ServiceTimeout: int | str
    Bucket: Required[str]


class Attribute(StrEnum):
    """The attributes for `Fn::GetAtt`; all are always present. `Ref` returns the physical id, which never changes."""

    DATASET_IMPORT_JOB_ARN = "DatasetImportJobArn"
    JOB_NAME = "JobName"
    STATUS = "Status"
    DATASET_ARN = "DatasetArn"
    CREATION_DATE_TIME = "CreationDateTime"
    LAST_UPDATED_DATE_TIME = "LastUpdatedDateTime"
    DURATION_SECONDS = "DurationSeconds"


STATUS_UNKNOWN: Final = "UNKNOWN"
"""The status if a resource of a wait chain timed out before its job could be started or described."""
STATUS_NOT_STARTED: Final = "NOT_STARTED"
"""In a state change: the deploy or refresh has failed, and no job is known to have been started for it."""
STATUS_UNWATCHED: Final = "UNWATCHED"
"""In a state change: the deploy or refresh has failed; its job is no longer monitored but may still be running."""
STATUS_LENGTH_MAX: Final = 256
"""https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJob.html"""
FAILED_STATUSES: Final = ("CREATE FAILED", STATUS_NOT_STARTED, STATUS_UNWATCHED)
"""The statuses of a state change that mean a failed deploy or refresh."""

EVENT_SOURCE: Final = "cdk-personalize-import"
"""The source of state change events; sources that begin with `aws.` are reserved for AWS."""
EVENT_DETAIL_TYPE: Final = "Personalize Dataset Import Job State Change"


class StateChange(TypedDict):
    """The detail of an event; unknown values are null.

    `status` is the service's status, `STATUS_NOT_STARTED` or `STATUS_UNWATCHED`.
    """

    provider: str | None
    """The name of the provider, if it has a rule for all its jobs."""
    stackId: str
    stackName: str
    logicalResourceId: str
    datasetArn: str
    dataLocation: str
    datasetImportJobArn: str | None
    jobName: str | None
    status: str
    trigger: Literal["DEPLOY", "REFRESH"]
    """`REFRESH` if a refresh has requested the import, `DEPLOY` if CloudFormation has."""
    previousStatus: str | None
    """The status that was published last."""
    failureReason: str | None
    """The same text as in the stack event; it begins with the service's own text."""


class Environment(StrEnum):
    """Environment variables through which the construct configures the functions."""

    STATE_MACHINE_ARN = "STATE_MACHINE_ARN"
    STACK_ID = "STACK_ID"
    """The id of the provider's own stack, the only one that may empty the staging bucket."""
    STAGING_BUCKET = "DATA_BUCKET"
    """The name of the staging bucket, if the provider has one; the variable is called as in earlier versions."""
    IMPORT_ROLE_PATH = "IMPORT_ROLE_PATH"
    """The path of all roles that the provider can use, if it has one."""
    PROVIDER_NAME = "PROVIDER_NAME"
    """The name of the provider in state change events, if the provider publishes them for all its jobs."""


PERSONALIZE_SERVICE_PRINCIPAL: Final = "personalize.amazonaws.com"
"""The same in every partition, including aws-cn."""
IMPORT_ROLE_PATH: Final = "/personalize-import/"
"""The last fixed part of the paths of import roles that the construct creates; Region and stack name follow."""
IMPORT_ROLE_PATH_LENGTH_MAX: Final = 170
"""Our limit for the path before that, so that the role's ARN has at most 256 characters. IAM allows paths of 512."""

SERVICE_TIMEOUT_SECONDS: Final = 3600
"""CloudFormation's limit for the response to a custom resource request."""
TIMEOUT_SECONDS_MIN: Final = 60
TIMEOUT_SECONDS_MAX: Final = 55 * 60
"""Five minutes less than CloudFormation's limit, so that the handler itself responds, with a reason."""
TIMEOUT_SECONDS_DEFAULT: Final = TIMEOUT_SECONDS_MAX
WAIT_CHAIN_SECONDS_MAX: Final = 36 * 3600
"""Our limit for a wait chain as a whole, longer than any import that we have observed."""

LOGICAL_ID_LENGTH_MAX: Final = 255
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html"""

STACK_SCOPE_PATTERN: Final = r"[a-zA-Z][a-zA-Z0-9\-]{0,127}(?:/[a-zA-Z0-9\-]{1,255})?"
STACK_SCOPE_LENGTH_MAX: Final = 128 + len("/") + 255

SERVICE_JOB_NAME_LENGTH_MAX: Final = 63
ATTEMPTS_MAX: Final = 34_695
"""The attempts that three characters can number: 1 to 999, then a00 to zzz."""
JOB_NAME_SUFFIX_LENGTH_MAX: Final = len("-0123456789ab-zzz")
"""The length of the suffix that the handler adds to a job name: a hash of the import and the number of the attempt."""
JOB_NAME_LENGTH_MAX: Final = SERVICE_JOB_NAME_LENGTH_MAX - JOB_NAME_SUFFIX_LENGTH_MAX

ARN_LENGTH_MAX: Final = 256
DATA_LOCATION_LENGTH_MAX: Final = 256
DATA_FILES_MAX: Final = 100
"""Our limit: all files have to fit into an event, and twice into the event of an Update."""
CONTENT_HASH_LENGTH: Final = 32
STACK_FOLDER_LENGTH: Final = 36
"""The length of the stack's folder in the staging bucket: the last part of the stack id, which is unique."""
BUCKET_NAME_LENGTH_MAX: Final = 63
DATA_FILE_NAME_LENGTH_MAX: Final = (
    DATA_LOCATION_LENGTH_MAX - len("s3:////") - BUCKET_NAME_LENGTH_MAX - STACK_FOLDER_LENGTH - CONTENT_HASH_LENGTH - 1
)
"""The length that is left for a file name in a location, for any bucket name."""
OBJECT_LENGTH_MAX: Final = 512
"""Our limit for the URI of an object: a key may have 1024 bytes, but CDK asset keys are short."""
DATA_AS_OF_LENGTH_MAX: Final = 256
REIMPORT_TOKEN_LENGTH_MAX: Final = 256
"""Our limit: a token is a version, a date or a digest, and must fit into an event with all other properties."""

SERVICE_TAGS_MAX: Final = 50
TAG_KEY_PREFIX: Final = "personalize-import:"
"""The prefix of the handler's own tag keys."""
RESOURCE_TAG: Final = f"{TAG_KEY_PREFIX}resource"
"""The key of the tag that names the resource that a job belongs to."""
RELEASED: Final = " released"
"""The suffix of that tag's value after the resource was removed from its stack."""
DATA_FINGERPRINT_TAG: Final = f"{TAG_KEY_PREFIX}data-fingerprint"
"""The key of the tag with the data fingerprint of a job, if later imports depend on the data."""
REFRESH_TAG: Final = f"{TAG_KEY_PREFIX}refresh"
"""The key of the tag of a job that a refresh has started; its value is the time for which the refresh was requested."""
REPEATED_TAG: Final = f"{TAG_KEY_PREFIX}repeated"
"""The key of the tag of a job that has imported the rows of a follower again; its value is `true`."""
TAGS_MAX: Final = SERVICE_TAGS_MAX - len((RESOURCE_TAG, DATA_FINGERPRINT_TAG, REFRESH_TAG, REPEATED_TAG))
TAG_KEY_LENGTH_MAX: Final = 128
TAG_VALUE_LENGTH_MAX: Final = 256
