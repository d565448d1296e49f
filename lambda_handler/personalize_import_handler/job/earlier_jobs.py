"""The usual duration of an import, from the jobs of its dataset that have ended."""

from collections.abc import Sequence
from typing import Final

from personalize_import_handler.aws.personalize import JobSummary, has_succeeded
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.request.job_names import file_digest_in
from personalize_import_handler.request.resource import JOB_ARN

_JOBS_MAX: Final = 3
"""With three jobs, one that took far longer or shorter doesn't change the result."""


def usual_seconds(
    jobs_of_dataset: Sequence[JobSummary], dataset_import_job_arn: str, import_mode: ImportMode
) -> int | None:
    """Return the median duration of the latest jobs that are similar to a job; None if there are none.

    Similar jobs import in the same mode for the same resource, and have become ACTIVE. Imports of single files are
    similar only to each other.

    Args:
        jobs_of_dataset: All jobs of the dataset.
        dataset_import_job_arn: The ARN of the job, which need not exist yet.
        import_mode: The import mode of the job.
    """
    kind = _kind(dataset_import_job_arn)
    similar = [
        job
        for job in jobs_of_dataset
        if has_succeeded(job.status) and job.import_mode is import_mode and _kind(job.dataset_import_job_arn) == kind
    ]
    latest = sorted(similar, key=lambda job: job.creation_date_time)[-_JOBS_MAX:]
    durations = sorted(max(1, round(job.last_updated_date_time - job.creation_date_time)) for job in latest)
    return durations[(len(durations) - 1) // 2] if durations else None


def _kind(dataset_import_job_arn: str) -> tuple[str, bool]:
    """Return the name prefix of a resource's jobs, and whether a job imports a single file."""
    job = JOB_ARN.fullmatch(dataset_import_job_arn)
    return job["prefix"] if job else "", file_digest_in(dataset_import_job_arn) is not None
