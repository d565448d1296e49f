"""What comes of looking at a request: it is finished, or it goes on; all else is an `ImportFailedError`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import STATUS_NOT_STARTED, STATUS_UNKNOWN, STATUS_UNWATCHED, Attribute
from personalize_import_handler.request import request_time


class Progress(NamedTuple):
    """What the handler knows from one poll to the next; it travels in the data of the state machine.

    `started_at` is when CloudFormation sent the request, in epoch seconds of the service's clock, which isn't known
    before the first call to the service. Until then it follows from `url_signed_at` and `age_seconds`: how long ago
    OnEvent received the event, by the functions' clock. See `request_time`.
    `attempt` is the one that this request makes, noted before it is made, and no other; there is no ARN before that.
    `data_fingerprint` is taken once, where it decides which import this is: the data may change in the meantime.
    `files_copied` counts the asset files that were copied. `prepared` is set when nothing is left to do before a job is
    started.
    `repeated` is a job of a follower whose rows are gone, and `repeat_attempt` adds them again: noted before it is
    started, as `attempt` is. `repeat_started` says that it was.
    `root_stack_name` is that of the stack which the stack is nested in, where the properties depend on it.
    `published_status` was told to EventBridge last, where states are told at all; `publishing_failed` has been logged.
    """

    started_at: float | None = None
    attempt: int | None = None
    dataset_import_job_arn: str | None = None
    tags_due: bool = False
    data_fingerprint: str | None = None
    files_copied: int = 0
    prepared: bool = False
    repeated: str | None = None
    repeat_attempt: int | None = None
    repeat_started: bool = False
    published_status: str | None = None
    publishing_failed: bool = False
    root_stack_name: str | None = None
    url_signed_at: float | None = None
    age_seconds: float = 0

    @property
    def status_if_failed(self) -> str:
        """What to call it where the request fails now, although no job has failed."""
        return STATUS_UNWATCHED if self.dataset_import_job_arn else STATUS_NOT_STARTED

    def elapsed_seconds(self, now: float) -> float:
        """Return how long ago CloudFormation sent the request, as far as it is known."""
        return now - self._sent_at(now)

    def begun(self, now: float) -> "Progress":
        """Note when the request was sent, unless that is noted already."""
        return self._replace(started_at=self._sent_at(now))

    def _sent_at(self, now: float) -> float:
        if self.started_at is not None:
            return self.started_at
        return request_time.sent_at(self.url_signed_at, self.age_seconds, now)

    def to_data(self) -> dict[str, object]:
        """Make plain data of it."""
        return self._asdict()


class Waiting(NamedTuple):
    """Nothing to answer yet: look again after `wait_seconds`. `status` is the job's, if it was looked at."""

    progress: Progress
    wait_seconds: int
    dataset_import_job_arn: str | None = None
    status: str | None = None


class Finished(NamedTuple):
    """The request succeeded."""

    attributes: Mapping[str, str]
    physical_resource_id: str | None = None
    """Another id than the request's, for a resource that was replaced. None keeps it."""


Outcome = Waiting | Finished


def attributes_of(job: DatasetImportJob) -> dict[str, str]:
    """Give all attributes of the contract, strings as CloudFormation wants them."""
    return {
        Attribute.DATASET_IMPORT_JOB_ARN: job.dataset_import_job_arn,
        Attribute.JOB_NAME: job.job_name,
        Attribute.STATUS: job.status,
        Attribute.DATASET_ARN: job.dataset_arn,
        Attribute.CREATION_DATE_TIME: _iso(job.creation_date_time),
        Attribute.LAST_UPDATED_DATE_TIME: _iso(job.last_updated_date_time),
        Attribute.DURATION_SECONDS: str(round(job.last_updated_date_time - job.creation_date_time)),
    }


def attributes_of_unknown_job(dataset_import_job_arn: str, dataset_arn: str) -> dict[str, str]:
    """Give all attributes for a job that isn't there yet, or couldn't be looked at."""
    return {
        **dict.fromkeys(Attribute, ""),
        Attribute.DATASET_IMPORT_JOB_ARN: dataset_import_job_arn,
        Attribute.JOB_NAME: dataset_import_job_arn.rpartition("/")[2],
        Attribute.STATUS: STATUS_UNKNOWN,
        Attribute.DATASET_ARN: dataset_arn,
    }


def _iso(epoch_seconds: float) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).isoformat(timespec="seconds")
