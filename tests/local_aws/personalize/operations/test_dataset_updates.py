"""UpdateDataset: the schema of a dataset is replaced."""

from typing import Any

import pytest

from tests.local_aws.support.fakes import World
from tests.local_aws.support.service_setup import (
    INTERACTION_FIELDS,
    USER_FIELDS,
    imported,
    make_dataset,
    make_schema,
    refusal,
    schema_text,
    start_job,
)

CITY: dict[str, Any] = {"name": "CITY", "type": ["null", "string"], "categorical": True}


def users_with_data(world: World) -> str:
    dataset = make_dataset(world, "Users")
    imported(world, dataset, "USER_ID,AGE\na,1\nb,\n")
    return dataset


def test_a_new_schema_adds_columns_and_shows_its_statuses(world: World) -> None:
    dataset = users_with_data(world)
    schema = make_schema(world, name="wider", text=schema_text("Users", [CITY, *reversed(USER_FIELDS)]))
    assert world.client("UpdateDataset", datasetArn=dataset, schemaArn=schema)["datasetArn"] == dataset
    seen = []
    for _ in range(3):
        described = world.client("DescribeDataset", datasetArn=dataset)["dataset"]
        assert described["latestDatasetUpdate"]["status"] == described["status"]
        assert described["latestDatasetUpdate"]["schemaArn"] == described["schemaArn"] == schema
        seen.append(described["status"])
        world.clock.time += 2.5
    assert seen == ["UPDATE PENDING", "UPDATE IN_PROGRESS", "ACTIVE"]
    assert world.rows(dataset)["rows"] == [
        {"USER_ID": "a", "AGE": 1, "CITY": None},
        {"USER_ID": "b", "AGE": None, "CITY": None},
    ]
    job = imported(world, dataset, "USER_ID,AGE,CITY\nb,2,Bonn\n", "more", importMode="INCREMENTAL")
    assert job["status"] == "ACTIVE"
    assert world.rows(dataset)["rows"][1] == {"USER_ID": "b", "AGE": 2, "CITY": "Bonn"}


def test_a_dataset_accepts_no_import_while_it_is_updated(world: World) -> None:
    dataset = users_with_data(world)
    schema = make_schema(world, name="wider", text=schema_text("Users", [*USER_FIELDS, CITY]))
    world.client("UpdateDataset", datasetArn=dataset, schemaArn=schema)
    source = {"dataLocation": "s3://training-data/data.csv"}
    error = refusal(world, "CreateDatasetImportJob", jobName="x", datasetArn=dataset, dataSource=source)
    assert error.code == "ResourceInUseException"
    assert "UPDATE PENDING" in error.message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            [USER_FIELDS[0], {**USER_FIELDS[1], "type": ["float", "null"]}],
            "The new schema must keep the field AGE with its type and attributes.",
        ),
        ([USER_FIELDS[0], CITY], "The new schema must keep the field AGE with its type and attributes."),
        ([*USER_FIELDS, {"name": "CITY", "type": "string"}], "The new field CITY must allow null."),
    ],
)
def test_a_new_schema_must_keep_all_fields_and_add_only_nullable_ones(
    world: World, fields: list[dict[str, Any]], message: str
) -> None:
    dataset = users_with_data(world)
    schema = make_schema(world, name="other", text=schema_text("Users", fields))
    error = refusal(world, "UpdateDataset", datasetArn=dataset, schemaArn=schema)
    assert (error.code, error.message) == ("InvalidInputException", message)


def test_the_schema_of_interactions_can_not_be_replaced(world: World) -> None:
    dataset = make_dataset(world)
    schema = make_schema(world, name="wider", text=schema_text("Interactions", [*INTERACTION_FIELDS, CITY]))
    error = refusal(world, "UpdateDataset", datasetArn=dataset, schemaArn=schema)
    assert "only Items and Users datasets allow it" in error.message


def test_a_dataset_with_a_running_import_can_not_be_updated(world: World) -> None:
    dataset = users_with_data(world)
    schema = make_schema(world, name="wider", text=schema_text("Users", [*USER_FIELDS, CITY]))
    start_job(world, dataset, "running")
    assert refusal(world, "UpdateDataset", datasetArn=dataset, schemaArn=schema).code == "ResourceInUseException"


def test_a_replaced_schema_can_be_deleted(world: World) -> None:
    dataset = users_with_data(world)
    old = world.client("DescribeDataset", datasetArn=dataset)["dataset"]["schemaArn"]
    schema = make_schema(world, name="wider", text=schema_text("Users", [*USER_FIELDS, CITY]))
    world.client("UpdateDataset", datasetArn=dataset, schemaArn=schema)
    world.client("DeleteSchema", schemaArn=old)
    assert refusal(world, "DeleteSchema", schemaArn=schema).code == "ResourceInUseException"
