"""The status of a stack's imports at one time."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from personalize_import_cli.stack.client import Job

_NOT_EXECUTED: Final = "REVIEW_IN_PROGRESS"
"""The status of a stack whose change set was created but not executed."""
_FAILED_CREATION: Final = (
    "The first deploy failed, and the stack can't be updated. Fix the problem, and run: cdk deploy (which deletes the "
    "stack first). Without the CDK, first run: aws cloudformation delete-stack --stack-name {stack}"
)
_NEXT_STEPS: Final[Mapping[str, str]] = {
    "CREATE_FAILED": "The first deploy failed without a rollback. Fix the problem, and run: cdk deploy",
    "ROLLBACK_COMPLETE": _FAILED_CREATION,
    "ROLLBACK_FAILED": _FAILED_CREATION,
    "UPDATE_ROLLBACK_FAILED": "The rollback failed too. Fix its problem, and run: cdk rollback",
    _NOT_EXECUTED: "Nothing was deployed yet: CloudFormation has a change set that was not executed. Run: cdk deploy",
}
"""By the status of a stack; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"""


class State(StrEnum):
    """The state of an import."""

    PENDING = "pending"
    STARTING = "starting"
    QUEUED = "queued"
    RUNNING = "running"
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefreshState(StrEnum):
    """The state of the last refresh of an import."""

    NONE = "none"
    RUNNING = "running"
    IMPORTED = "imported"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ImportStatus:
    """The status of one import. Times are epoch seconds."""

    name: str
    logical_id: str
    state: State
    is_rollback: bool = False
    job: Job | None = None
    dataset_arn: str | None = None
    data_location: str | None = None
    started_at: float | None = None
    """When the job was created; without a job, when CloudFormation requested the import."""
    elapsed_seconds: float | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RefreshStatus:
    """The refreshes of an import that has triggers. Times are epoch seconds."""

    name: str
    logical_id: str
    state: RefreshState
    requested_at: float | None = None
    """The time of the upload or of the schedule."""
    job_arn: str | None = None
    imported_files: int | None = None
    """The number of files that an INCREMENTAL refresh has imported."""
    reason: str = ""
    next_refreshes: Sequence[str] = ()
    """For each trigger, a time, or words such as `after uploads`."""


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """The status of a stack and its imports, nested stacks included."""

    name: str
    status: str
    is_in_progress: bool
    imports: Sequence[ImportStatus] = ()
    refreshes: Sequence[RefreshStatus] = ()
    first_failure: str = ""
    """The resource that failed first in the last operation, and why; empty if none failed."""

    @property
    def next_step(self) -> str:
        """The command to run if the status needs one; empty if it doesn't, or if the reason of an import names it."""
        return _NEXT_STEPS.get(self.status, "").format(stack=shlex.quote(self.name))

    @property
    def has_ended(self) -> bool:
        """True if neither CloudFormation nor a job is in progress."""
        in_progress = (State.STARTING, State.QUEUED, State.RUNNING)
        return not self.is_in_progress and not any(each.state in in_progress for each in self.imports)

    @property
    def has_failed(self) -> bool:
        """True if an import failed or was cancelled."""
        return any(each.state in (State.FAILED, State.CANCELLED) for each in self.imports)


def moment(epoch_seconds: float) -> str:
    """Return a time in UTC, to the second."""
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
