"""The contract between the construct and the handler: what stands in a template and what comes back.

Standard library only, for both planes import it: the construct writes `ResourceProperties` and reads `Attribute`s,
the handler parses the former (`properties.parse`) and answers the latter. Limits are those of the service,
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html, unless a comment says otherwise.
"""

from enum import StrEnum
from typing import Final, Required, TypedDict

RESOURCE_TYPE: Final = "Custom::PersonalizeDatasetImportJob"
WAIT_RESOURCE_TYPE: Final = "Custom::PersonalizeDatasetImportJobWait"
"""What goes on waiting where one resource may not wait any longer. Same functions, same properties and attributes."""


DATA_RESOURCE_TYPE: Final = "Custom::PersonalizeImportData"
"""What empties the provider's data bucket when that is deleted. Same functions; its one property is `Bucket`."""


class ImportMode(StrEnum):
    """What happens to the data that the dataset holds already."""

    FULL = "FULL"
    """Replace all bulk data of the dataset; the first import of a dataset must be one of these."""
    INCREMENTAL = "INCREMENTAL"
    """Append, and replace items, users and actions that have the same id."""


class ReimportMode(StrEnum):
    """The values of the property `Reimport`."""

    WHEN_PROPERTIES_CHANGE = "WHEN_PROPERTIES_CHANGE"
    """When what the resource says about the import has changed."""
    WHEN_DATA_CHANGES = "WHEN_DATA_CHANGES"
    """Also when the files at the location are others than those that were imported last."""


class JobTag(TypedDict):
    """One tag, in CloudFormation's spelling."""

    Key: str
    Value: str


class DataFile(TypedDict):
    """One file that is brought to the location before it is imported, and the object that it is copied from."""

    Name: str
    Source: str


class Follower(TypedDict, total=False):
    """A resource with an INCREMENTAL import that comes after a FULL one."""

    LogicalId: Required[str]
    JobName: str


class FirstResource(TypedDict):
    """The resource that has begun an import which another one goes on waiting for."""

    LogicalId: str
    PhysicalId: str


class DatasetDefinition(TypedDict, total=False):
    """The properties of an `AWS::Personalize::Dataset` that replace it when they change, but for its schema."""

    Name: Required[str]
    DatasetType: Required[str]
    DatasetGroupArn: Required[str]
    Tags: dict[str, str]


class ResourceProperties(TypedDict, total=False):
    """Properties of the custom resource, as a template gives them; one that is None is left out of it.

    CloudFormation hands every scalar to the handler as a string: `55` as `"55"`, `true` as `"true"`.

    `DataFiles` says what is brought to `DataLocation`, which is in the provider's data bucket then. They are no part of
    what is imported: that location has the content's hash in it.

    `DataAsOf` says nothing but that it has changed: CloudFormation asks for nothing where no property has, and so it is
    what lets `Reimport` look at the data again.

    `DatasetDefinition` and `After` cause an Update when they change, and are no part of what is imported: a dataset
    that was replaced keeps its ARN and is empty, and a FULL import that the resource comes after removes what it has
    added. The handler finds out whether the data is gone.

    `FollowedBy` lists the resources that come after a FULL import, in order. An update that fails is rolled back for
    those resources alone whose update had begun. So when the FULL import runs again in the rollback, its handler
    imports again what the others had added.

    `StackScope` names a nested stack, whose own name has a random suffix: its root stack's name, and its place in that.

    `PublishStateChanges` is no part of what is imported either: it has states told to EventBridge, see `StateChange`.

    The last five make a relay of several resources, each of which waits for at most `TIMEOUT_SECONDS_MAX`: all but the
    last hand over. All but the first have the job that they continue with, the first resource, whose import it is, and
    how long the job has been waited for; where states are published, also the status with which the one before ended.
    """

    ServiceToken: str
    ServiceTimeout: int | str
    DatasetArn: Required[str]
    DataLocation: Required[str]
    DataFiles: list[DataFile] | None
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
    PublishStateChanges: bool | str | None
    TimeoutSeconds: float | str | None
    Wait: bool | str | None
    HandsOver: bool | str | None
    DatasetImportJobArn: str | None
    FirstResource: FirstResource | None
    WaitedSeconds: float | str | None
    LastStatus: str | None


class DataResourceProperties(TypedDict, total=False):
    """Properties of the custom resource beside the data bucket."""

    ServiceToken: str
    ServiceTimeout: int | str
    Bucket: Required[str]


class Attribute(StrEnum):
    """The attributes for `Fn::GetAtt`; every one is always present. `Ref` is the resource's id, which never changes."""

    DATASET_IMPORT_JOB_ARN = "DatasetImportJobArn"
    JOB_NAME = "JobName"
    STATUS = "Status"
    DATASET_ARN = "DatasetArn"
    CREATION_DATE_TIME = "CreationDateTime"
    LAST_UPDATED_DATE_TIME = "LastUpdatedDateTime"
    DURATION_SECONDS = "DurationSeconds"


STATUS_UNKNOWN: Final = "UNKNOWN"
"""The status of a job that could not be looked at, or not be started yet, when one resource handed over to the next."""
STATUS_NOT_STARTED: Final = "NOT_STARTED"
"""In a state change: the request has failed, and as far as is known no job was started for it."""
STATUS_UNWATCHED: Final = "UNWATCHED"
"""In a state change: the request has failed, and nobody looks at its job any more, which may go on."""
STATUS_LENGTH_MAX: Final = 256
"""https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJob.html"""
FAILED_STATUSES: Final = ("CREATE FAILED", STATUS_NOT_STARTED, STATUS_UNWATCHED)
"""What a state change says where the deploy fails."""

