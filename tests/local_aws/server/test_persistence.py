"""The state file: all resources are restored, and nothing in the file is executed."""

import json
from pathlib import Path
from typing import Any

from personalize_local.server.persistence import StateFile, to_json
from tests.local_aws.support.fakes import World, new_world
from tests.local_aws.support.service_setup import finish, imported, interactions, make_dataset, make_group, start_job


def kept(world: World, folder: Path) -> World:
    """Save one world's state, and load it into another."""
    StateFile(world.service, folder).save()
    other = new_world()
    StateFile(other.service, folder).load()
    return other


def resources(world: World) -> Any:
    return to_json(tuple(world.service.store.state().by_account_region.values()))


def test_all_resources_records_and_tags_are_restored(world: World, tmp_path: Path) -> None:
    group = make_group(world, "films")
    log = make_dataset(world, "Interactions", group=group)
    imported(world, log, interactions(1200), name="first")
    items = make_dataset(world, "Items", group=group)
    imported(world, items, 'ITEM_ID,TITLE,PRICE,GENRE\nä,"a, b",1.5,x|y\nb,,,x\nä,new,2,x\n', name="second")
    imported(world, items, "ITEM_ID,TITLE,PRICE,GENRE\n,x,1,x\n", name="failed")
    world.client("CreateSolution", name="s", datasetGroupArn=group, recipeArn="arn:aws:personalize:::recipe/aws-sims")
    world.client("TagResource", resourceArn=group, tags=[{"tagKey": "team", "tagValue": "ä"}])
    world.client(
        "DeleteSchema", schemaArn=world.client("CreateSchema", name="gone", schema=json.dumps(SCHEMA))["schemaArn"]
    )

    other = kept(world, tmp_path)

    assert resources(other) == resources(world)
    for dataset in (log, items):
        assert other.rows(dataset) == world.rows(dataset)
    assert other.rows(items)["count"] == 2
    assert other.now >= world.now


def test_a_job_whose_rows_were_being_read_fails_and_later_imports_succeed(world: World, tmp_path: Path) -> None:
    dataset = make_dataset(world, "Users")
    world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    world.control("POST", "jobs/hold", job_name="*")
    job = start_job(world, dataset)

    other = kept(world, tmp_path)

    other.aws.put("data.csv", "USER_ID,AGE\na,1\nb,2\n")
    assert finish(other, job)["status"] in {"ACTIVE", "CREATE FAILED"}
    assert finish(other, start_job(other, dataset, "again"))["status"] == "ACTIVE"
    assert other.rows(dataset)["count"] == 2


def test_individual_records_and_events_of_sessions_are_restored(world: World, tmp_path: Path) -> None:
    group = make_group(world, "films")
    log, users = (make_dataset(world, kind, group=group) for kind in ("Interactions", "Users"))
    tracking_id = world.client("CreateEventTracker", name="t", datasetGroupArn=group)["trackingId"]
    world.clock.time += 60
    event = {"eventType": "click", "sentAt": 1_700_000_000, "itemId": "i"}
    world.client("PutUsers", datasetArn=users, users=[{"userId": "u"}])
    world.client("PutEvents", trackingId=tracking_id, sessionId="s", eventList=[event])

    other = kept(world, tmp_path)

    assert other.rows(users) == world.rows(users)
    other.client("PutEvents", trackingId=tracking_id, sessionId="s", userId="u", eventList=[event | {"itemId": "j"}])
    assert other.rows(log)["count"] == 2


def test_the_state_of_an_unused_server_is_empty(world: World, tmp_path: Path) -> None:
    assert resources(kept(world, tmp_path)) == []


SCHEMA = {
    "type": "record",
    "name": "Users",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}],
    "version": "1.0",
}
