"""The outcome of a poll: the request is finished or still waiting. A failure is an `ImportFailedError`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import STATUS_NOT_STARTED, STATUS_UNKNOWN, STATUS_UNWATCHED, Attribute
from personalize_import_handler.request import request_time

REFUSAL_LENGTH_MAX: Final = 500


class Progress(NamedTuple):
    """The state that is passed from one poll to the next, as part of the state machine's data.

    `started_at` is when CloudFormation sent the request, in epoch seconds of the service's clock, which is available
    only after the first call to the service. Until then it is derived from `url_signed_at` and `age_seconds`: how long
    ago OnEvent received the event, by the functions' clock. See `request_time`.

    `attempt` is the attempt that this request starts, recorded before it is started; it is None if an existing job is
    adopted. `data_fingerprint` is computed only once, if the import depends on it, because the data may change in the
    meantime. `files_copied` counts the asset files that were copied. `prepared` is set when the job can be started.

    `repeated` is a follower's job whose rows are gone, and `repeat_attempt` the attempt that imports them again,
    recorded before it is started. `repeat_started` is set after that.

    `imports_ahead` is the place in the queue at the last poll, and `moved_at` when it last changed.

    `refusal` is the message of the last call that was refused while there was no job, for the failure reason.

    `usual_seconds` is how long jobs similar to the one that is polled have taken; None if there were none.

    `root_stack_name` is the name of the root stack, if the properties depend on it. `published_status` is the status
    that was published last, if state changes are published; `publishing_failed` is set once a failure to publish was
    logged.

    In a refresh, `files_fingerprint` is the fingerprint of the files for the job's tag; a deploy computes it, too, if a
    refresh may compare it. `file_name` is the file that an INCREMENTAL refresh imports, and `file_digest` the digest of
    its job's name. `files_imported` counts its files that were imported, `polls` the polls of the refresh.
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
    files_fingerprint: str | None = None
    file_name: str | None = None
    file_digest: str | None = None
    files_imported: int = 0
    polls: int = 0
    imports_ahead: int | None = None
    moved_at: float | None = None
    refusal: str | None = None
    usual_seconds: int | None = None
    url_signed_at: float | None = None
    age_seconds: float = 0

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Progress":
        """Return the progress that `to_data` has recorded, without members that this version doesn't have.

        A later version has recorded them, if the provider has returned to this one while a request was running.
        """
        return cls(**{name: value for name, value in data.items() if name in cls._fields})

    @property
    def status_if_failed(self) -> str:
        """The status to publish if the request fails now although no job has failed."""
        return STATUS_UNWATCHED if self.dataset_import_job_arn else STATUS_NOT_STARTED

    def elapsed_seconds(self, now: float) -> float:
        """Return the seconds since CloudFormation sent the request, or an estimate if that time is not recorded."""
        return now - self._sent_at(now)

    def with_start_time(self, now: float) -> "Progress":
        """Return the progress with the time when the request was sent."""
        return self._replace(started_at=self._sent_at(now))

    def at_place(self, imports_ahead: int | None, now: float) -> "Progress":
        """Return the progress with the place in the queue, and the time if the place has changed.

        The place may become larger: imports between two resources of their wait chains are not seen as ahead.
        """
        has_moved = imports_ahead not in (None, self.imports_ahead)
        return self._replace(imports_ahead=imports_ahead, moved_at=now if has_moved else self.moved_at)

    def _sent_at(self, now: float) -> float:
        if self.started_at is not None:
            return self.started_at
        return request_time.sent_at(self.url_signed_at, self.age_seconds, now)

    def to_data(self) -> dict[str, object]:
        """Return the members that differ from their defaults as a dictionary for JSON.

        The history of an execution contains them with each poll.
        """
        return {name: value for name, value in self._asdict().items() if value != self._field_defaults[name]}


class Waiting(NamedTuple):
    """No response yet: poll again after `wait_seconds`. `status` is the job's status, if it was polled."""

    progress: Progress
    wait_seconds: int
    dataset_import_job_arn: str | None = None
    status: str | None = None


class Finished(NamedTuple):
    """The request succeeded."""

    attributes: Mapping[str, str]
    physical_resource_id: str | None = None
    """The new physical id of a replaced resource. None keeps the id of the request."""


Outcome = Waiting | Finished


def attributes_of(job: DatasetImportJob) -> dict[str, str]:
    """Return all attributes of the contract, as the strings that CloudFormation requires."""
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
    """Return all attributes for a job that doesn't exist yet or could not be described."""
    return {
        **dict.fromkeys(Attribute, ""),
        Attribute.DATASET_IMPORT_JOB_ARN: dataset_import_job_arn,
        Attribute.JOB_NAME: dataset_import_job_arn.rpartition("/")[2],
        Attribute.STATUS: STATUS_UNKNOWN,
        Attribute.DATASET_ARN: dataset_arn,
    }


def _iso(epoch_seconds: float) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).isoformat(timespec="seconds")
