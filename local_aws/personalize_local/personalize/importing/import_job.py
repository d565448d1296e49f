"""A dataset import job and its way from CREATE PENDING to its end: a function of time and of what was read."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.resource_status import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, CREATE_PENDING

_RUNNING: Final = frozenset({CREATE_PENDING, CREATE_IN_PROGRESS})


@dataclass(frozen=True)
class StatusChange:
    """A status, and the service's time it was taken on."""

    status: str
    at: float


@dataclass(frozen=True)
class Outcome:
    """What came of reading the rows, and when: records, or the reason why there are none."""

    finished_at: float
    records: Records | None = None
    failure_reason: str | None = None


@dataclass(frozen=True)
class ForcedEnd:
    """The end that a test has ordered for a job, whatever its data says."""

    status: str
    failure_reason: str | None
    at: float


class Orders(Protocol):
    """What tests have ordered for jobs, see `switches`."""

    def holds(self, job_name: str) -> bool:
        """Return whether the job must not end."""
        ...

    def forced_end(self, job_name: str, created_at: float) -> ForcedEnd | None:
        """Return the end that the job must take, if one was ordered."""
        ...


@dataclass(frozen=True)
class ImportJob:
    """A job's record. It stays when the dataset goes: there is no operation that deletes it."""

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
    outcome: Outcome | None = None
    failure_reason: str | None = None

    @property
    def status(self) -> str:
        """The job's present status."""
        return self.history[-1].status

    @property
    def created_at(self) -> float:
        """When the job was created."""
        return self.history[0].at

    @property
    def last_updated_at(self) -> float:
        """When the job took on its present status."""
        return self.history[-1].at

    @property
    def is_running(self) -> bool:
        """Whether the job takes one of the few places for running jobs."""
        return self.status in _RUNNING

    def with_status(self, status: str, at: float, failure_reason: str | None = None) -> "ImportJob":
        """Return the job with its next status."""
        return replace(self, history=(*self.history, StatusChange(status, at)), failure_reason=failure_reason)


def advanced(job: ImportJob, now: float, orders: Orders) -> ImportJob:
    """Return a job as it is at `now`; a job that has become ACTIVE has its records in `outcome`."""
    if not job.is_running:
        return job
    if job.status == CREATE_PENDING and now >= job.in_progress_at:
        job = job.with_status(CREATE_IN_PROGRESS, job.in_progress_at)
    forced = orders.forced_end(job.job_name, job.created_at)
    if forced is not None and now >= forced.at:
        return job.with_status(forced.status, max(forced.at, job.last_updated_at), forced.failure_reason)
    if orders.holds(job.job_name):
        return replace(job, earliest_end_at=max(now, job.earliest_end_at))
    return _ended(job, now)


def _ended(job: ImportJob, now: float) -> ImportJob:
    if job.outcome is None:
        return job
    ended_at = max(job.earliest_end_at, job.outcome.finished_at)
    if job.status == CREATE_PENDING or now < ended_at:
        return job
    if job.outcome.failure_reason is not None:
        return job.with_status(CREATE_FAILED, ended_at, job.outcome.failure_reason)
    return job.with_status(ACTIVE, ended_at)
