"""CreateDataset, DescribeDataset, ListDatasets, UpdateDataset, DeleteDataset."""

import uuid
from dataclasses import replace
from typing import Final

from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import in_use, invalid_input
from personalize_local.personalize.importing.records import columns_of_schema, empty_records
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Dataset, DatasetGroup, StoredSchema
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.resource_kinds import (
    ResourceKind,
    require_active,
    require_free,
    status_members,
)
from personalize_local.personalize.operations.tags import requested_tags
from personalize_local.personalize.operations.usage import users_of_dataset
from personalize_local.personalize.resource_status import UPDATE, starting
from personalize_local.personalize.store import existing

_WITH_TRACKING_ID: Final = "ACTION_INTERACTIONS"
_WITH_REPLACEABLE_SCHEMA: Final = frozenset({"ITEMS", "USERS"})


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
            recorded=empty_records(kind, columns_of_schema(schema.avro)),
            tracking_id=str(uuid.uuid4()) if kind.name == _WITH_TRACKING_ID else None,
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
        for user_arn in users_of_dataset(dataset, resources, now):
            raise in_use(messages.resource_in_use(arn, user_arn))
        resources.datasets[arn] = replace(
            dataset,
            life=dataset.life.deleting(now, call.settings.deletion_seconds),
            records=dataset.records.emptied(),
            recorded=dataset.recorded.emptied(),
            events_without_user={},
            has_bulk_data=False,
        )


def update_dataset(call: Call) -> dict[str, object]:
    """Replace the schema of an Items or Users dataset; its records have no values in the new columns.

    https://docs.aws.amazon.com/personalize/latest/dg/updating-dataset-schema.html. It is not documented that the
    status of the dataset shows the update, but was seen; that the new schema is returned at once is assumed.
    """
    arn = call.parameters["datasetArn"]
    with call.resources() as (resources, now):
        dataset = existing(resources.datasets, arn)
        schema = existing(resources.schemas, call.parameters["schemaArn"])
        require_active(dataset, now)
        for job in resources.running_jobs(arn):
            raise in_use(messages.dataset_has_running_job(arn, job.arn))
        kind = dataset_type(dataset.dataset_type)
        if kind is None or kind.name not in _WITH_REPLACEABLE_SCHEMA:
            raise invalid_input(messages.schema_not_replaceable(dataset.dataset_type))
        _require_matching(schema, resources.dataset_groups[dataset.dataset_group_arn], kind)
        _require_replaceable(existing(resources.schemas, dataset.schema_arn).avro, schema.avro)
        resources.datasets[arn] = replace(
            dataset,
            schema_arn=schema.arn,
            records=dataset.records.with_columns(columns_of_schema(schema.avro)),
            recorded=dataset.recorded.with_columns(columns_of_schema(schema.avro)),
            life=dataset.life.then(now, call.settings.update_seconds, UPDATE),
            update=starting(now, call.settings.update_seconds, UPDATE),
        )
    return {"datasetArn": arn}


def _require_matching(schema: StoredSchema, group: DatasetGroup, kind: DatasetType) -> None:
    if schema.avro.dataset_type is not kind:
        raise invalid_input(messages.schema_of_another_type(schema.avro.name, kind.name))
    if schema.domain != group.domain:
        raise invalid_input(messages.another_domain(schema.domain, group.domain))


def _require_replaceable(old: Schema, new: Schema) -> None:
    """Require all fields of the old schema, and that new fields allow null."""
    new_fields = {field.key: field for field in new.fields}
    old_keys = {field.key for field in old.fields}
    for field in old.fields:
        if new_fields.get(field.key) != field:
            raise invalid_input(messages.field_not_kept(field.name))
    for field in new.fields:
        if field.key not in old_keys and not field.nullable:
            raise invalid_input(messages.new_field_not_nullable(field.name))


def _members(dataset: Dataset, now: float) -> dict[str, object]:
    members = {
        "datasetArn": dataset.arn,
        "datasetType": dataset.dataset_type,
        "datasetGroupArn": dataset.dataset_group_arn,
        "schemaArn": dataset.schema_arn,
        "trackingId": dataset.tracking_id,
        **status_members(dataset, now),
    }
    if dataset.update is not None:
        members["latestDatasetUpdate"] = {
            "schemaArn": dataset.schema_arn,
            "status": dataset.update.status(now),
            "creationDateTime": timestamp(dataset.update.created_at),
            "lastUpdatedDateTime": timestamp(dataset.update.last_updated_at(now)),
        }
    return members


_KIND: Final = ResourceKind(name="Dataset", stored=lambda resources: resources.datasets, members=_members)
OPERATIONS: Final = {
    **_KIND.operations,
    "CreateDataset": create_dataset,
    "UpdateDataset": update_dataset,
    "DeleteDataset": delete_dataset,
}
