"""The state file: each change is in it when the call is answered, and nothing in it is executed."""

import json
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from personalize_local.personalize.interfaces import Caller
from personalize_local.personalize.operations.dataset_import_jobs import read_again
from personalize_local.server.locks import CannotServeError
from personalize_local.server.state_file import StateFile
from personalize_local.server.state_json import to_json
from tests.local_aws.support.fakes import Refused, World, new_world
from tests.local_aws.support.service_setup import (
    Shop,
    describe,
    finish,
    imported,
    interactions,
    make_dataset,
    make_group,
    make_schema,
    start_job,
)

LARGE = 40_000


def saved_in(folder: Path, world: World | None = None) -> World:
    """Return a world whose changes are saved in a folder, and which continues from those of an earlier one."""
    world, file = world or new_world(), StateFile(folder)
    world.service.store.restore(file.load(), file)
    read_again(world.service.store, lambda at: Caller(at, world.aws, world.aws))
    return world


def resources(world: World) -> Any:
    found = {}
    for at in world.service.store.account_regions():
        with world.service.store.locked(at) as (of_place, _now):
            found[at] = to_json(of_place)
    return found


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_all_resources_records_and_tags_are_restored_without_a_save_at_the_end(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    group = make_group(world, "films")
    log = make_dataset(world, "Interactions", group=group)
    imported(world, log, interactions(1200), name="first")
    imported(world, log, interactions(1000), name="more", importMode="INCREMENTAL")
    items = make_dataset(world, "Items", group=group)
    imported(world, items, 'ITEM_ID,TITLE,PRICE,GENRE\nä,"a, b",1.5,x|y\nb,,,x\nä,new,2,x\n', name="second")
    imported(world, items, "ITEM_ID,TITLE,PRICE,GENRE\n,x,1,x\n", name="failed")
    world.client("CreateSolution", name="s", datasetGroupArn=group, recipeArn="arn:aws:personalize:::recipe/aws-sims")
    world.client("TagResource", resourceArn=group, tags=[{"tagKey": "team", "tagValue": "ä"}])
    world.client("DeleteSchema", schemaArn=make_schema(world, "Users", "gone"))

    other = saved_in(tmp_path)

    assert resources(other) == resources(world)
    for dataset in (log, items):
        assert other.rows(dataset) == world.rows(dataset)
    assert other.rows(log)["count"] == 2200
    assert other.rows(items)["count"] == 2
    assert other.now == world.now


def test_records_with_an_update_are_restored(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    campaign = Shop(world).create("Campaign")
    world.clock.time += 60
    world.client("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=7)

    other = saved_in(tmp_path)

    assert other.client("DescribeCampaign", campaignArn=campaign) == world.client(
        "DescribeCampaign", campaignArn=campaign
    )


def test_individual_records_and_events_of_sessions_are_restored(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    group = make_group(world, "films")
    log, users = (make_dataset(world, kind, group=group) for kind in ("Interactions", "Users"))
    tracking_id = world.client("CreateEventTracker", name="t", datasetGroupArn=group)["trackingId"]
    world.clock.time += 60
    event = {"eventType": "click", "sentAt": 1_700_000_000, "itemId": "i"}
    world.client("PutUsers", datasetArn=users, users=[{"userId": "u"}])
    world.client("PutEvents", trackingId=tracking_id, sessionId="s", eventList=[event])

    other = saved_in(tmp_path)

    assert other.rows(users) == world.rows(users)
    other.client("PutEvents", trackingId=tracking_id, sessionId="s", userId="u", eventList=[event | {"itemId": "j"}])
    assert other.rows(log)["count"] == 2


def test_a_deleted_dataset_leaves_no_records_in_the_file(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    dataset = make_dataset(world, "Users")
    imported(world, dataset, "USER_ID,AGE\na,1\n")
    world.client("DeleteDataset", datasetArn=dataset)
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        assert connection.execute("SELECT * FROM records").fetchall() == []


def test_records_of_many_items_are_restored_in_their_order(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    dataset = make_dataset(world, "Users")
    imported(world, dataset, "USER_ID,AGE\n" + "".join(f"u{n},{n % 90}\n" for n in range(LARGE)))
    other = saved_in(tmp_path)
    assert other.rows(dataset, limit=LARGE) == world.rows(dataset, limit=LARGE)


def test_a_status_that_was_reported_is_still_true_after_a_restart(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    group = make_group(world)
    assert world.client("DescribeDatasetGroup", datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE"
    other = saved_in(tmp_path)
    assert other.client("DescribeDatasetGroup", datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE"


def test_the_rows_of_a_running_job_are_read_again(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    dataset = make_dataset(world, "Users")
    world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    job = start_job(world, dataset)
    world.clock.time += 6
    assert describe(world, job)["status"] == "CREATE IN_PROGRESS"

    other = new_world()
    other.aws.put("data.csv", "USER_ID,AGE\na,1\nb,2\n")
    saved_in(tmp_path, other)

    assert describe(other, job)["status"] == "CREATE IN_PROGRESS"
    assert finish(other, job)["status"] == "ACTIVE"
    assert other.rows(dataset)["count"] == 2


def test_a_running_job_fails_if_its_data_is_gone_after_a_restart(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    dataset = make_dataset(world, "Users")
    world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    job = start_job(world, dataset)
    other = saved_in(tmp_path)
    assert finish(other, job)["failureReason"] == "Invalid Data location."
    other.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    assert finish(other, start_job(other, dataset, "again"))["status"] == "ACTIVE"


def test_a_reset_also_empties_the_file(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    make_group(world)
    world.control("POST", "reset")
    assert resources(saved_in(tmp_path)) == {}


def test_on_a_full_disk_a_call_fails_and_changes_nothing(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    group = make_group(world)
    before = resources(world)
    with full_disk():
        with pytest.raises(
            Refused, match=r"Nothing was changed: .* can't save its state in .*state\.sqlite: "
        ) as error:
            world.client("CreateDatasetGroup", name="refused")
        assert (error.value.code, error.value.status) == ("ServiceUnavailable", 503)
        with pytest.raises(Refused, match="Nothing was changed"):
            world.client("DeleteDatasetGroup", datasetGroupArn=group)
        listed = world.client("ListDatasetGroups")["datasetGroups"]
    assert [(each["name"], each["status"]) for each in listed] == [("shop", "ACTIVE")]
    assert resources(world) == before == resources(saved_in(tmp_path))
    world.client("CreateDatasetGroup", name="accepted")
    assert resources(saved_in(tmp_path)) == resources(world) != before


def test_an_import_that_ends_on_a_full_disk_ends_when_there_is_space(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    dataset = make_dataset(world)
    world.aws.put("data.csv", interactions(LARGE))
    job = start_job(world, dataset)
    with full_disk(), pytest.raises(Refused, match="Nothing was changed"):
        finish(world, job)
    assert finish(world, job)["status"] == "ACTIVE"
    assert saved_in(tmp_path).rows(dataset)["count"] == LARGE


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    make_group(world)
    before = resources(world)
    (at,) = world.service.store.account_regions()
    with suppress(ZeroDivisionError), world.service.store.locked(at) as (of_place, _now):
        of_place.dataset_groups.clear()
        _ = 1 / 0
    assert resources(world) == before == resources(saved_in(tmp_path))


def statement(text: str) -> Any:
    def execute(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(text)

    return execute


def overwrite_the_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4)
        file.write(b"\xff" * 4096 * 4)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda path: path.write_text("not a database" * 1000), "file is not a database"),
        (overwrite_the_middle, ""),
        (statement("UPDATE resources SET value = substr(value, 1, 20)"), "Unterminated string"),
        (statement("UPDATE resources SET kind = 'unknown' WHERE kind = 'schemas'"), "'unknown'"),
        (statement("""UPDATE resources SET value = '{"other": 1}'"""), "of another version (KeyError('other'))"),
        (statement("DROP TABLE time"), "no such table: time"),
        (statement("PRAGMA user_version = 3"), "its format is 3, this version reads 2"),
    ],
)
def test_a_damaged_file_is_one_line_that_names_the_file_and_the_way_out(
    tmp_path: Path, damage: Any, cause: str
) -> None:
    world = new_world()
    file = StateFile(tmp_path)
    world.service.store.restore(file.load(), file)
    dataset = make_dataset(world, "Users")
    imported(world, dataset, "USER_ID,AGE\n" + "".join(f"u{n},{n % 90}\n" for n in range(LARGE)))
    file.close()
    damage(tmp_path / "state.sqlite")

    with pytest.raises(CannotServeError) as error:
        StateFile(tmp_path).load()

    problem = str(error.value)
    assert problem.startswith(f"{tmp_path / 'state.sqlite'} can't be read: ")
    assert problem.endswith(f"; delete {tmp_path} to start without its state")
    assert cause in problem
    assert "\n" not in problem


def test_what_is_in_the_file_is_json(tmp_path: Path) -> None:
    world = saved_in(tmp_path)
    make_schema(world)
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        rows = connection.execute("SELECT kind, arn, value FROM resources").fetchall()
    assert [(kind, json.loads(value)["arn"] == arn) for kind, arn, value in rows] == [("schemas", True)]
