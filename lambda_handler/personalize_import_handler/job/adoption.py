"""Conditions for the adoption of an existing job: it does the same import, and the dataset still contains its data."""

from collections.abc import Sequence

from personalize_import_handler.aws.personalize import DatasetImportJob, JobSummary, Personalize, has_failed
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.request.import_identity import is_equivalent_role, is_same_location
from personalize_import_handler.request.job_names import JobNames, file_digest_in


def describe_if_current(
    personalize: Personalize, properties: ImportProperties, dataset_import_job_arn: str
) -> DatasetImportJob | None:
    """Describe a job; None if it failed, imports something else, or its dataset was replaced."""
    job = personalize.describe_dataset_import_job(dataset_import_job_arn)
    if job is None or has_failed(job.status) or not is_same_import(job, properties):
        return None
    return None if is_from_earlier_dataset(job, personalize.dataset_created_at(job.dataset_arn)) else job


def is_same_import(job: DatasetImportJob, properties: ImportProperties) -> bool:
    """Return whether a job does the import that the properties describe."""
    return (
        job.dataset_arn == properties.dataset_arn
        and is_same_location(job.data_location, properties)
        and is_equivalent_role(job.role_arn, properties.role_arn)
        and job.import_mode == properties.import_mode
        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3
    )


def is_from_earlier_dataset(job: JobSummary, dataset_created_at: float | None) -> bool:
    """Return whether the dataset was deleted after the job; a new dataset with the same ARN is empty."""
    return dataset_created_at is None or job.creation_date_time < dataset_created_at


def is_replaced(job: JobSummary, jobs_of_dataset: Sequence[JobSummary], previous: JobNames | None = None) -> bool:
    """Return whether a later FULL import has replaced the data of `job`, or is about to.

    INCREMENTAL jobs of the `previous` import count too, because only a FULL import removes their rows.
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


def imports_of_resource(jobs_of_dataset: Sequence[JobSummary], names: JobNames) -> list[JobSummary]:
    """Return the jobs that have not failed and may be imports of the resource, latest first.

    Jobs of single files are not included.
    """
    own = [
        job
        for job in jobs_of_dataset
        if names.may_belong_to_resource(job.dataset_import_job_arn)
        and not has_failed(job.status)
        and file_digest_in(job.dataset_import_job_arn) is None
    ]
    return sorted(own, key=lambda job: job.creation_date_time, reverse=True)
