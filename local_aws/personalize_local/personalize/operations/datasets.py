"""CreateDataset, DescribeDataset, ListDatasets, DeleteDataset."""

from dataclasses import replace

from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import already_exists, in_use, invalid_input
from personalize_local.personalize.importing.columns import columns_of
from personalize_local.personalize.importing.records import no_records
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Dataset, DatasetGroup, Schema
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.tags import keep_tags, requested_tags
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE, new_life
from personalize_local.personalize.store import existing


def create_dataset(call: Call) -> dict[str, object]:
    """Make an empty dataset; it is ACTIVE a little later."""
    parameters = call.parameters
    kind = dataset_type(parameters["datasetType"])
    if kind is None:
        raise invalid_input(messages.unknown_dataset_type(parameters["datasetType"]))
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        group = existing(resources.dataset_groups, parameters["datasetGroupArn"])
        schema = existing(resources.schemas, parameters["schemaArn"])
        if group.status(now) != ACTIVE:
            raise in_use(messages.not_ready(group.arn, group.status(now)))
        _require_fitting(schema, group, kind)
        arn = arns.dataset_arn(group.arn, kind.name)
        if arn in resources.datasets:
            raise already_exists(messages.name_taken(arn))
        columns = columns_of(
            schema.avro,
            kind,
            kind.known_fields(schema.domain),
            metadata_must_fit=call.settings.metadata_must_fit,
        )
        resources.datasets[arn] = Dataset(
            name=parameters["name"],
            arn=arn,
            dataset_group_arn=group.arn,
            dataset_type=kind.name,
            schema_arn=schema.arn,
            life=new_life(now, call.settings.dataset_creation_seconds),
            records=no_records(kind, columns),
        )
        keep_tags(resources, arn, tags)
    return {"datasetArn": arn}


def describe_dataset(call: Call) -> dict[str, object]:
    """Return a dataset."""
    with call.resources() as (resources, now):
        dataset = existing(resources.datasets, call.parameters["datasetArn"])
    where = {"datasetGroupArn": dataset.dataset_group_arn, "schemaArn": dataset.schema_arn}
    return {"dataset": {**_summary(dataset, now), **where}}


def list_datasets(call: Call) -> dict[str, object]:
    """Return a page of the datasets, of one group or of all."""
    group_arn = call.parameters.get("datasetGroupArn")
    with call.resources() as (resources, now):
        datasets = [d for d in resources.datasets.values() if group_arn in (None, d.dataset_group_arn)]
    size = call.settings.default_page_size
    chosen, more = page(datasets, lambda d: (d.life.created_at, d.arn), call.parameters, size)
    return {"datasets": [_summary(dataset, now) for dataset in chosen], **more}


def delete_dataset(call: Call) -> None:
    """Start deleting a dataset on which no import job is running; its data is gone at once."""
    arn = call.parameters["datasetArn"]
    with call.resources() as (resources, now):
        dataset = existing(resources.datasets, arn)
        if dataset.status(now) != ACTIVE:
            raise in_use(messages.not_ready(arn, dataset.status(now)))
        for job in resources.running_jobs(arn):
            raise in_use(messages.dataset_has_running_job(arn, job.arn))
        resources.datasets[arn] = replace(
            dataset,
            life=dataset.life.deleting(now, call.settings.deletion_seconds),
            records=dataset.records.emptied(),
            has_bulk_data=False,
        )


def _require_fitting(schema: Schema, group: DatasetGroup, kind: DatasetType) -> None:
    if schema.avro.name != kind.schema_name:
        raise invalid_input(messages.schema_of_another_type(schema.avro.name, kind.name))
    if schema.domain != group.domain:
        raise invalid_input(messages.another_domain(schema.domain, group.domain))


def _summary(dataset: Dataset, now: float) -> dict[str, object]:
    return {
        "name": dataset.name,
        "datasetArn": dataset.arn,
        "datasetType": dataset.dataset_type,
        "status": dataset.status(now),
        "creationDateTime": timestamp(dataset.life.created_at),
        "lastUpdatedDateTime": timestamp(dataset.life.last_updated_at(now)),
    }
