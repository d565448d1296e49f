"""Amazon Personalize as the handler uses it: the few calls it makes, as a protocol, and what they return."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties


class Phase(StrEnum):
    """What a job's status means."""

    RUNNING = "running"
    ACTIVE = "active"
    FAILED = "failed"


_PHASES: Mapping[str, Phase] = {
    "CREATE PENDING": Phase.RUNNING,
    "CREATE IN_PROGRESS": Phase.RUNNING,
    "ACTIVE": Phase.ACTIVE,
    "CREATE FAILED": Phase.FAILED,
}


class UnknownStatusError(Exception):
    """The service gave a status that its documentation doesn't name."""


def phase_of(status: str) -> Phase:
    """Say what a status means, or raise `UnknownStatusError`: guessing would make a failed import look like a good one.

    https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJob.html
    """
    if status not in _PHASES:
        raise UnknownStatusError(f"unknown status {status!r}, expected one of {', '.join(_PHASES)}")
    return _PHASES[status]


def has_failed(status: str) -> bool:
    """Say whether a status means failure; one that is unknown doesn't, and whoever waits for the job will say so."""
    return _PHASES.get(status) is Phase.FAILED


def has_succeeded(status: str) -> bool:
    """Say whether a status means that the data was imported."""
    return _PHASES.get(status) is Phase.ACTIVE


def is_running(status: str) -> bool:
    """Say whether a status means that the job goes on; one that is unknown doesn't, for it may stay for ever."""
    return _PHASES.get(status) is Phase.RUNNING


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """A dataset import job as the list shows it. Times are epoch seconds of the service's clock."""

    dataset_import_job_arn: str
    status: str
    import_mode: ImportMode
    creation_date_time: float


@dataclass(frozen=True, kw_only=True)
class DatasetImportJob(JobSummary):
    """A dataset import job as the service describes it."""

    job_name: str
    dataset_arn: str
    data_location: str
    role_arn: str
    publish_attribution_metrics_to_s3: bool
    last_updated_date_time: float
    failure_reason: str | None

    @property
    def phase(self) -> Phase:
        """What the status means; raises `UnknownStatusError`."""
        return phase_of(self.status)


class DatasetSchema(NamedTuple):
    """The schema that a dataset has: its Avro text, and the domain that it is for."""

    text: str
    domain: str | None


class Personalize(Protocol):
    """The calls that the handler makes."""

    def now(self) -> float:
        """Return the service's time, in epoch seconds."""
        ...

    def describe_dataset_import_job(self, dataset_import_job_arn: str) -> DatasetImportJob | None:
        """Describe a job, or return None if there is none; raise `BusyError` or `RefusedError`."""
        ...

    def create_dataset_import_job(self, job_name: str, properties: ImportProperties, tags: Mapping[str, str]) -> str:
        """Start a job and return its ARN; raise `NameTakenError`, `BusyError` or `RefusedError`."""
        ...

    def list_dataset_import_jobs(self, dataset_arn: str) -> Sequence[JobSummary]:
        """List all jobs of a dataset; raise `BusyError` or `RefusedError`."""
        ...

    def dataset_created_at(self, dataset_arn: str) -> float | None:
        """Return when a dataset was created, or None if there is none; raise `BusyError` or `RefusedError`."""
        ...

    def schema_of(self, dataset_arn: str) -> DatasetSchema | None:
        """Return a dataset's schema, or None if there is no such dataset; raise `BusyError` or `RefusedError`."""
        ...

    def list_tags(self, resource_arn: str) -> Mapping[str, str]:
        """Return a resource's tags; raise `BusyError` or `RefusedError`."""
        ...

    def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Set tags; raise `BusyError` or `RefusedError`."""
        ...

    def untag_resource(self, resource_arn: str, keys: Iterable[str]) -> None:
        """Remove tags; raise `BusyError` or `RefusedError`."""
        ...
