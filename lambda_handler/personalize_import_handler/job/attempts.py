"""Find an existing job that does the same import, or start a new one.

Finding and starting are two steps, and the attempt number is recorded between them. A function that is killed right
after it has started a job therefore finds that job again, even if it has failed by then, and never starts a second one.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from personalize_import_handler.aws.personalize import JobSummary, has_failed, has_succeeded, is_running
from personalize_import_handler.contract import DATA_FINGERPRINT_TAG
from personalize_import_handler.errors import NameTakenError
from personalize_import_handler.job.adoption import (
    describe_if_current,
    imports_of_resource,
    is_replaced,
    is_same_import,
)
from personalize_import_handler.job.busy_dataset import busy_with_refresh, raise_if_dataset_busy, raise_if_refreshed
from personalize_import_handler.job.earlier_jobs import usual_seconds
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.job.tagging import is_of_refresh, is_of_resource
from personalize_import_handler.request.job_names import JobNames, attempt_of, names_of


class Attempt(NamedTuple):
    """An attempt at an import: its number, its job, and whether that job has been started."""

    number: int
    dataset_import_job_arn: str
    is_started: bool
    data_fingerprint: str | None = None
    """Fingerprint of the job's data, if the job name contains it and the properties don't."""
    usual_seconds: int | None = None
    """The usual duration of similar jobs, if there were any; None for an attempt that has not been started."""


def next_attempt(names: JobNames, number: int) -> Attempt:
    """Return an attempt that has not been started."""
    return Attempt(number, names.arn(number), is_started=False)


def find(requested: RequestedImport, jobs_of_dataset: Sequence[JobSummary]) -> Attempt | None:
    """Return the attempt whose job does the same import, or None; raise `RefusedError`.

    A new attempt is started only when the data of earlier attempts has been removed. So only the latest attempt that
    has not failed can still match. If its job has ended, it must belong to this resource: after another resource was
    deleted, its files may have been replaced. An earlier FULL import doesn't include the rows that the previous import
    of the resource appended.
    """
    names, personalize = requested.names, requested.personalize
    previous = names_of(requested.previous, requested.resource) if requested.previous else None
    raise_if_refreshed(jobs_of_dataset, names, personalize)
    known = next((job for job in _jobs_of_import(jobs_of_dataset, names) if not has_failed(job.status)), None)
    job = describe_if_current(personalize, requested.properties, known.dataset_import_job_arn) if known else None
    if job is None or is_replaced(job, jobs_of_dataset, previous):
        return None
    arn, is_create = job.dataset_import_job_arn, requested.is_create
    may_adopt = is_running(job.status) or is_of_resource(names, arn, personalize, is_create=is_create)
    return _started(job, jobs_of_dataset) if may_adopt else None


def current(requested: RequestedImport) -> Attempt | None:
    """Return the attempt of the resource's job, or None if it failed or its dataset was replaced; raise `RefusedError`.

    If another resource's import has replaced the data, the attempt is still returned, because this import has not
    changed. A later FULL import of the same resource belongs to an update that failed and was never rolled back,
    because rollback is disabled; then None is returned, so the resource's own data is imported again.
    """
    names, personalize, properties = requested.names, requested.personalize, requested.properties
    jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
    raise_if_refreshed(jobs, names, personalize)
    started = _jobs_of_import(jobs, names)
    attempt = _started(started[0], jobs) if started else _started_for_other_data(requested, jobs)
    job = describe_if_current(personalize, properties, attempt.dataset_import_job_arn) if attempt else None
    own = [each for each in jobs if names.shares_prefix(each.dataset_import_job_arn)]
    return attempt if job and not is_replaced(job, own) else None


def latest(requested: RequestedImport, number: int) -> Attempt:
    """Return the latest attempt, or the one with the given number if there is no later one; raise `RefusedError`.

    A later attempt of a refresh that has failed is ignored: its failure is not one of the request, and the data of the
    attempt before it is still in the dataset.
    """
    personalize = requested.personalize
    jobs = personalize.list_dataset_import_jobs(requested.properties.dataset_arn)
    for job in _jobs_of_import(jobs, requested.names):
        attempt = _started(job, jobs)
        if attempt.number < number:
            break
        is_in_doubt = attempt.number > number and not has_succeeded(job.status)
        if not (is_in_doubt and is_of_refresh(job.dataset_import_job_arn, personalize)):
            return attempt
        if is_running(job.status):
            raise busy_with_refresh(job)
    return next_attempt(requested.names, number)


def start(requested: RequestedImport, number: int) -> Attempt:
    """Start the job of an attempt unless it exists already; raise `RefusedError`.

    Return the next attempt if the name belongs to a different import. The attempt is then used up, because a job name
    stays taken after its job and dataset are gone.
    """
    names, personalize, properties = requested.names, requested.personalize, requested.properties
    arn = names.arn(number)
    jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
    started = Attempt(number, arn, is_started=True, usual_seconds=usual_seconds(jobs, arn, properties.import_mode))
    if arn not in [job.dataset_import_job_arn for job in jobs]:
        raise_if_dataset_busy(jobs)
        with suppress(NameTakenError):
            personalize.create_dataset_import_job(names.name(number), properties, requested.job_tags)
            return started
    job = personalize.describe_dataset_import_job(arn)
    return started if job and is_same_import(job, properties) else next_attempt(names, number + 1)


def _jobs_of_import(jobs_of_dataset: Sequence[JobSummary], names: JobNames) -> list[JobSummary]:
    """Return the jobs of an import, the one of the latest attempt first."""
    own = [job for job in jobs_of_dataset if names.includes(job.dataset_import_job_arn)]
    return sorted(own, key=lambda job: attempt_of(job.dataset_import_job_arn), reverse=True)


def _started(job: JobSummary, jobs_of_dataset: Sequence[JobSummary]) -> Attempt:
    """Return the attempt of a job that exists."""
    arn = job.dataset_import_job_arn
    usual = usual_seconds(jobs_of_dataset, arn, job.import_mode)
    return Attempt(attempt_of(arn), arn, is_started=True, usual_seconds=usual)


def _started_for_other_data(requested: RequestedImport, jobs_of_dataset: Sequence[JobSummary]) -> Attempt | None:
    """Return the attempt of the resource's latest job that has not failed, whichever data it imported; None if none.

    Job names contain the data fingerprint, which is unknown once `Reimport` no longer depends on the data. The job has
    it in a tag.
    """
    for job in imports_of_resource(jobs_of_dataset, requested.names):
        arn = job.dataset_import_job_arn
        fingerprint = requested.personalize.list_tags(arn).get(DATA_FINGERPRINT_TAG)
        known = requested.properties._replace(data_fingerprint=fingerprint)
        if names_of(known, requested.resource).includes(arn):
            return _started(job, jobs_of_dataset)._replace(data_fingerprint=fingerprint)
    return None
