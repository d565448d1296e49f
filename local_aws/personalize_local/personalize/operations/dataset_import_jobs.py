"""CreateDatasetImportJob, DescribeDatasetImportJob, ListDatasetImportJobs. There is no delete and no stop."""

import logging
import threading
from typing import Final

from personalize_import_handler.data_checks.dataset_types import dataset_type
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import already_exists, in_use, invalid_input, limit_exceeded
from personalize_local.personalize.importing.columns import Column
from personalize_local.personalize.importing.data_location import objects_at, parse_location
from personalize_local.personalize.importing.import_job import ImportJob, Outcome, StatusChange
from personalize_local.personalize.importing.reading import Source, check_headers, read_records
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import RoleNotAssumable
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Dataset
from personalize_local.personalize.operations.call import Call, without_nulls
from personalize_local.personalize.operations.tags import keep_tags, requested_tags
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE, CREATE_PENDING
from personalize_local.personalize.store import Resources, existing

_logger: Final = logging.getLogger(__name__)


def create_dataset_import_job(call: Call) -> dict[str, object]:
    """Start an import, if the rules allow it and the data is there; the rows are read behind the caller's back."""
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        dataset = _admitted(call, resources, now)
    # Reading S3 takes time, and others go on meanwhile: so the rules are looked at once more before the job is made.
    source = _source(call, dataset.records.columns)
    with call.resources() as (resources, now):
        dataset = _admitted(call, resources, now)
        job = _new_job(call, now)
        resources.import_jobs[job.arn] = job
        resources.most_jobs_at_once = max(resources.most_jobs_at_once, len(resources.running_jobs()))
        keep_tags(resources, job.arn, tags)
    arguments = (call, resources, job, dataset, source, call.settings.minimum_interactions)
    threading.Thread(target=_read, args=arguments, name=job.job_name, daemon=True).start()
    return {"datasetImportJobArn": job.arn}


def describe_dataset_import_job(call: Call) -> dict[str, object]:
    """Return a job; also when its dataset is gone, for job records stay."""
    with call.resources() as (resources, _now):
        job = existing(resources.import_jobs, call.parameters["datasetImportJobArn"])
    details = without_nulls(
        datasetArn=job.dataset_arn,
        dataSource={"dataLocation": job.data_location},
        roleArn=job.role_arn,
        publishAttributionMetricsToS3=job.publish_attribution_metrics_to_s3,
    )
    return {"datasetImportJob": {**_summary(job), **details}}


def list_dataset_import_jobs(call: Call) -> dict[str, object]:
    """Return a page of the jobs, of one dataset or of all."""
    dataset_arn = call.parameters.get("datasetArn")
    with call.resources() as (resources, _now):
        jobs = [job for job in resources.import_jobs.values() if dataset_arn in (None, job.dataset_arn)]
    chosen, more = page(jobs, lambda job: (job.created_at, job.arn), call.parameters, call.settings.default_page_size)
    return {"datasetImportJobs": [_summary(job) for job in chosen], **more}


def _admitted(call: Call, resources: Resources, now: float) -> Dataset:
    """Return the dataset to import into, if the rules allow a job on it now.

    The real service's order of these checks is unknown; a dataset exists only in a group that is ACTIVE.
    """
    dataset = existing(resources.datasets, call.parameters["datasetArn"])
    if dataset.status(now) != ACTIVE:
        raise in_use(messages.not_ready(dataset.arn, dataset.status(now)))
    arn = arns.dataset_import_job_arn(call.scope, call.parameters["jobName"])
    if arn in resources.import_jobs:
        raise already_exists(messages.name_taken(arn))
    if call.parameters.get("importMode") == "INCREMENTAL" and not dataset.has_bulk_data:
        raise invalid_input(messages.FIRST_IMPORT_MUST_BE_FULL)
    if call.settings.one_running_job_per_dataset:
        for job in resources.running_jobs(dataset.arn):
            raise in_use(messages.dataset_has_running_job(dataset.arn, job.arn))
    if len(resources.running_jobs()) >= call.settings.running_import_jobs:
        raise limit_exceeded(messages.too_many_running_jobs(call.settings.running_import_jobs))
    return dataset


def _source(call: Call, columns: tuple[Column, ...]) -> Source:
    """Find the data with the import role, as the service does while the caller waits, and look at its headers."""
    # A data location is optional in the API model, and without one there is nothing to import.
    location = parse_location(call.parameters["dataSource"].get("dataLocation", ""))
    role_arn = call.parameters.get("roleArn")
    if role_arn is None:
        # The model has the role as optional, without a word on who reads the bucket then.
        raise invalid_input(messages.no_access_to_data(location.bucket))
    job_arn = arns.dataset_import_job_arn(call.scope, call.parameters["jobName"])
    try:
        role = call.caller.roles.assume(role_arn, call.scope.account, job_arn)
    except RoleNotAssumable as error:
        raise invalid_input(messages.role_not_assumable(role_arn)) from error
    files = objects_at(role, location)
    _require_size(sum(file.size for file in files), call)
    source = Source(role, location, tuple(files))
    check_headers(source, columns)
    return source


def _require_size(size: int, call: Call) -> None:
    import_mode = call.parameters.get("importMode", "FULL")
    settings = call.settings
    limit = settings.full_import_bytes if import_mode == "FULL" else settings.incremental_import_bytes
    if size > limit:
        raise invalid_input(messages.import_too_large(size, limit, import_mode))


def _new_job(call: Call, now: float) -> ImportJob:
    parameters, settings = call.parameters, call.settings
    in_progress_at = now + settings.import_pending_seconds
    return ImportJob(
        job_name=parameters["jobName"],
        arn=arns.dataset_import_job_arn(call.scope, parameters["jobName"]),
        dataset_arn=parameters["datasetArn"],
        data_location=parameters["dataSource"]["dataLocation"],
        role_arn=parameters.get("roleArn"),
        import_mode=parameters.get("importMode", "FULL"),
        publish_attribution_metrics_to_s3=parameters.get("publishAttributionMetricsToS3", False),
        in_progress_at=in_progress_at,
        earliest_end_at=in_progress_at + settings.import_in_progress_seconds,
        history=(StatusChange(CREATE_PENDING, now),),
    )


def _read(call: Call, resources: Resources, job: ImportJob, dataset: Dataset, source: Source, minimum: int) -> None:
    """Read a job's rows, in a thread of its own; however that goes, the job learns of it."""
    records = dataset.records.emptied()
    try:
        failure_reason = read_records(source, records) or _too_few(records, dataset, minimum)
    except Exception as error:
        _logger.exception("the import %s broke", job.arn)
        failure_reason = messages.import_broke(repr(error))
    kept = records if failure_reason is None else None
    outcome = Outcome(call.store.clock.now(), kept, failure_reason)
    call.store.finish_reading(resources, job.arn, outcome)


def _too_few(records: Records, dataset: Dataset, minimum: int) -> str | None:
    kind = dataset_type(dataset.dataset_type)
    counts = kind is not None and kind.key is None
    return messages.too_few_interactions(len(records), minimum) if counts and len(records) < minimum else None


def _summary(job: ImportJob) -> dict[str, object]:
    return without_nulls(
        datasetImportJobArn=job.arn,
        jobName=job.job_name,
        status=job.status,
        creationDateTime=timestamp(job.created_at),
        lastUpdatedDateTime=timestamp(job.last_updated_at),
        failureReason=job.failure_reason,
        importMode=job.import_mode,
    )
