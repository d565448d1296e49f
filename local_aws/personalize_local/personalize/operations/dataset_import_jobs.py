"""CreateDatasetImportJob, DescribeDatasetImportJob, ListDatasetImportJobs; there is no delete and no stop."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

from personalize_import_handler.data_checks.dataset_types import dataset_type
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import ServiceError, in_use, invalid_input, limit_exceeded
from personalize_local.personalize.importing import failure_reasons
from personalize_local.personalize.importing.data_location import location_of, objects_at
from personalize_local.personalize.importing.import_job import ImportJob, ReadResult
from personalize_local.personalize.importing.reading import ImportSource, check_headers, read_records
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import AccountRegion, Caller
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Dataset
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.resource_kinds import ResourceKind, require_active, require_free
from personalize_local.personalize.operations.tags import requested_tags
from personalize_local.personalize.resource_status import CREATE_PENDING, StatusChange
from personalize_local.personalize.store import Resources, Store, existing

_logger: Final = logging.getLogger(__name__)


def create_dataset_import_job(call: Call) -> dict[str, object]:
    """Start an import if the limits allow it and the data exists; a thread reads the rows."""
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        dataset = _dataset_for_job(call, resources, now)
        schema = existing(resources.schemas, dataset.schema_arn).avro
    # Reading S3 takes time, during which other calls run, so the limits are checked again before the job is created.
    source = _source(call, schema)
    with call.resources() as (resources, now):
        dataset = _dataset_for_job(call, resources, now)
        job = _new_job(call, now)
        resources.import_jobs[job.arn] = job
        resources.most_jobs_at_once = max(resources.most_jobs_at_once, len(resources.running_jobs()))
        resources.tags[job.arn] = tags
    _start_reading(call, resources, job, dataset, lambda: source)
    return {"datasetImportJobArn": job.arn}


def read_again(store: Store, caller: Callable[[AccountRegion], Caller]) -> None:
    """Read the rows of all running jobs, which an earlier run may have read; `caller` returns one with its roles."""
    for at in store.account_regions():
        with store.locked(at) as (resources, _now):
            for job in resources.running_jobs():
                parameters = {
                    "jobName": job.job_name,
                    "dataSource": {"dataLocation": job.data_location},
                    "roleArn": job.role_arn,
                    "importMode": job.import_mode,
                }
                call = Call(parameters, caller(at), store)
                dataset = resources.datasets[job.dataset_arn]  # it can't be deleted while a job runs
                schema = resources.schemas[dataset.schema_arn].avro
                _start_reading(call, resources, job, dataset, partial(_source, call, schema))


def _dataset_for_job(call: Call, resources: Resources, now: float) -> Dataset:
    """Return the dataset to import into; raise ServiceError if no job can be created for it now.

    The real service's order of these checks is unknown.
    """
    dataset = existing(resources.datasets, call.parameters["datasetArn"])
    require_active(dataset, now)
    require_free(arns.dataset_import_job_arn(call.at, call.parameters["jobName"]), resources.import_jobs)
    if call.parameters.get("importMode") == "INCREMENTAL" and not dataset.has_bulk_data:
        raise invalid_input(messages.FIRST_IMPORT_MUST_BE_FULL)
    if call.parameters.get("publishAttributionMetricsToS3") and not _has_metrics(resources, dataset):
        raise invalid_input(messages.METRIC_ATTRIBUTION_MISSING)
    if call.settings.one_running_job_per_dataset:
        for job in resources.running_jobs(dataset.arn):
            raise in_use(messages.dataset_has_running_job(dataset.arn, job.arn))
    if len(resources.running_jobs()) >= call.settings.running_import_jobs:
        raise limit_exceeded(messages.too_many_running_jobs(call.settings.running_import_jobs))
    return dataset


def _has_metrics(resources: Resources, dataset: Dataset) -> bool:
    attributions = resources.generic_of("MetricAttribution").values()
    return any(each.members["datasetGroupArn"] == dataset.dataset_group_arn for each in attributions)


def _source(call: Call, schema: Schema) -> ImportSource:
    """Find the data with the import role and check its headers, as the service does before it responds."""
    # A data location is optional in the API model; without one there is nothing to import.
    location = location_of(call.parameters["dataSource"].get("dataLocation", ""))
    role_arn = call.parameters.get("roleArn")
    if role_arn is None:
        # The role is optional in the API model, which doesn't document how the bucket is read without one.
        raise invalid_input(messages.no_access_to_data(location.bucket))
    role = call.assume(role_arn, arns.dataset_import_job_arn(call.at, call.parameters["jobName"]))
    files = objects_at(role, location)
    _require_size(sum(file.size for file in files), call)
    source = ImportSource(role, location, tuple(files), schema)
    check_headers(source)
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
        arn=arns.dataset_import_job_arn(call.at, parameters["jobName"]),
        dataset_arn=parameters["datasetArn"],
        data_location=parameters["dataSource"]["dataLocation"],
        role_arn=parameters.get("roleArn"),
        import_mode=parameters.get("importMode", "FULL"),
        publish_attribution_metrics_to_s3=parameters.get("publishAttributionMetricsToS3", False),
        in_progress_at=in_progress_at,
        earliest_end_at=in_progress_at + settings.import_in_progress_seconds,
        history=(StatusChange(CREATE_PENDING, now),),
    )


def _start_reading(
    call: Call, resources: Resources, job: ImportJob, dataset: Dataset, find: Callable[[], ImportSource]
) -> None:
    arguments = (call, resources, job, dataset, find, call.settings.minimum_interactions)
    threading.Thread(target=_read, args=arguments, name=job.job_name, daemon=True).start()


def _read(
    call: Call, resources: Resources, job: ImportJob, dataset: Dataset, find: Callable[[], ImportSource], minimum: int
) -> None:
    """Read a job's rows and store the result, whether reading succeeds or fails."""
    records = dataset.records.emptied()
    try:
        failure_reason = read_records(find(), records) or _too_few(records, dataset, minimum)
    except ServiceError as error:
        failure_reason = error.message
    except Exception as error:
        _logger.exception("the import %s failed with an unexpected error", job.arn)
        failure_reason = failure_reasons.internal_failure(repr(error))
    result = ReadResult(call.store.clock.now(), records if failure_reason is None else None, failure_reason)
    call.store.set_read_result(resources, job.arn, result)


def _too_few(records: Records, dataset: Dataset, minimum: int) -> str | None:
    kind = dataset_type(dataset.dataset_type)
    if kind is not None and kind.has_minimum and len(records) < minimum:
        return failure_reasons.too_few_interactions(len(records), minimum)
    return None


def _members(job: ImportJob, _now: float) -> dict[str, object]:
    return {
        "datasetImportJobArn": job.arn,
        "jobName": job.job_name,
        "datasetArn": job.dataset_arn,
        "dataSource": {"dataLocation": job.data_location},
        "roleArn": job.role_arn,
        "importMode": job.import_mode,
        "publishAttributionMetricsToS3": job.publish_attribution_metrics_to_s3,
        "status": job.status,
        "creationDateTime": timestamp(job.created_at),
        "lastUpdatedDateTime": timestamp(job.last_updated_at),
        "failureReason": job.failure_reason,
    }


_KIND: Final = ResourceKind(name="DatasetImportJob", stored=lambda resources: resources.import_jobs, members=_members)
OPERATIONS: Final = {**_KIND.operations, "CreateDatasetImportJob": create_dataset_import_job}
