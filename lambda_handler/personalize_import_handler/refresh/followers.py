"""Select the jobs of followers that a refresh of a FULL import has to repeat. No calls to AWS."""

from collections.abc import Callable, Sequence

from personalize_import_handler.aws.personalize import JobSummary, has_failed, has_succeeded
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.request.job_names import digest_after, names_from_job_arn

_Import = tuple[str, str]
"""An import of a follower: the prefix of its jobs' ARNs and the digest in its job names."""


def jobs_to_repeat(
    jobs: Sequence[JobSummary], current: JobSummary, prefixes: Sequence[str], is_refresh: Callable[[JobSummary], bool]
) -> list[JobSummary]:
    """Return the latest successful job of each import whose rows a refresh has removed, in the order of the imports.

    The rows that `current` has removed were added after the FULL job before it. If that one belongs to a refresh, which
    may have failed to repeat all imports, those that it had to repeat are included. And so on, back to the latest FULL
    job of a deploy: CloudFormation itself updates the imports after such a job.

    Args:
        jobs: The jobs of the dataset.
        current: The FULL job, which has become ACTIVE.
        prefixes: The ARN prefixes of the followers' jobs.
        is_refresh: Returns whether a refresh has started a FULL job. It is called for few jobs only.
    """
    in_order = sorted(jobs, key=lambda job: job.creation_date_time)
    full = [
        job
        for job in in_order
        if job.import_mode is ImportMode.FULL
        and not has_failed(job.status)
        and job.creation_date_time < current.creation_date_time
    ]
    following = [*full[1:], current]
    removed: dict[_Import, JobSummary] = {}
    for number in reversed(range(len(full))):
        added = _added_between(in_order, full[number], following[number], prefixes)
        if added.keys() - removed.keys():
            if not all(is_refresh(job) for job in following[number:]):
                break
            removed = added | removed  # the order is that of the earlier imports, the job the later one
    return list(removed.values())


def succeeded_since(full_job: JobSummary, job: JobSummary, jobs: Sequence[JobSummary]) -> bool:
    """Return whether the import of a job has succeeded again after a FULL job."""
    names = names_from_job_arn(job.dataset_import_job_arn)
    return any(
        later.creation_date_time > full_job.creation_date_time
        and has_succeeded(later.status)
        and names.includes(later.dataset_import_job_arn)
        for later in jobs
    )


def _added_between(
    in_order: Sequence[JobSummary], full: JobSummary, following: JobSummary, prefixes: Sequence[str]
) -> dict[_Import, JobSummary]:
    """Return the jobs of followers that succeeded between two FULL jobs, by import."""
    return {
        each: job
        for job in in_order
        if full.creation_date_time < job.creation_date_time < following.creation_date_time
        and job.import_mode is ImportMode.INCREMENTAL
        and has_succeeded(job.status)
        and (each := _import_of(job, prefixes))
    }


def _import_of(job: JobSummary, prefixes: Sequence[str]) -> _Import | None:
    arn = job.dataset_import_job_arn
    return next(((prefix, digest) for prefix in prefixes if (digest := digest_after(prefix, arn))), None)
