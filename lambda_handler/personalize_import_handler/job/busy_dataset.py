"""Running jobs of a dataset that have to end before a request decides, or before it starts a job."""

from collections.abc import Sequence

from personalize_import_handler.aws.personalize import JobSummary, Personalize, is_running
from personalize_import_handler.errors import BusyError, DatasetBusyError
from personalize_import_handler.job.tagging import is_of_refresh
from personalize_import_handler.request.job_names import JobNames


def raise_if_refreshed(jobs_of_dataset: Sequence[JobSummary], names: JobNames, personalize: Personalize) -> None:
    """Raise `BusyError` while a job of a refresh imports for the resource.

    A request must neither adopt it, because its failure is not one of the request, nor decide before its end, because
    until then it is unknown which data the dataset will contain.
    """
    for job in jobs_of_dataset:
        arn = job.dataset_import_job_arn
        if is_running(job.status) and names.may_belong_to_resource(arn) and is_of_refresh(arn, personalize):
            raise busy_with_refresh(job)


def raise_if_dataset_busy(jobs_of_dataset: Sequence[JobSummary]) -> None:
    """Raise `BusyError` while another job imports into the dataset; of two FULL imports, the last to finish wins.

    This happens in a rollback, because the job of the failed update can't be stopped.
    """
    for job in jobs_of_dataset:
        if is_running(job.status):
            message = f"{job.dataset_import_job_arn} is still importing into the same dataset."
            raise _dataset_busy(message, job)


def busy_with_refresh(job: JobSummary) -> BusyError:
    """Return the error for a running job that a refresh has started."""
    message = f"{job.dataset_import_job_arn}, which a refresh has started, is still importing into the dataset."
    return _dataset_busy(message, job)


def _dataset_busy(message: str, job: JobSummary) -> BusyError:
    return DatasetBusyError("CreateDatasetImportJob", "ResourceInUseException", message, job.creation_date_time)
