"""Dataset export jobs and data deletion jobs."""

from typing import Any

import pytest

from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, World, new_world
from tests.local_aws.support.service_setup import Shop, imported, make_dataset, make_group, refusal, schema_text

USERS = "USER_ID,AGE\nu1,1\nu2,2\nother,3\n"


def export(world: World, dataset_arn: str, name: str = "out", **more: Any) -> dict[str, Any]:
    """Export a dataset, and describe the job when it has ended."""
    parameters = {
        "jobName": name,
        "datasetArn": dataset_arn,
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/exports"}},
        "roleArn": ROLE_ARN,
        **more,
    }
    arn = world.client("CreateDatasetExportJob", **parameters)["datasetExportJobArn"]
    started = world.client("DescribeDatasetExportJob", datasetExportJobArn=arn)["datasetExportJob"]
    assert started["status"] == "CREATE PENDING"
    assert "failureReason" not in started
    world.clock.time += 60
    described: dict[str, Any] = world.client("DescribeDatasetExportJob", datasetExportJobArn=arn)["datasetExportJob"]
    return described


@pytest.mark.parametrize(
    ("mode", "content"),
    [
        ({"ingestionMode": "BULK"}, USERS),
        ({"ingestionMode": "ALL"}, USERS),
        ({"ingestionMode": "PUT"}, "USER_ID,AGE\n"),
        ({}, "USER_ID,AGE\n"),
    ],
)
def test_an_export_writes_the_records_of_its_ingestion_mode(world: World, mode: dict[str, str], content: str) -> None:
    dataset = make_dataset(world, "Users")
    imported(world, dataset, USERS)
    job = export(world, dataset, **mode)
    assert (job["status"], job["ingestionMode"]) == ("ACTIVE", mode.get("ingestionMode", "PUT"))
    assert world.aws.buckets[BUCKET]["exports/out.csv"].decode() == content
    assert world.aws.assumed[-1][2].endswith(":dataset-export-job/out")


def test_an_export_can_be_imported_again(world: World) -> None:
    dataset = make_dataset(world, "Items")
    text = 'ITEM_ID,TITLE,PRICE,GENRE\n1,"a, ""b""",1.5,x|y\n2,,,z\n'
    imported(world, dataset, text)
    rows = world.rows(dataset)
    export(world, dataset, ingestionMode="BULK")
    assert imported(world, dataset, world.aws.buckets[BUCKET]["exports/out.csv"], "again")["status"] == "ACTIVE"
    assert world.rows(dataset) == rows


def test_an_export_writes_equal_interactions_once() -> None:
    world = new_world(minimum_interactions=1)
    dataset = make_dataset(world)
    imported(world, dataset, "USER_ID,ITEM_ID,TIMESTAMP\na,b,1600000000\na,b,1600000000\na,c,1600000000\n")
    export(world, dataset, ingestionMode="BULK")
    assert world.aws.buckets[BUCKET]["exports/out.csv"].count(b"\n") == 3


def test_an_export_to_a_bucket_that_denies_it_fails(world: World) -> None:
    dataset = make_dataset(world, "Users")
    imported(world, dataset, USERS)
    world.aws.closed_buckets.add(BUCKET)
    job = export(world, dataset)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].startswith("Insufficient privileges for accessing data in S3.")


def test_actions_can_not_be_exported(world: World) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "ACTION_ID", "type": "string"},
        {"name": "COLOUR", "type": "string", "categorical": True},
    ]
    dataset = make_dataset(world, "Actions", text=schema_text("Actions", fields))
    output = {"s3DataDestination": {"path": f"s3://{BUCKET}/"}}
    error = refusal(
        world, "CreateDatasetExportJob", jobName="x", datasetArn=dataset, jobOutput=output, roleArn=ROLE_ARN
    )
    assert error.message == "The data of a dataset of type ACTIONS can't be exported."


