"""Find the job that has imported, or is importing, just this data already; only then start one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.identity import Resource, job_name, job_name_stem
from personalize_import_handler.outcome import ImportFailed
from personalize_import_handler.personalize import (
    Busy,
    DatasetImportJob,
    JobSummary,
    NameTaken,
    Personalize,
    Refused,
    has_failed,
    is_running,
)
from personalize_import_handler.properties import ImportProperties

_ATTEMPTS_MAX: Final = 999


@dataclass(frozen=True)
class Found:
    """The job to wait for, and whether it had been there before."""

    dataset_import_job_arn: str
    adopted: bool


class Hindered(Exception):
    """The service refused, for now or for good, what was needed to find or start the job of that name."""

    def __init__(self, job_name: str, refused: Refused) -> None:
        super().__init__(f"{job_name}: {refused}")
        self.job_name = job_name
        self.refused = refused


def find_or_start(
    personalize: Personalize, properties: ImportProperties, resource: Resource, undone: ImportProperties | None = None
) -> Found:
    """Adopt the job that does just this import, or start one; raise `Hindered`.

    `undone` is what the resource imported last: rows that it appended are no part of a FULL import of before.

    Names are tried in turn: one whose job has failed, or whose data has been replaced since, is used up.
    """
    spoilt_by = resource.job_arn(job_name_stem(undone, resource)) if undone else None
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        name = job_name(properties, resource, attempt)
        try:
            found = _adopt_or_start(personalize, properties, name, resource.job_arn(name), spoilt_by)
        except Refused as refused:
            raise Hindered(name, refused) from refused
        if found:
            return found
    raise ImportFailed(f"All {_ATTEMPTS_MAX} names for this import are used up. Change ReimportToken to get new ones.")


def attempts_at(
    personalize: Personalize, properties: ImportProperties, resource: Resource
) -> Iterator[DatasetImportJob]:
    """Describe, one after the other, the jobs that were started for this import; raise `Busy` or `Refused`."""
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        job = personalize.describe_dataset_import_job(resource.job_arn(job_name(properties, resource, attempt)))
        if job is None:
            return
        yield job


def _adopt_or_start(
    personalize: Personalize, properties: ImportProperties, name: str, arn: str, spoilt_by: str | None
) -> Found | None:
    job = personalize.describe_dataset_import_job(arn)
    if job is None:
        _wait_for_the_dataset(personalize, properties.dataset_arn)
        try:
            return Found(personalize.create_dataset_import_job(name, properties), adopted=False)
        except NameTaken:  # the same event was delivered twice, and its twin was quicker
            job = personalize.describe_dataset_import_job(arn)
    if job and _is_same_import(job, properties) and not _is_gone(job, personalize, spoilt_by):
        return Found(arn, adopted=True)
    return None


def _wait_for_the_dataset(personalize: Personalize, dataset_arn: str) -> None:
    """Raise `Busy` while another job imports into the dataset: of two FULL imports, the slower one's data stays.

    A rollback meets the job of the update that it undoes, for a job can't be stopped.
    """
    for job in personalize.list_dataset_import_jobs(dataset_arn):
        if is_running(job.status):
            message = f"{job.dataset_import_job_arn} is still importing into the same dataset."
            raise Busy("CreateDatasetImportJob", "ResourceInUseException", message)


def _is_same_import(job: DatasetImportJob, properties: ImportProperties) -> bool:
    return (
        job.dataset_arn == properties.dataset_arn
        and job.data_location == properties.data_location
        and job.role_arn == properties.role_arn
        and job.import_mode == properties.import_mode
        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3
    )


def _is_gone(job: DatasetImportJob, personalize: Personalize, spoilt_by: str | None) -> bool:
    """Say whether what the job imported is not in the dataset, or not any more."""
    if has_failed(job.status):
        return True
    created_at = personalize.dataset_created_at(job.dataset_arn)
    if created_at is None or job.creation_date_time < created_at:
        return True  # a dataset that was deleted and made again keeps its ARN, and is empty
    return is_superseded(job, personalize.list_dataset_import_jobs(job.dataset_arn), spoilt_by)


def is_superseded(job: JobSummary, jobs_of_dataset: Sequence[JobSummary], spoilt_by: str | None = None) -> bool:
    """Say whether a later FULL import has replaced what `job` imported, or is about to.

    `spoilt_by` is how the ARNs of INCREMENTAL jobs begin that are to be undone too: only a FULL import takes rows away.
    """
    full = job.import_mode is ImportMode.FULL
    return any(
        (
            later.import_mode is ImportMode.FULL
            or (full and spoilt_by is not None and later.dataset_import_job_arn.startswith(spoilt_by))
        )
        and later.creation_date_time > job.creation_date_time
        and later.dataset_import_job_arn != job.dataset_import_job_arn
        and not has_failed(later.status)
        for later in jobs_of_dataset
    )