EVENT_SOURCE: Final = "cdk-personalize-import"
"""Of state changes on the default event bus; `aws.` begins the sources of AWS's own events alone."""
EVENT_DETAIL_TYPE: Final = "Personalize Dataset Import Job State Change"


class StateChange(TypedDict):
    """The detail of an event; what isn't known is null. Statuses are the service's, and the two above."""

    stackId: str
    stackName: str
    logicalResourceId: str
    datasetArn: str
    dataLocation: str
    datasetImportJobArn: str | None
    jobName: str | None
    status: str
    previousStatus: str | None
    """The one that was told last."""
    failureReason: str | None
    """As the stack event has it: the service's own words first."""


class Environment(StrEnum):
    """Environment variables through which the construct configures the functions."""

    STATE_MACHINE_ARN = "STATE_MACHINE_ARN"
    STACK_ID = "STACK_ID"
    """The id of the provider's own stack, which alone may have the data bucket emptied."""
    DATA_BUCKET = "DATA_BUCKET"
    """The name of the data bucket, if the provider has one."""


PERSONALIZE_SERVICE_PRINCIPAL: Final = "personalize.amazonaws.com"
"""The same literal in every partition, aws-cn included."""
IMPORT_ROLE_PATH: Final = "/personalize-import/"
"""The end of the paths of import roles that the construct creates, before the Region and the name of the stack."""
IMPORT_ROLE_PATH_LENGTH_MAX: Final = 170
"""Ours, for what stands before that: no ARN of 256 characters has room for more. IAM allows paths of 512."""

SERVICE_TIMEOUT_SECONDS: Final = 3600
"""CloudFormation's limit for the answer to one custom resource request."""
TIMEOUT_SECONDS_MIN: Final = 60
TIMEOUT_SECONDS_MAX: Final = 55 * 60
"""Five minutes less than CloudFormation's limit, so that the answer comes from the handler, with a reason in it."""
TIMEOUT_SECONDS_DEFAULT: Final = TIMEOUT_SECONDS_MAX
RELAY_SECONDS_MAX: Final = 36 * 3600
"""Ours, for all resources of a relay together: longer than any import that we have heard of."""

LOGICAL_ID_LENGTH_MAX: Final = 255
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html"""

STACK_SCOPE_PATTERN: Final = r"[a-zA-Z][a-zA-Z0-9\-]{0,127}(?:/[a-zA-Z0-9\-]{1,255})?"
STACK_SCOPE_LENGTH_MAX: Final = 128 + len("/") + 255

SERVICE_JOB_NAME_LENGTH_MAX: Final = 63
ATTEMPTS_MAX: Final = 999
JOB_NAME_SUFFIX_LENGTH_MAX: Final = len("-0123456789ab-999")
"""The part of a job's name that the handler adds: a hash of what is imported, and the number of the attempt."""
JOB_NAME_LENGTH_MAX: Final = SERVICE_JOB_NAME_LENGTH_MAX - JOB_NAME_SUFFIX_LENGTH_MAX

ARN_LENGTH_MAX: Final = 256
DATA_LOCATION_LENGTH_MAX: Final = 256
DATA_FILES_MAX: Final = 100
"""Ours: all of them have to fit into an event, twice in that of an update."""
CONTENT_HASH_LENGTH: Final = 32
STACK_FOLDER_LENGTH: Final = 36
"""Of the folder that a stack has in the data bucket: the last part of its id, which no other stack has."""
BUCKET_NAME_LENGTH_MAX: Final = 63
DATA_FILE_NAME_LENGTH_MAX: Final = (
    DATA_LOCATION_LENGTH_MAX - len("s3:////") - BUCKET_NAME_LENGTH_MAX - STACK_FOLDER_LENGTH - CONTENT_HASH_LENGTH - 1
)
"""What is left of a location for a file's name, whatever the name of the bucket is."""
OBJECT_LENGTH_MAX: Final = 512
"""Ours, of an object's URI: a key may have 1024 bytes, but those of the CDK's assets are short."""
DATA_AS_OF_LENGTH_MAX: Final = 256
REIMPORT_TOKEN_LENGTH_MAX: Final = 256
"""Ours: a token is a version, a date or a digest, and has to fit into an event together with everything else."""

SERVICE_TAGS_MAX: Final = 50
TAG_KEY_PREFIX: Final = "personalize-import:"
"""The beginning of the keys of the handler's own tags."""
RESOURCE_TAG: Final = f"{TAG_KEY_PREFIX}resource"
"""The tag of a job that names the resource whose import it is."""
RELEASED: Final = " released"
"""The end of the value of that tag when the stack has given the resource up."""
DATA_FINGERPRINT_TAG: Final = f"{TAG_KEY_PREFIX}data-fingerprint"
"""The tag of a job that says which files it has imported, where that decides on the next import."""
TAGS_MAX: Final = SERVICE_TAGS_MAX - len((RESOURCE_TAG, DATA_FINGERPRINT_TAG))
TAG_KEY_LENGTH_MAX: Final = 128
TAG_VALUE_LENGTH_MAX: Final = 256