def test_a_role_that_can_not_be_assumed_is_refused(world: World) -> None:
    dataset = make_dataset(world, "Users")
    role = "arn:aws:iam::111122223333:role/none"
    output = {"s3DataDestination": {"path": f"s3://{BUCKET}/"}}
    error = refusal(world, "CreateDatasetExportJob", jobName="x", datasetArn=dataset, jobOutput=output, roleArn=role)
    assert error.code == "InvalidInputException"
    assert role in error.message


def deletion(shop: Shop, location: str = f"s3://{BUCKET}/users.csv", name: str = "forget") -> str:
    parameters = {**shop.parameters("DataDeletionJob"), "jobName": name, "dataSource": {"dataLocation": location}}
    return str(shop.world.client("CreateDataDeletionJob", **parameters)["dataDeletionJobArn"])


def described(shop: Shop, arn: str) -> dict[str, Any]:
    job: dict[str, Any] = shop.world.client("DescribeDataDeletionJob", dataDeletionJobArn=arn)["dataDeletionJob"]
    return job


def test_a_data_deletion_job_deletes_the_users_in_all_datasets_of_the_group(world: World) -> None:
    shop = Shop(world)
    users = make_dataset(world, "Users", group=shop.group)
    items = make_dataset(world, "Items", group=shop.group)
    elsewhere = make_dataset(world, "Users", group=make_group(world, "elsewhere"))
    for number, dataset in enumerate((users, elsewhere)):
        imported(world, dataset, USERS, f"users-{number}")
    imported(world, items, "ITEM_ID,TITLE,PRICE,GENRE\nu1,,,z\n", "items")
    of_u1 = sum(row["USER_ID"] == "u1" for row in world.rows(shop.dataset, limit=2000)["rows"])
    arn = deletion(shop)
    seen = []
    for _ in range(3):
        seen.append(described(shop, arn)["status"])
        world.clock.time += 10
    assert seen == ["PENDING", "IN_PROGRESS", "COMPLETED"]
    assert described(shop, arn)["numDeleted"] == of_u1 + 1
    assert [row["USER_ID"] for row in world.rows(users)["rows"]] == ["u2", "other"]
    assert world.rows(shop.dataset)["count"] == 1000 - of_u1
    assert world.rows(elsewhere)["count"] == 3
    assert world.rows(items)["count"] == 1


def test_a_data_deletion_job_reads_the_csv_files_below_a_folder(world: World) -> None:
    shop = Shop(world)
    users = make_dataset(world, "Users", group=shop.group)
    imported(world, users, USERS, "users")
    world.aws.put("gone/a.csv", "USER_ID\nu1\n")
    world.aws.put("gone/deeper/b.csv", "NAME,USER_ID\nx,u2\n")
    world.aws.put("gone/notes.txt", "USER_ID\nother\n")
    deletion(shop, f"s3://{BUCKET}/gone/")
    assert [row["USER_ID"] for row in world.rows(users)["rows"]] == ["other"]


@pytest.mark.parametrize(
    ("content", "limit", "reason"),
    [
        (b"ID\nu1\n", 100, "Input csv is missing the following columns: [USER_ID]"),
        (b"USER_ID\n\xff\n", 100, "Input csv is missing the following columns: [USER_ID]"),
        (b"USER_ID\nu1\n", 5, "The files are larger than 5 bytes."),
    ],
)
def test_a_data_deletion_job_with_unusable_files_fails(world: World, content: bytes, limit: int, reason: str) -> None:
    shop = Shop(world)
    world.control("POST", "settings", data_deletion_bytes=limit)
    world.aws.put("users.csv", content)
    arn = deletion(shop)
    world.clock.time += 60
    assert (described(shop, arn)["status"], described(shop, arn)["failureReason"]) == ("FAILED", reason)
    assert world.rows(shop.dataset)["count"] == 1000


def test_a_data_deletion_job_needs_files(world: World) -> None:
    shop = Shop(world)
    parameters = {
        **shop.parameters("DataDeletionJob"),
        "dataSource": {"dataLocation": f"s3://{BUCKET}/none/"},
    }
    assert refusal(world, "CreateDataDeletionJob", **parameters).message == "Invalid Data location."
