"""The status of a stack's imports at one time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from personalize_import_cli.stack.client import Job


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
class StackStatus:
    """The status of a stack and its imports, nested stacks included."""

    name: str
    status: str
    is_in_progress: bool
    imports: Sequence[ImportStatus] = ()

    @property
    def has_ended(self) -> bool:
        """True if neither CloudFormation nor a job is in progress."""
        in_progress = (State.STARTING, State.QUEUED, State.RUNNING)
        return not self.is_in_progress and not any(each.state in in_progress for each in self.imports)

    @property
    def has_failed(self) -> bool:
        """True if an import failed or was cancelled."""
        return any(each.state in (State.FAILED, State.CANCELLED) for each in self.imports)
