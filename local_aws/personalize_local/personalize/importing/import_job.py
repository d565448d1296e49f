"""A dataset import job; its status is computed from the time and from the result of reading its rows."""

from dataclasses import dataclass, field, replace
from typing import Final

from personalize_local.personalize.faults import ForcedEnd
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.journal import NOT_SAVED
from personalize_local.personalize.resource_status import (
    ACTIVE,
    CREATE_FAILED,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    StatusChange,
)

_RUNNING: Final = frozenset({CREATE_PENDING, CREATE_IN_PROGRESS})


@dataclass(frozen=True)
class ReadResult:
    """The result of reading the rows, records or a failure reason, and its time."""

    finished_at: float
    records: Records | None = None
    failure_reason: str | None = None


@dataclass(frozen=True)
class ImportJob:
    """A job; no operation deletes it, so it remains after its dataset is deleted."""

    job_name: str
    arn: str
    dataset_arn: str
    data_location: str
    role_arn: str | None
    import_mode: str
    publish_attribution_metrics_to_s3: bool
    in_progress_at: float
    earliest_end_at: float
    history: tuple[StatusChange, ...]
    read_result: ReadResult | None = field(default=None, metadata=NOT_SAVED)  # the rows are read again
    failure_reason: str | None = None

    @property
    def status(self) -> str:
        """The current status."""
        return self.history[-1].status

    @property
    def created_at(self) -> float:
        """The creation time."""
        return self.history[0].at

    @property
    def last_updated_at(self) -> float:
        """The time of the latest status change."""
        return self.history[-1].at

    @property
    def is_running(self) -> bool:
        """True if the job counts toward the limit of running jobs."""
        return self.status in _RUNNING

    def with_status(self, status: str, at: float, failure_reason: str | None = None) -> "ImportJob":
        """Return the job with its next status."""
        return replace(self, history=(*self.history, StatusChange(status, at)), failure_reason=failure_reason)


def updated(job: ImportJob, now: float, *, forced_end: ForcedEnd | None, is_held: bool) -> ImportJob:
    """Return a job as it is at `now`; a job that has become ACTIVE has its records in `read_result`."""
    if not job.is_running:
        return job
    if job.status == CREATE_PENDING and now >= job.in_progress_at:
        job = job.with_status(CREATE_IN_PROGRESS, job.in_progress_at)
    if forced_end is not None and now >= (end := forced_end.time_for_job(job.created_at)):
        return job.with_status(forced_end.status, max(end, job.last_updated_at), forced_end.failure_reason)
    if is_held:
        return replace(job, earliest_end_at=max(now, job.earliest_end_at))
    return _ended(job, now)


def _ended(job: ImportJob, now: float) -> ImportJob:
    if job.read_result is None:
        return job
    ended_at = max(job.earliest_end_at, job.read_result.finished_at)
    if job.status == CREATE_PENDING or now < ended_at:
        return job
    if job.read_result.failure_reason is not None:
        return job.with_status(CREATE_FAILED, ended_at, job.read_result.failure_reason)
    return job.with_status(ACTIVE, ended_at)
