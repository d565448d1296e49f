"""CreateDataset, DescribeDataset, ListDatasets, DeleteDataset."""

from dataclasses import replace
from typing import Final

from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import in_use, invalid_input
from personalize_local.personalize.importing.records import columns_of_schema, empty_records
from personalize_local.personalize.models import Dataset, DatasetGroup, StoredSchema
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.resource_kinds import (
    ResourceKind,
    require_active,
    require_free,
    status_members,
)
from personalize_local.personalize.operations.tags import requested_tags
from personalize_local.personalize.resource_status import starting
from personalize_local.personalize.store import existing


def create_dataset(call: Call) -> dict[str, object]:
    """Create an empty dataset, which becomes ACTIVE later."""
    parameters = call.parameters
    kind = dataset_type(parameters["datasetType"])
    if kind is None:
        raise invalid_input(messages.unknown_dataset_type(parameters["datasetType"]))
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        group = existing(resources.dataset_groups, parameters["datasetGroupArn"])
        schema = existing(resources.schemas, parameters["schemaArn"])
        require_active(group, now)
        _require_matching(schema, group, kind)
        arn = arns.dataset_arn(group.arn, kind.name)
        require_free(arn, resources.datasets)
        resources.datasets[arn] = Dataset(
            name=parameters["name"],
            arn=arn,
            dataset_group_arn=group.arn,
            dataset_type=kind.name,
            schema_arn=schema.arn,
            life=starting(now, call.settings.dataset_creation_seconds),
            records=empty_records(kind, columns_of_schema(schema.avro)),
        )
        resources.tags[arn] = tags
    return {"datasetArn": arn}


def delete_dataset(call: Call) -> None:
    """Delete a dataset's data, and start the deletion of the dataset; no import job may be running on it."""
    arn = call.parameters["datasetArn"]
    with call.resources() as (resources, now):
        dataset = existing(resources.datasets, arn)
        require_active(dataset, now)
        for job in resources.running_jobs(arn):
            raise in_use(messages.dataset_has_running_job(arn, job.arn))
        resources.datasets[arn] = replace(
            dataset,
            life=dataset.life.deleting(now, call.settings.deletion_seconds),
            records=dataset.records.emptied(),
            has_bulk_data=False,
        )


def _require_matching(schema: StoredSchema, group: DatasetGroup, kind: DatasetType) -> None:
    if schema.avro.dataset_type is not kind:
        raise invalid_input(messages.schema_of_another_type(schema.avro.name, kind.name))
    if schema.domain != group.domain:
        raise invalid_input(messages.another_domain(schema.domain, group.domain))


def _summary(dataset: Dataset, now: float) -> dict[str, object]:
    return {"datasetArn": dataset.arn, "datasetType": dataset.dataset_type, **status_members(dataset, now)}


_KIND: Final = ResourceKind(
    name="Dataset",
    stored=lambda resources: resources.datasets,
    summary=_summary,
    details=lambda dataset: {"datasetGroupArn": dataset.dataset_group_arn, "schemaArn": dataset.schema_arn},
    filters={"datasetGroupArn": lambda dataset: dataset.dataset_group_arn},
)
OPERATIONS: Final = {**_KIND.operations, "CreateDataset": create_dataset, "DeleteDataset": delete_dataset}
