"""Imports read the files, and the rows become the records of the dataset."""

import json
from pathlib import Path
from typing import Any

import pytest

from personalize_local.personalize.interfaces import DataNotFoundError
from tests.local_aws.support.fakes import World
from tests.local_aws.support.service_setup import (
    describe,
    finish,
    imported,
    interactions,
    make_dataset,
    make_group,
    start_job,
)


def test_a_job_is_pending_then_in_progress_then_active(world: World) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    created_at = world.now
    job_arn = start_job(world, dataset_arn)
    assert describe(world, job_arn)["status"] == "CREATE PENDING"
    world.clock.time += 6
    job = describe(world, job_arn)
    assert job["status"] == "CREATE IN_PROGRESS"
    assert job["lastUpdatedDateTime"].timestamp() == pytest.approx(created_at + 5)
    job = finish(world, job_arn)
    assert job["status"] == "ACTIVE"
    assert job["creationDateTime"].timestamp() == pytest.approx(created_at)
    assert "failureReason" not in job


def airline_schema(airline: Path, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((airline / f"{kind}.schema.json").read_text())
    return schema


@pytest.mark.parametrize(("kind", "count"), [("interactions", 34853), ("users", 24500), ("items", 352)])
def test_the_airline_sample_is_imported_whole(world: World, airline: Path, kind: str, count: int) -> None:
    dataset_arn = make_dataset(world, kind.capitalize(), text=json.dumps(airline_schema(airline, kind)))
    job = imported(world, dataset_arn, (airline / f"{kind}.csv").read_bytes())
    assert job["status"] == "ACTIVE", job
    assert world.rows(dataset_arn)["count"] == count


def test_text_in_a_number_column_of_metadata_is_null(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\na,41\nb,old\nc,\n")
    assert [row["AGE"] for row in world.rows(dataset_arn)["rows"]] == [41, None, None]


def test_the_last_item_with_an_id_is_kept(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, "ITEM_ID,TITLE,PRICE,GENRE\na,A,1,x\nb,B,2,x\na,C,3,y\n")
    rows = world.rows(dataset_arn)["rows"]
    assert [(row["ITEM_ID"], row["TITLE"]) for row in rows] == [("a", "C"), ("b", "B")]


def test_all_three_datasets_of_a_group_can_be_imported_at_once(world: World) -> None:
    group = make_group(world)
    world.aws.put("i.csv", interactions())
    world.aws.put("items.csv", "ITEM_ID,TITLE,PRICE,GENRE\na,A,1,x\n")
    world.aws.put("users.csv", "USER_ID,AGE\na,\n")
    jobs = [
        start_job(world, make_dataset(world, kind, group=group), kind, key)
        for kind, key in (("Interactions", "i.csv"), ("Items", "items.csv"), ("Users", "users.csv"))
    ]
    assert [finish(world, job)["status"] for job in jobs] == ["ACTIVE"] * 3


def test_a_full_import_replaces_all_records(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\na,1\nb,2\n", "first")
    imported(world, dataset_arn, "USER_ID,AGE\nc,3\n", "second")
    assert world.rows(dataset_arn)["rows"] == [{"USER_ID": "c", "AGE": 3}]


def test_an_incremental_import_replaces_users_with_the_same_id_and_adds_the_others(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\na,1\nb,2\n", "first")
    imported(world, dataset_arn, "USER_ID,AGE\nb,3\nc,4\n", "second", importMode="INCREMENTAL")
    assert [tuple(row.values()) for row in world.rows(dataset_arn)["rows"]] == [("a", 1), ("b", 3), ("c", 4)]


def test_an_incremental_import_adds_interactions(world: World) -> None:
    dataset_arn = make_dataset(world)
    imported(world, dataset_arn, interactions(1000), "first")
    imported(world, dataset_arn, interactions(1001, start=5000), "second", importMode="INCREMENTAL")
    assert world.rows(dataset_arn)["count"] == 2001


def test_a_failed_import_does_not_change_the_data(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\na,1\n", "first")
    assert imported(world, dataset_arn, "USER_ID,AGE\nb,2\n,3\n", "second")["status"] == "CREATE FAILED"
    assert world.rows(dataset_arn)["rows"] == [{"USER_ID": "a", "AGE": 1}]


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_too_few_interactions_fail_an_import_in_either_mode(world: World, mode: str) -> None:
    dataset_arn = make_dataset(world)
    imported(world, dataset_arn, interactions(), "first")
    job = imported(world, dataset_arn, interactions(999), "second", importMode=mode)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"] == "An import of interactions needs at least 1000 records; there are 999."


def test_records_exist_once_the_job_is_active(world: World) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    job_arn = start_job(world, dataset_arn)
    world.clock.time += 19
    assert describe(world, job_arn)["status"] == "CREATE IN_PROGRESS"
    assert world.rows(dataset_arn)["count"] == 0
    finish(world, job_arn)
    assert world.rows(dataset_arn)["count"] == 1000


def test_a_folder_contains_only_the_csv_files_directly_in_it(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    for key, user in (
        ("in/b.csv", "b"),
        ("in/a.csv", "a"),
        ("in/deep/c.csv", "c"),
        ("in/d.txt", "d"),
        ("inn.csv", "e"),
    ):
        world.aws.put(key, f"USER_ID,AGE\n{user},1\n")
    world.aws.put("in/", b"")
    for name, key in (("with-slash", "in/"), ("without", "in")):
        finish(world, start_job(world, dataset_arn, name, key))
        assert [row["USER_ID"] for row in world.rows(dataset_arn)["rows"]] == ["a", "b"]


def test_files_with_different_headers_fail_the_job(world: World) -> None:
    world.aws.put("in/a.csv", "USER_ID,AGE\na,1\n")
    world.aws.put("in/b.csv", "AGE,USER_ID\n1,b\n")
    job = finish(world, start_job(world, make_dataset(world, "Users"), "job", "in/"))
    assert job["failureReason"] == (
        "The header of s3://training-data/in/b.csv is not the same as in other files "
        "(the first file is s3://training-data/in/a.csv)."
    )


def test_data_deleted_during_the_job_fails_it(world: World) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    world.aws.after_first_read = DataNotFoundError("data.csv")
    job = finish(world, start_job(world, dataset_arn))
    assert job["failureReason"] == "Invalid Data location."


def test_a_defect_while_reading_ends_the_job(world: World) -> None:
    world.aws.put("data.csv", interactions())
    world.aws.after_first_read = OSError("the disk is gone")
    job = finish(world, start_job(world, make_dataset(world)))
    assert job["failureReason"].startswith("The import ended with an internal failure: ")


def test_a_file_replaced_during_the_job_fails_it(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    for content in (b"USER_ID\na\n", b""):
        world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
        world.aws.before_second_read = content
        world.aws.reads = 0
        job = finish(world, start_job(world, dataset_arn, f"job{len(content)}"))
        assert job["failureReason"].startswith("Input csv is missing the following columns: [")
