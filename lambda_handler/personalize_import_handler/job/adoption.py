"""Find the job that has imported, or is importing, just this data already; and start the one that is missing.

Finding and starting are two steps, with the number of the attempt noted in between: a function that dies right after
it has started a job finds that job again, even if it has failed by then, and never starts a second one.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from personalize_import_handler.aws.personalize import DatasetImportJob, JobSummary, Personalize, has_failed, is_running
from personalize_import_handler.contract import DATA_FINGERPRINT_TAG, RELEASED, RESOURCE_TAG, ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.errors import BusyError, NameTakenError, RefusedError
from personalize_import_handler.request.import_identity import is_equivalent_role, is_same_location
from personalize_import_handler.request.job_names import JobNames, attempt_of, names_of
from personalize_import_handler.request.resource import Resource


class Attempt(NamedTuple):
    """An attempt at an import, its job, and whether that has been started."""

    number: int
    dataset_import_job_arn: str
    is_started: bool
    data_fingerprint: str | None = None
    """That of the job's data, if the properties don't say that it is part of the name."""


class AttemptError(Exception):
    """The service refused, for now or for good, what an attempt needed."""

    def __init__(self, attempt: int, refused: RefusedError) -> None:
        super().__init__(f"attempt {attempt}: {refused}")
        self.attempt = attempt
        self.refused = refused


def next_attempt(names: JobNames, number: int) -> Attempt:
    """Return an attempt that is yet to be made."""
    return Attempt(number, names.arn(number), is_started=False)


def find(
    personalize: Personalize,
    properties: ImportProperties,
    names: JobNames,
    previous: JobNames | None = None,
    *,
    is_create: bool = False,
) -> Attempt:
    """Return the attempt whose job does just this import, or else the next one to make; raise `AttemptError`.

    Only the latest one that has not failed may do so: each was made because the data of those before it was gone.
    If it has ended, it must be of this resource: after another one was deleted, its files may have been replaced.
    `previous` is what the resource imported last: rows that it appended are no part of an earlier FULL import.
    """
    number = 1
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
        made = _attempts(jobs, names)
        number = made[0].number + 1 if made else 1
        failed = {job.dataset_import_job_arn for job in jobs if has_failed(job.status)}
        known = next((attempt for attempt in made if attempt.dataset_import_job_arn not in failed), None)
        job = _describe_if_current(personalize, properties, known) if known else None
        if (
            known
            and job
            and not is_replaced(job, jobs, previous)
            and (
                is_running(job.status) or _is_of(names, known.dataset_import_job_arn, personalize, is_create=is_create)
            )
        ):
            return known
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return next_attempt(names, number)


def current(personalize: Personalize, properties: ImportProperties, resource: Resource) -> Attempt | None:
    """Return the attempt of the resource's job, unless it failed or its dataset was replaced; raise `AttemptError`.

    Data that the import of somebody else has replaced stays as it is: nothing has changed about this one. A later FULL
    import of the same resource belongs to an update that failed and, in a stack without rollback, was never undone.
    """
    names = names_of(properties, resource)
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
        made = _attempts(jobs, names) or _attempts_for_other_data(personalize, jobs, properties, resource)
        job = _describe_if_current(personalize, properties, made[0]) if made else None
        own = [each for each in jobs if names.shares_prefix(each.dataset_import_job_arn)]
        return made[0] if job and not is_replaced(job, own) else None
    except RefusedError as refused:
        raise AttemptError(1, refused) from refused


def latest(personalize: Personalize, properties: ImportProperties, names: JobNames, number: int) -> Attempt:
    """Return the last attempt that was made, or else the one of a known number; raise `AttemptError`."""
    try:
        made = _attempts(personalize.list_dataset_import_jobs(properties.dataset_arn), names)
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return made[0] if made and made[0].number >= number else next_attempt(names, number)


def start(personalize: Personalize, properties: ImportProperties, names: JobNames, number: int) -> bool:
    """Start the job of an attempt, unless that was done before; raise `AttemptError`.

    Returns False where the name is another's, and so the attempt is used up: names outlive jobs and datasets.
    """
    arn = names.arn(number)
    try:
        jobs_of_dataset = personalize.list_dataset_import_jobs(properties.dataset_arn)
        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:
            _raise_if_dataset_busy(jobs_of_dataset)
            with suppress(NameTakenError):
                tags = properties.job_tags(names.resource_tag)
                personalize.create_dataset_import_job(names.name(number), properties, tags)
                return True
        job = personalize.describe_dataset_import_job(arn)
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return job is not None and is_same_import(job, properties)


def _attempts(jobs_of_dataset: Sequence[JobSummary], names: JobNames) -> list[Attempt]:
    """Return the attempts that were made, the latest first."""
    made = [
        Attempt(number, job.dataset_import_job_arn, is_started=True)
        for job in jobs_of_dataset
        if (number := names.attempt(job.dataset_import_job_arn)) is not None
    ]
    return sorted(made, reverse=True)


def _attempts_for_other_data(
    personalize: Personalize, jobs_of_dataset: Sequence[JobSummary], properties: ImportProperties, resource: Resource
) -> list[Attempt]:
    """Return the latest job of the resource that has not failed, whatever its data was; nothing if there is none.

    The fingerprint of the data is in the names of jobs, and no longer known where the data doesn't decide any more. The
    job has it in a tag.
    """
    names = names_of(properties, resource)
    jobs = [
        job for job in jobs_of_dataset if names.shares_prefix(job.dataset_import_job_arn) and not has_failed(job.status)
    ]
    for job in sorted(jobs, key=lambda job: job.creation_date_time, reverse=True):
        fingerprint = personalize.list_tags(job.dataset_import_job_arn).get(DATA_FINGERPRINT_TAG)
        known = properties._replace(data_fingerprint=fingerprint)
        if names_of(known, resource).includes(job.dataset_import_job_arn):
            arn = job.dataset_import_job_arn
            return [Attempt(attempt_of(arn), arn, is_started=True, data_fingerprint=fingerprint)]
    return []


def release(personalize: Personalize, properties: ImportProperties, names: JobNames) -> None:
    """Note in the tag of the resource's jobs that its stack has given it up; raise `BusyError` or `RefusedError`.

    Only jobs whose rows are in the dataset could be adopted.
    """
    jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
    for job in jobs:
        arn = job.dataset_import_job_arn
        is_own = names.includes(arn) or names.shares_prefix(arn)
        if not is_own or has_failed(job.status) or is_replaced(job, jobs):
            continue
        if _is_of(names, arn, personalize, is_create=True):
            personalize.tag_resource(arn, {RESOURCE_TAG: f"{names.resource_tag}{RELEASED}"})


def _is_of(names: JobNames, dataset_import_job_arn: str, personalize: Personalize, *, is_create: bool) -> bool:
    """Return whether a job has the tag of the resource, and was not released.

    A job without the tag was started by an earlier version: it is not of a resource that `is_create`.
    """
    untagged = "" if is_create else names.resource_tag
    return personalize.list_tags(dataset_import_job_arn).get(RESOURCE_TAG, untagged) == names.resource_tag


def _describe_if_current(
    personalize: Personalize, properties: ImportProperties, made: Attempt
) -> DatasetImportJob | None:
    """Describe the job of an attempt, if the dataset as it is now holds its data, or will."""
    job = personalize.describe_dataset_import_job(made.dataset_import_job_arn)
    if job is None or has_failed(job.status) or not is_same_import(job, properties):
        return None
    return None if is_from_earlier_dataset(job, personalize) else job


def _raise_if_dataset_busy(jobs_of_dataset: Sequence[JobSummary]) -> None:
    """Raise `BusyError` while another job imports into the dataset: of two FULL imports, the slower one's data stays.

    A rollback meets the job of the update that it undoes, for a job can't be stopped.
    """
    for job in jobs_of_dataset:
        if is_running(job.status):
            message = f"{job.dataset_import_job_arn} is still importing into the same dataset."
            raise BusyError("CreateDatasetImportJob", "ResourceInUseException", message)


def is_same_import(job: DatasetImportJob, properties: ImportProperties) -> bool:
    """Return whether a job imports what `properties` say, in the way that they say."""
    return (
        job.dataset_arn == properties.dataset_arn
        and is_same_location(job.data_location, properties)
        and is_equivalent_role(job.role_arn, properties.role_arn)
        and job.import_mode == properties.import_mode
        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3
    )


def is_from_earlier_dataset(job: DatasetImportJob, personalize: Personalize) -> bool:
    """Return whether the job's dataset was deleted since: one that is created again keeps the ARN, and is empty."""
    created_at = personalize.dataset_created_at(job.dataset_arn)
    return created_at is None or job.creation_date_time < created_at


def is_replaced(job: JobSummary, jobs_of_dataset: Sequence[JobSummary], previous: JobNames | None = None) -> bool:
    """Return whether a later FULL import has replaced what `job` imported, or is about to.

    INCREMENTAL jobs that are `previous` count too: only a FULL import takes their rows away.
    """
    full = job.import_mode is ImportMode.FULL
    return any(
        (
            later.import_mode is ImportMode.FULL
            or (full and previous is not None and previous.includes(later.dataset_import_job_arn))
        )
        and later.creation_date_time > job.creation_date_time
        and later.dataset_import_job_arn != job.dataset_import_job_arn
        and not has_failed(later.status)
        for later in jobs_of_dataset
    )
