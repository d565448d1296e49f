"""Imports of files by the local service."""

import json
from collections.abc import Mapping
from typing import Any, Final

from personalize_import_handler.data_checks.schema import Schema
from tests.local_aws.support.fakes import BUCKET, Refused, World
from tests.local_aws.support.service_setup import finish, start_job

_FOLDER: Final = "in/"


def avro_of(schema: Schema) -> str:
    fields: list[dict[str, Any]] = [
        {
            "name": field.name,
            "type": ["null", field.type_name] if field.nullable else field.type_name,
            **({"categorical": True} if field.categorical else {}),
            **({"textual": True} if field.textual else {}),
        }
        for field in schema.fields
    ]
    return json.dumps({"type": "record", "name": schema.name, "namespace": "a", "fields": fields, "version": "1.0"})


def dataset_in(world: World, schema: Schema, text: str) -> str:
    kind = schema.dataset_type
    assert kind is not None
    domain = {"domain": schema.domain} if schema.domain else {}
    group = world.client("CreateDatasetGroup", name="group", **domain)["datasetGroupArn"]
    schema_arn = world.client("CreateSchema", name="schema", schema=text, **domain)["schemaArn"]
    world.clock.time += 60
    created = world.client(
        "CreateDataset", name="data", datasetGroupArn=group, schemaArn=schema_arn, datasetType=kind.name
    )
    world.clock.time += 60
    return str(created["datasetArn"])


def is_imported(world: World, dataset_arn: str, files: Mapping[str, bytes], name: str) -> bool:
    """Return whether the local service imports files, by name."""
    world.aws.buckets[BUCKET].clear()
    for file, content in files.items():
        world.aws.put(f"{_FOLDER}{file}", content)
    try:
        job = finish(world, start_job(world, dataset_arn, name, key=_FOLDER))
    except Refused:
        return False
    assert "internal failure" not in job.get("failureReason", "")
    return bool(job["status"] == "ACTIVE")
