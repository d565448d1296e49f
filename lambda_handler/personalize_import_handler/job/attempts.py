"""Find an existing job that does the same import, or start a new one.

Finding and starting are two steps, and the attempt number is recorded between them. A function that is killed right
after it has started a job therefore finds that job again, even if it has failed by then, and never starts a second one.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from personalize_import_handler.aws.personalize import JobSummary, Personalize, has_failed, has_succeeded, is_running
from personalize_import_handler.contract import DATA_FINGERPRINT_TAG
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.errors import NameTakenError, RefusedError
from personalize_import_handler.job.adoption import describe_if_current, is_replaced, is_same_import
from personalize_import_handler.job.busy_dataset import busy_with_refresh, raise_if_dataset_busy, raise_if_refreshed
from personalize_import_handler.job.earlier_jobs import usual_seconds
from personalize_import_handler.job.tagging import is_of_refresh, is_of_resource
from personalize_import_handler.request.job_names import JobNames, attempt_of, names_of
from personalize_import_handler.request.resource import Resource


class Attempt(NamedTuple):
    """An attempt at an import: its number, its job, and whether that job has been started."""

    number: int
    dataset_import_job_arn: str
    is_started: bool
    data_fingerprint: str | None = None
    """Fingerprint of the job's data, if the job name contains it and the properties don't."""
    usual_seconds: int | None = None
    """The usual duration of similar jobs, if there were any; None for an attempt that has not been started."""


class AttemptError(Exception):
    """The service refused a call that an attempt needed, temporarily or permanently."""

    def __init__(self, attempt: int, refused: RefusedError) -> None:
        super().__init__(f"attempt {attempt}: {refused}")
        self.attempt = attempt
        self.refused = refused


def next_attempt(names: JobNames, number: int) -> Attempt:
    """Return an attempt that has not been started."""
    return Attempt(number, names.arn(number), is_started=False)


def find(
    personalize: Personalize,
    properties: ImportProperties,
    names: JobNames,
    previous: JobNames | None = None,
    *,
    is_create: bool = False,
) -> Attempt:
    """Return the attempt whose job does the same import, otherwise the next attempt; raise `AttemptError`.

    A new attempt is started only when the data of earlier attempts has been removed. So only the latest attempt that
    has not failed can still match. If its job has ended, it must belong to this resource: after another resource was
    deleted, its files may have been replaced. `previous` is the previous import of the resource: an earlier FULL import
    doesn't include the rows that it appended.
    """
    number = 1
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
        attempts = _attempts(jobs, names, properties)
        number = attempts[0].number + 1 if attempts else 1
        raise_if_refreshed(jobs, names, personalize)
        failed = {job.dataset_import_job_arn for job in jobs if has_failed(job.status)}
        known = next((attempt for attempt in attempts if attempt.dataset_import_job_arn not in failed), None)
        job = describe_if_current(personalize, properties, known.dataset_import_job_arn) if known else None
        if (
            known
            and job
            and not is_replaced(job, jobs, previous)
            and (
                is_running(job.status)
                or is_of_resource(names, known.dataset_import_job_arn, personalize, is_create=is_create)
            )
        ):
            return known
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return next_attempt(names, number)


def current(personalize: Personalize, properties: ImportProperties, resource: Resource) -> Attempt | None:
    """Return the attempt of the resource's job, unless it failed or its dataset was replaced; raise `AttemptError`.

    If another resource's import has replaced the data, the attempt is still returned, because this import has not
    changed. A later FULL import of the same resource belongs to an update that failed and was never rolled back,
    because rollback is disabled; then None is returned, so the resource's own data is imported again.
    """
    names = names_of(properties, resource)
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
        raise_if_refreshed(jobs, names, personalize)
        started = _attempts(jobs, names, properties)
        attempts = started or _attempts_for_other_data(personalize, jobs, properties, resource)
        job = describe_if_current(personalize, properties, attempts[0].dataset_import_job_arn) if attempts else None
        own = [each for each in jobs if names.shares_prefix(each.dataset_import_job_arn)]
        return attempts[0] if job and not is_replaced(job, own) else None
    except RefusedError as refused:
        raise AttemptError(1, refused) from refused


def latest(personalize: Personalize, properties: ImportProperties, names: JobNames, number: int) -> Attempt:
    """Return the latest attempt, or the one with the given number if there is no later one; raise `AttemptError`.

    A later attempt of a refresh that has failed is ignored: its failure is not one of the request, and the data of the
    attempt before it is still in the dataset.
    """
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
        by_arn = {job.dataset_import_job_arn: job for job in jobs}
        for attempt in _attempts(jobs, names, properties):
            arn = attempt.dataset_import_job_arn
            each = by_arn[arn]
            is_in_doubt = attempt.number > number and not has_succeeded(each.status)
            if is_in_doubt and is_of_refresh(arn, personalize):
                if is_running(each.status):
                    raise busy_with_refresh(each)
                continue
            return attempt if attempt.number >= number else next_attempt(names, number)
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return next_attempt(names, number)


def start(
    personalize: Personalize, properties: ImportProperties, names: JobNames, number: int, tags: Mapping[str, str]
) -> Attempt:
    """Start the job of an attempt with these tags unless it exists already; raise `AttemptError`.

    Return the next attempt if the name belongs to a different import. The attempt is then used up, because a job name
    stays taken after its job and dataset are gone.
    """
    arn = names.arn(number)
    try:
        jobs_of_dataset = personalize.list_dataset_import_jobs(properties.dataset_arn)
        usual = usual_seconds(jobs_of_dataset, arn, properties.import_mode)
        started = Attempt(number, arn, is_started=True, usual_seconds=usual)
        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:
            raise_if_dataset_busy(jobs_of_dataset)
            with suppress(NameTakenError):
                personalize.create_dataset_import_job(names.name(number), properties, tags)
                return started
        job = personalize.describe_dataset_import_job(arn)
    except RefusedError as refused:
        raise AttemptError(number, refused) from refused
    return started if job and is_same_import(job, properties) else next_attempt(names, number + 1)


def _attempts(jobs_of_dataset: Sequence[JobSummary], names: JobNames, properties: ImportProperties) -> list[Attempt]:
    """Return the attempts that were started, latest first."""
    usual = usual_seconds(jobs_of_dataset, names.arn(1), properties.import_mode)
    attempts = [
        Attempt(number, job.dataset_import_job_arn, is_started=True, usual_seconds=usual)
        for job in jobs_of_dataset
        if (number := names.attempt(job.dataset_import_job_arn)) is not None
    ]
    return sorted(attempts, reverse=True)


def _attempts_for_other_data(
    personalize: Personalize, jobs_of_dataset: Sequence[JobSummary], properties: ImportProperties, resource: Resource
) -> list[Attempt]:
    """Return the latest job of the resource that has not failed, whichever data it imported; an empty list if none.

    Job names contain the data fingerprint, which is unknown once `Reimport` no longer depends on the data. The job has
    it in a tag.
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
            usual = usual_seconds(jobs_of_dataset, arn, properties.import_mode)
            return [Attempt(attempt_of(arn), arn, is_started=True, data_fingerprint=fingerprint, usual_seconds=usual)]
    return []
