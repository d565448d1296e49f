"""Dataset import jobs, as ListDatasetImportJobs returns them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from personalize_import_handler.aws.personalize import has_failed, is_running


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job in a list. Times are epoch seconds of the service's clock."""

    arn: str
    name: str
    status: str
    created_at: float
    updated_at: float

    @property
    def is_running(self) -> bool:
        """Whether it is CREATE PENDING or CREATE IN_PROGRESS."""
        return is_running(self.status)

    @property
    def has_failed(self) -> bool:
        """Whether it is CREATE FAILED."""
        return has_failed(self.status)


class JobList(NamedTuple):
    """The jobs of a dataset, or of the account and Region, and the service's time when it listed them."""

    jobs: Sequence[Job]
    now: float

    @property
    def running(self) -> list[Job]:
        """The jobs that are running."""
        return [job for job in self.jobs if job.is_running]
