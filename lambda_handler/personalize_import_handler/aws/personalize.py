"""The Amazon Personalize calls of the handler, as a protocol, and the types that they return."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties


class Phase(StrEnum):
    """The phase of a job, derived from its status."""

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
    """The service returned a status that is not documented."""


def phase_of(status: str) -> Phase:
    """Return the phase of a status; raise `UnknownStatusError` rather than report a failed import as a success.

    https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJob.html
    """
    if status not in _PHASES:
        raise UnknownStatusError(f"unknown status {status!r}, expected one of {', '.join(_PHASES)}")
    return _PHASES[status]


def has_failed(status: str) -> bool:
    """Return whether a status means failure; False for an unknown status, which the poll of that job reports."""
    return _PHASES.get(status) is Phase.FAILED


def has_succeeded(status: str) -> bool:
    """Return whether a status means that the data was imported."""
    return _PHASES.get(status) is Phase.ACTIVE


def is_running(status: str) -> bool:
    """Return whether a status means that the job is running; False for an unknown status, which may never change."""
    return _PHASES.get(status) is Phase.RUNNING


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """A dataset import job as ListDatasetImportJobs returns it. Times are epoch seconds of the service's clock."""

    dataset_import_job_arn: str
    status: str
    import_mode: ImportMode
    creation_date_time: float
    last_updated_date_time: float


@dataclass(frozen=True, kw_only=True)
class DatasetImportJob(JobSummary):
    """A dataset import job as DescribeDatasetImportJob returns it."""

    job_name: str
    dataset_arn: str
    data_location: str
    role_arn: str
    publish_attribution_metrics_to_s3: bool
    failure_reason: str | None

    @property
    def phase(self) -> Phase:
        """The phase of the job; raises `UnknownStatusError`."""
        return phase_of(self.status)


class DatasetSchema(NamedTuple):
    """The schema of a dataset: its Avro text and its domain."""

    text: str
    domain: str | None


class Personalize(Protocol):
    """The Personalize calls that the handler makes."""

    def now(self) -> float:
        """Return the service's time in epoch seconds."""
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
