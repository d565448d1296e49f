"""Find the next job of a follower that a refresh of a FULL import has to repeat."""

from collections.abc import Sequence

from personalize_import_handler.aws.personalize import JobSummary, has_failed
from personalize_import_handler.contract import RELEASED, RESOURCE_TAG
from personalize_import_handler.job.followers import Repeat
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.job.tagging import is_of_refresh
from personalize_import_handler.refresh.followers import jobs_to_repeat, succeeded_since
from personalize_import_handler.request.job_names import (
    attempt_of,
    is_tag_of_scope,
    names_from_job_arn,
    prefixes_of_followers,
)


def next_repeat(requested: RequestedImport, full_job: JobSummary) -> Repeat | None:
    """Return the next job to repeat after a FULL job, or None if there is none; raise `RefusedError`."""
    personalize = requested.personalize
    prefixes = [*prefixes_of_followers(requested.properties, requested.resource).values()]
    jobs = personalize.list_dataset_import_jobs(requested.properties.dataset_arn)

    def is_refresh(job: JobSummary) -> bool:
        return is_of_refresh(job.dataset_import_job_arn, personalize)

    for job in jobs_to_repeat(jobs, full_job, prefixes, is_refresh):
        if not succeeded_since(full_job, job, jobs) and _is_in_stack(job, requested):
            return Repeat(job.dataset_import_job_arn, _next_attempt(job, jobs, full_job))
    return None


def _is_in_stack(job: JobSummary, requested: RequestedImport) -> bool:
    """Return whether a job belongs to a resource of the stack; earlier versions set no such tag."""
    resource_tag = requested.personalize.list_tags(job.dataset_import_job_arn).get(RESOURCE_TAG)
    if resource_tag is None:
        return True
    return is_tag_of_scope(resource_tag, requested.resource) and not resource_tag.endswith(RELEASED)


def _next_attempt(job: JobSummary, jobs: Sequence[JobSummary], full_job: JobSummary) -> int:
    """Return the attempt that was started after the FULL job, unless it has failed; otherwise the next one."""
    names = names_from_job_arn(job.dataset_import_job_arn)
    attempts = [each for each in jobs if names.includes(each.dataset_import_job_arn)]
    last = max(attempts, key=lambda each: attempt_of(each.dataset_import_job_arn))
    is_started = last.creation_date_time > full_job.creation_date_time and not has_failed(last.status)
    number = attempt_of(last.dataset_import_job_arn)
    return number if is_started else number + 1
