"""Find the job that has imported, or is importing, just this data already; and start the one that is missing.

Finding and starting are two steps, with the number of the attempt noted in between: a function that dies right after
it has started a job finds that job again, even if it has failed by then, and never starts a second one.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from personalize_import_handler.contract import ATTEMPTS_MAX, ImportMode
from personalize_import_handler.identity import JobNames, reader_of
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

_FIRST: Final = 1


class Attempt(NamedTuple):
    """An attempt at an import, and whether it has been made."""

    number: int
    is_made: bool


class Hindered(Exception):
    """The service refused, for now or for good, what an attempt needed."""

    def __init__(self, attempt: int, refused: Refused) -> None:
        super().__init__(f"attempt {attempt}: {refused}")
        self.attempt = attempt
        self.refused = refused


def find(
    personalize: Personalize, properties: ImportProperties, names: JobNames, undone: JobNames | None = None
) -> Attempt:
    """Find the attempt whose job does just this import, or else the next one to make; raise `Hindered`.

    Attempts are looked at in turn: one whose job has failed, or whose data has been replaced since, is used up.
    `undone` is what the resource imported last: rows that it appended are no part of a FULL import of before.
    """
    for number in range(_FIRST, ATTEMPTS_MAX + 1):
        try:
            job = personalize.describe_dataset_import_job(names.arn(number))
            if job is None or (is_same_import(job, properties) and not _is_gone(job, personalize, undone)):
                return Attempt(number, is_made=job is not None)
        except Refused as refused:
            raise Hindered(number, refused) from refused
    return Attempt(ATTEMPTS_MAX + 1, is_made=False)


def latest(personalize: Personalize, names: JobNames, number: int) -> Attempt:
    """Find the last attempt that was made, from one on that is known; raise `Hindered`."""
    try:
        made = number - 1 + sum(1 for _ in attempts_at(personalize, names, number))
    except Refused as refused:
        raise Hindered(number, refused) from refused
    return Attempt(max(made, number), is_made=made >= number)


def attempts_at(personalize: Personalize, names: JobNames, number: int = _FIRST) -> Iterator[DatasetImportJob]:
    """Describe, one after the other, the jobs that were started for an import; raise `Busy` or `Refused`."""
    for attempt in range(number, ATTEMPTS_MAX + 1):
        job = personalize.describe_dataset_import_job(names.arn(attempt))
        if job is None:
            return
        yield job


def start(personalize: Personalize, properties: ImportProperties, names: JobNames, number: int) -> bool:
    """Start the job of an attempt, unless that was done before; raise `Hindered`.

    Returns False where the name is another's, and so the attempt is used up: names outlive jobs and datasets.
    """
    arn = names.arn(number)
    try:
        jobs_of_dataset = personalize.list_dataset_import_jobs(properties.dataset_arn)
        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:
            _wait_for_the_dataset(jobs_of_dataset)
            with suppress(NameTaken):
                personalize.create_dataset_import_job(names.name(number), properties)
                return True
        job = personalize.describe_dataset_import_job(arn)
    except Refused as refused:
        raise Hindered(number, refused) from refused
    return job is not None and is_same_import(job, properties)


def _wait_for_the_dataset(jobs_of_dataset: Sequence[JobSummary]) -> None:
    """Raise `Busy` while another job imports into the dataset: of two FULL imports, the slower one's data stays.

    A rollback meets the job of the update that it undoes, for a job can't be stopped.
    """
    for job in jobs_of_dataset:
        if is_running(job.status):
            message = f"{job.dataset_import_job_arn} is still importing into the same dataset."
            raise Busy("CreateDatasetImportJob", "ResourceInUseException", message)


def is_same_import(job: DatasetImportJob, properties: ImportProperties) -> bool:
    """Say whether a job imports what `properties` say, in the way that they say."""
    return (
        job.dataset_arn == properties.dataset_arn
        and job.data_location == properties.data_location
        and reader_of(job.role_arn) == reader_of(properties.role_arn)
        and job.import_mode == properties.import_mode
        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3
    )


def _is_gone(job: DatasetImportJob, personalize: Personalize, undone: JobNames | None) -> bool:
    """Say whether what the job imported is not in the dataset, or not any more."""
    if has_failed(job.status) or is_of_an_earlier_dataset(job, personalize):
        return True
    return is_superseded(job, personalize.list_dataset_import_jobs(job.dataset_arn), undone)


def is_of_an_earlier_dataset(job: DatasetImportJob, personalize: Personalize) -> bool:
    """Say whether the job's dataset was deleted since, and perhaps made again: it keeps its ARN then, and is empty."""
    created_at = personalize.dataset_created_at(job.dataset_arn)
    return created_at is None or job.creation_date_time < created_at


def is_superseded(job: JobSummary, jobs_of_dataset: Sequence[JobSummary], undone: JobNames | None = None) -> bool:
    """Say whether a later FULL import has replaced what `job` imported, or is about to.

    INCREMENTAL jobs that are `undone` count too: only a FULL import takes their rows away.
    """
    full = job.import_mode is ImportMode.FULL
    return any(
        (
            later.import_mode is ImportMode.FULL
            or (full and undone is not None and undone.include(later.dataset_import_job_arn))
        )
        and later.creation_date_time > job.creation_date_time
        and later.dataset_import_job_arn != job.dataset_import_job_arn
        and not has_failed(later.status)
        for later in jobs_of_dataset
    )
