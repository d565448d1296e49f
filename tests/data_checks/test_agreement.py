"""The check and the local service agree on generated data, and on the shared cases."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pytest

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import Schema, read_schema
from tests.data_checks.support.cases import CASES, Case
from tests.data_checks.support.generated import generated
from tests.local_aws.support.fakes import Refused, World, new_world
from tests.local_aws.support.service_setup import finish, start_job

FOLDER: Final = "in/"
IS_LIMIT: Final = frozenset({rules.TOO_FEW_INTERACTIONS})
"""The minimum of the local service is set to 0, because most generated files are small."""


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


def is_imported(world: World, dataset_arn: str, contents: Iterable[bytes], name: str) -> bool:
    """Return whether the local service imports files."""
    for key in list(world.aws.buckets["training-data"]):
        del world.aws.buckets["training-data"][key]
    for number, content in enumerate(contents):
        world.aws.put(f"{FOLDER}{number}.csv", content)
    try:
        job = finish(world, start_job(world, dataset_arn, name, key=FOLDER))
    except Refused:
        return False
    assert "internal failure" not in job.get("failureReason", "")
    return bool(job["status"] == "ACTIVE")


def errors_in(contents: Iterable[bytes], schema: Schema) -> list[Finding]:
    files = [
        DataFile(f"{number}.csv", len(content), lambda content=content: iter([content]))  # type: ignore[misc]
        for number, content in enumerate(contents)
    ]
    findings = check(Data(location=FOLDER, files=files), schema)
    return [each for each in findings if each.rule.severity is Severity.ERROR and each.rule not in IS_LIMIT]


def agree(numbers: range) -> Counter[bool]:
    """Return how often generated data is imported, and how often it isn't."""
    world, datasets, verdicts = new_world(), dict[Schema, str](), Counter[bool]()
    world.control("POST", "settings", minimum_interactions=0)
    worlds = {}
    for number in numbers:
        data = generated(number)
        if data.schema not in datasets:
            worlds[data.schema] = new_world()
            worlds[data.schema].control("POST", "settings", minimum_interactions=0)
            datasets[data.schema] = dataset_in(worlds[data.schema], data.schema, avro_of(data.schema))
        world = worlds[data.schema]
        imported = is_imported(world, datasets[data.schema], data.contents, f"job-{number}")
        errors = errors_in(data.contents, data.schema)
        assert imported == (not errors), (number, errors[:3])
        verdicts[imported] += 1
    return verdicts


def test_the_local_service_imports_exactly_what_the_check_accepts() -> None:
    verdicts = agree(range(3000))
    assert min(verdicts.values()) > 600, verdicts


@pytest.mark.nightly
def test_the_local_service_imports_exactly_what_the_check_accepts_in_large_numbers() -> None:
    verdicts = agree(range(3000, 33_000))
    assert min(verdicts.values()) > 6000, verdicts
