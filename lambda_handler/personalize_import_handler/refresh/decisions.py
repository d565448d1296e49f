"""Decide which job a refresh starts, from the jobs of the dataset and the files at the location. No calls to AWS."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from personalize_import_handler.aws.data_reader import DataObject
from personalize_import_handler.aws.personalize import JobSummary, has_failed
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.refresh_event import EXECUTION_SECONDS_MAX
from personalize_import_handler.job.adoption import imports_of_resource, is_from_earlier_dataset, is_replaced
from personalize_import_handler.request.execution import Execution, refresh_name_of
from personalize_import_handler.request.job_names import FILE_MARK, JobNames, file_digest_in
from personalize_import_handler.request.resource import HASH_LENGTH

_CLOCKS_DIFFER_SECONDS: Final = 5
"""Difference between the clocks of Personalize and Step Functions that is allowed for.

A deploy that is cancelled sooner after its job has started isn't recognized, and refreshes are skipped for 44 hours.
"""


class DatasetJobs(NamedTuple):
    """The jobs of a dataset, and when the dataset was created; None if there is no such dataset."""

    jobs: Sequence[JobSummary]
    dataset_created_at: float | None

    def has_rows_of(self, job: JobSummary) -> bool:
        """Return whether the rows of a job are in the dataset, so that its data need not be imported again."""
        if has_failed(job.status) or is_from_earlier_dataset(job, self.dataset_created_at):
            return False
        return not is_replaced(job, self.jobs)

    def next_attempt(self, names: JobNames) -> int:
        """Return the number of the next attempt at an import."""
        return names.next_number(job.dataset_import_job_arn for job in self.jobs)

    def imports_of_resource(self, names: JobNames) -> list[JobSummary]:
        """Return the jobs that have not failed and may be imports of the resource, latest first."""
        return imports_of_resource(self.jobs, names)

    def new_files(self, files: Sequence[DataObject], names: JobNames, whole_import: JobSummary) -> list[DataObject]:
        """Return the files that have not been imported, in the order in which they were uploaded.

        Args:
            files: The files at the location of an INCREMENTAL import.
            names: The job names of the import.
            whole_import: The latest job of the import itself. It has imported all files that were uploaded before the
                second in which it was created; LastModified has no fraction.
        """
        # Only these remove rows; comparing each job with all others would take minutes for thousands of files.
        full_jobs = self._replace(jobs=[job for job in self.jobs if job.import_mode is ImportMode.FULL])
        imported = {
            digest
            for job in self.jobs
            if (digest := file_digest_in(job.dataset_import_job_arn)) and full_jobs.has_rows_of(job)
        }
        imported_before = math.floor(whole_import.creation_date_time)
        new = [
            file for file in files if file.last_modified >= imported_before and file_digest(names, file) not in imported
        ]
        return sorted(new, key=lambda file: (file.last_modified, file.name))


def file_digest(names: JobNames, file: DataObject) -> str:
    """Return the digest in the job names of one file: of its import, its name and its content."""
    text = json.dumps([names.digest, file.name, file.size, file.etag])
    return FILE_MARK + hashlib.sha256(text.encode()).hexdigest()[: HASH_LENGTH - len(FILE_MARK)]


def is_import_restored(changed_at: float, requested_at: float, executions: Sequence[Execution]) -> bool:
    """Return whether CloudFormation has restored an import after a job of another import of the same resource.

    An Update back to earlier properties may start no job, because an INCREMENTAL job removes no rows. The refresh must
    have been requested after that Update, otherwise its properties may be those before the other import. Executions are
    listed only for the time that one can take. An Update before that is no longer listed, and a refresh that is
    requested so long after the other import has the properties that were deployed since.

    Args:
        changed_at: When the job of the other import was created, in epoch seconds.
        requested_at: When the refresh was requested, in epoch seconds.
        executions: The executions for the resource.
    """
    if requested_at - changed_at > EXECUTION_SECONDS_MAX:
        return True
    return changed_at + _CLOCKS_DIFFER_SECONDS < _last_request_at(executions) <= requested_at


def is_event_outdated(imported_at: float, requested_at: float, executions: Sequence[Execution]) -> bool:
    """Return whether CloudFormation has sent a request for the resource after the job of an import and after the event.

    If the rows of another import of the resource are still in the dataset, that request may have restored that import
    without a job.

    Args:
        imported_at: When the job of the import was created, in epoch seconds.
        requested_at: When the refresh was requested, in epoch seconds.
        executions: The executions for the resource.
    """
    return _last_request_at(executions) > max(imported_at + _CLOCKS_DIFFER_SECONDS, requested_at)


def _last_request_at(executions: Sequence[Execution]) -> float:
    """Return when the execution of the latest request was started, in epoch seconds; 0 if none is listed."""
    return max((each.started_at.timestamp() for each in executions if refresh_name_of(each.name) is None), default=0)
