"""The event with which a trigger, a rule or a schedule of EventBridge, requests a refresh, and the refresh's result.

A refresh imports data again between two deploys. Its event contains what CloudFormation would send in a request for the
same resource, so that the same functions can handle both.
"""

from typing import Final, Literal, NotRequired, TypedDict

from personalize_import_handler import contract

REQUEST_TYPE: Final = "Refresh"
"""The `RequestType` of the event; CloudFormation itself sends Create, Update and Delete."""

QUIET_SECONDS_MIN: Final = 10
QUIET_SECONDS_MAX: Final = 6 * 3600
"""Our limits for the time without uploads before a refresh starts. 0 stands for no quiet period."""
TIMEOUT_SECONDS_MAX: Final = contract.WAIT_CHAIN_SECONDS_MAX
"""The limit for the time that one job may take, in seconds, the same as that of a wait chain."""
REFRESH_SECONDS_MAX: Final = contract.WAIT_CHAIN_SECONDS_MAX
"""The limit for a refresh as a whole, after its quiet period."""
REFRESH_POLLS_MAX: Final = 2500
"""Our limit for the polls of a refresh: about nine events each, and an execution can have 25,000."""
EXECUTION_SECONDS_MAX: Final = QUIET_SECONDS_MAX * 5 // 4 + REFRESH_SECONDS_MAX + contract.SERVICE_TIMEOUT_SECONDS
"""The timeout of an execution: the longest wait before a refresh, the refresh, and an hour of failing polls."""

UNUSED_PROPERTIES: Final = frozenset({
    *("ServiceToken", "ServiceTimeout", "DatasetDefinition", "After", "DataAsOf", "DataFiles", "Wait"),
    *("TimeoutSeconds", "HandsOver", "DatasetImportJobArn", "FirstResource", "WaitedSeconds", "LastStatus"),
})  # fmt: skip
"""The resource properties that a refresh doesn't use; the construct omits them, the handler removes them."""


class RefreshEvent(TypedDict):
    """The event that a trigger sends to OnEvent.

    The ids are those of the resource that imports, which is the first one of a wait chain. `ResourceProperties` are its
    properties without `UNUSED_PROPERTIES`.
    """

    RequestType: Literal["Refresh"]
    ResourceType: str
    StackId: str
    LogicalResourceId: str
    PhysicalResourceId: str
    RequestedAt: str
    """The time of the upload or of the schedule, such as 2026-11-28T03:00:00Z."""
    QuietSeconds: int
    """The time without uploads before the refresh starts, in seconds; 0 for none."""
    Always: bool
    """True to import although the files are the same; only for FULL imports."""
    TimeoutSeconds: int
    """The limit for each job of the refresh, in seconds, including the time for which it is queued."""
    ResourceProperties: contract.ResourceProperties


class RefreshResult(TypedDict):
    """The result of a refresh: the member `Refresh` in the output of its execution. A failed one has only a cause."""

    Outcome: Literal["IMPORTED", "SKIPPED"]
    Reason: NotRequired[str]
    """Why the refresh was skipped, or why it has left files to the next one."""
    DatasetImportJobArn: NotRequired[str]
    """The last job."""
    ImportedFiles: NotRequired[int]
    """The number of files that an INCREMENTAL refresh has imported."""
