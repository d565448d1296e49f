"""Dataset import jobs as the service lists them: which are running, and how long those of a dataset have taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from personalize_import_handler.aws.personalize import DatasetImportJob, is_running

JOBS_AT_ONCE: Final = 5
"""So many may be CREATE PENDING or CREATE IN_PROGRESS in an account and Region, which can't be raised.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""
_ACTIVE: Final = "ACTIVE"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as the list shows it. Times are epoch seconds of the service's clock."""

    arn: str
    name: str
    status: str
    created_at: float
    updated_at: float
    failure_reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether it is CREATE PENDING or CREATE IN_PROGRESS."""
        return is_running(self.status)

    def seconds(self, now: float) -> float:
        """Say how long it has been running, or did until it ended."""
        return max(0.0, (now if self.runs else self.updated_at) - self.created_at)


def job_of(described: DatasetImportJob) -> Job:
    """Take from a job that was described what the list shows of it."""
    return Job(
        arn=described.dataset_import_job_arn,
        name=described.job_name,
        status=described.status,
        created_at=described.creation_date_time,
        updated_at=described.last_updated_date_time,
        failure_reason=described.failure_reason or "",
    )


def usual_seconds(jobs: Iterable[Job]) -> float | None:
    """Say how long jobs have taken that ended well: the median, or None if there is none."""
    durations = [job.updated_at - job.created_at for job in jobs if job.status == _ACTIVE]
    return median(durations) if durations else None


def running(jobs: Iterable[Job]) -> list[Job]:
    """Pick those that run."""
    return [job for job in jobs if job.runs]
