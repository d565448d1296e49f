"""Records that are added individually: they are checked, replaced by newer ones, and kept by FULL imports."""

import json
from typing import Any

import pytest

from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, World
from tests.local_aws.support.service_setup import (
    FIELDS,
    INTERACTION_FIELDS,
    imported,
    interactions,
    make_dataset,
    make_group,
    refusal,
    schema_text,
)

ITEMS = "ITEM_ID,TITLE,PRICE,GENRE\n"
EVENT_FIELDS = [
    *INTERACTION_FIELDS,
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["float", "null"]},
    {"name": "IMPRESSION", "type": ["string", "null"]},
    {"name": "EVENT_ATTRIBUTION_SOURCE", "type": ["string", "null"]},
    {"name": "DEVICE_TYPE", "type": ["string", "null"], "categorical": True},
]
ACTION_FIELDS: dict[str, list[dict[str, Any]]] = {
    "Actions": [{"name": "ACTION_ID", "type": "string"}, {"name": "VALUE", "type": ["null", "long"]}],
    "ActionInteractions": [
        *({"name": name, "type": "string"} for name in ("USER_ID", "ACTION_ID", "EVENT_TYPE")),
        {"name": "TIMESTAMP", "type": "long"},
    ],
}


def put_items(world: World, dataset: str, **properties_by_id: Any) -> None:
    items = [{"itemId": key, "properties": json.dumps(value)} for key, value in properties_by_id.items()]
    world.client("PutItems", datasetArn=dataset, items=items)


def titles(world: World, dataset: str) -> dict[str, Any]:
    return {row["ITEM_ID"]: row["TITLE"] for row in world.rows(dataset)["rows"]}


def tracked(world: World, fields: list[dict[str, Any]] = EVENT_FIELDS) -> tuple[str, str]:
    """Create an Item interactions dataset and an event tracker, and return the dataset's ARN and the tracking id."""
    group = make_group(world)
    dataset = make_dataset(world, group=group, text=schema_text("Interactions", fields))
    tracker = world.client("CreateEventTracker", name="tracker", datasetGroupArn=group)
    world.clock.time += 60
    return dataset, str(tracker["trackingId"])


def event(sent_at: float = 1_700_000_000, **more: Any) -> dict[str, Any]:
    return {"eventType": "click", "sentAt": sent_at, "itemId": "i1", **more}


def put_events(world: World, tracking_id: str, *events: dict[str, Any], session: str = "s", **more: Any) -> None:
    world.client("PutEvents", trackingId=tracking_id, sessionId=session, eventList=list(events), **more)


def test_properties_in_camel_case_become_values_of_the_columns(world: World) -> None:
    dataset = make_dataset(world, "Items")
    put_items(world, dataset, a={"title": 'Heat, "the" film', "price": "2.5", "genre": "crime|drama"})
    put_items(world, dataset, b={"price": 3, "genre": "horror"})
    assert world.rows(dataset)["rows"] == [
        {"ITEM_ID": "a", "TITLE": 'Heat, "the" film', "PRICE": 2.5, "GENRE": "crime|drama"},
        {"ITEM_ID": "b", "TITLE": None, "PRICE": 3.0, "GENRE": "horror"},
    ]


def test_a_full_import_keeps_what_was_added_individually(world: World) -> None:
    dataset = make_dataset(world, "Items")
    imported(world, dataset, f"{ITEMS}bulk,old,1,x\n", "first")
    put_items(world, dataset, added={"title": "kept", "genre": "x"})
    imported(world, dataset, f"{ITEMS}other,new,1,x\n", "second")
    assert titles(world, dataset) == {"other": "new", "added": "kept"}


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_the_newest_record_with_an_id_is_kept(world: World, mode: str) -> None:
    dataset = make_dataset(world, "Items")
    imported(world, dataset, f"{ITEMS}a,first import,1,x\n", "first")
    put_items(world, dataset, a={"title": "added", "genre": "x"})
    assert titles(world, dataset) == {"a": "added"}
    imported(world, dataset, f"{ITEMS}a,second import,1,x\n", "second", importMode=mode)
    assert titles(world, dataset) == {"a": "second import"}
    imported(world, dataset, f"{ITEMS}b,third import,1,x\n", "third")
    assert titles(world, dataset) == {"b": "third import"}


def test_users_and_actions_can_be_added(world: World) -> None:
    group = make_group(world)
    users = make_dataset(world, "Users", group=group)
    actions = make_dataset(world, "Actions", group=group, text=schema_text("Actions", ACTION_FIELDS["Actions"]))
    world.client("PutUsers", datasetArn=users, users=[{"userId": "u", "properties": '{"age": "7"}'}, {"userId": "v"}])
    world.client("PutActions", datasetArn=actions, actions=[{"actionId": "join", "properties": '{"value": 5}'}])
    assert world.rows(users)["rows"] == [{"USER_ID": "u", "AGE": 7}, {"USER_ID": "v", "AGE": None}]
    assert world.rows(actions)["rows"] == [{"ACTION_ID": "join", "VALUE": 5}]


def test_events_become_interactions(world: World) -> None:
    dataset, tracking_id = tracked(world)
    more = {
        "eventValue": 4.5,
        "impression": ["i1", "i2"],
        "metricAttribution": {"eventAttributionSource": "mail"},
        "properties": '{"deviceType": "phone"}',
        "eventId": "e1",
        "recommendationId": "r1",
    }
    put_events(world, tracking_id, event(1_700_000_000.9, **more), event(1_700_000_001), userId="u")
    first, second = world.rows(dataset)["rows"]
    assert first == {
        "USER_ID": "u",
        "ITEM_ID": "i1",
        "TIMESTAMP": 1_700_000_000,
        "EVENT_TYPE": "click",
        "EVENT_VALUE": 4.5,
        "IMPRESSION": "i1|i2",
        "EVENT_ATTRIBUTION_SOURCE": "mail",
        "DEVICE_TYPE": "phone",
    }
    assert (second["TIMESTAMP"], second["EVENT_VALUE"]) == (1_700_000_001, None)


def test_a_full_import_keeps_events(world: World) -> None:
    dataset, tracking_id = tracked(world, INTERACTION_FIELDS)
    put_events(world, tracking_id, event(), userId="u")
    for name in ("first", "second"):
        imported(world, dataset, interactions(), name)
        assert world.rows(dataset)["count"] == 1001
    [tracker] = world.client("ListEventTrackers")["eventTrackers"]
    world.client("DeleteEventTracker", eventTrackerArn=tracker["eventTrackerArn"])
    world.clock.time += 60
    world.client("DeleteDataset", datasetArn=dataset)
    assert world.rows(dataset)["count"] == 0


def test_of_events_with_the_same_time_and_properties_one_is_kept(world: World) -> None:
    dataset, tracking_id = tracked(world)
    for _ in range(2):
        put_events(world, tracking_id, event(), event(), event(eventValue=1), userId="u")
    assert world.rows(dataset)["count"] == 2


def test_events_before_a_user_signs_in_become_events_of_the_user(world: World) -> None:
    dataset, tracking_id = tracked(world)
    put_events(world, tracking_id, event(1_700_000_000))
    put_events(world, tracking_id, event(1_700_000_001), session="another session")
    assert world.rows(dataset)["count"] == 0
    put_events(world, tracking_id, event(1_700_000_002), userId="u")
    rows = world.rows(dataset)["rows"]
    assert [(row["USER_ID"], row["TIMESTAMP"]) for row in rows] == [("u", 1_700_000_000), ("u", 1_700_000_002)]


def test_action_interactions_are_added_by_the_tracking_id_of_the_dataset(world: World) -> None:
    text = schema_text("ActionInteractions", ACTION_FIELDS["ActionInteractions"])
    arn = make_dataset(world, "Action_interactions", text=text)
    tracking_id = world.client("DescribeDataset", datasetArn=arn)["dataset"]["trackingId"]
    taken = {"actionId": "join", "userId": "u", "sessionId": "s", "timestamp": 1_700_000_000, "eventType": "Taken"}
    world.client("PutActionInteractions", trackingId=tracking_id, actionInteractions=[taken])
    assert world.rows(arn)["rows"] == [
        {"USER_ID": "u", "ACTION_ID": "join", "EVENT_TYPE": "Taken", "TIMESTAMP": 1_700_000_000}
    ]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"itemId": "a", "properties": '{"genre": "x", "colour": "red"}'}, "no field for the properties [colour]"),
        ({"itemId": "a", "properties": '{"genre": "x", "price": "cheap", "title": {}}'}, "properties [title]"),
        ({"itemId": "a", "properties": "[]"}, "must be a JSON object"),
        ({"itemId": "a", "properties": "{"}, "is not JSON"),
        (
            {"itemId": "a", "properties": json.dumps({"genre": "x" * 1001})},
            "Length cannot be more than 1000 characters",
        ),
        ({"itemId": "a"}, "The column GENRE is empty"),
    ],
)
def test_invalid_records_are_refused_and_none_is_added(world: World, item: dict[str, Any], message: str) -> None:
    dataset = make_dataset(world, "Items")
    valid = {"itemId": "valid", "properties": '{"genre": "x"}'}
    refused = refusal(world, "PutItems", datasetArn=dataset, items=[valid, item])
    assert refused.code == "InvalidInputException"
    assert message in refused.message
    assert world.rows(dataset)["count"] == 0


def test_records_go_only_to_an_active_dataset_of_their_type(world: World) -> None:
    users = make_dataset(world, "Users")
    item = {"items": [{"itemId": "a"}]}
    missing = users.replace("USERS", "ITEMS")
    assert refusal(world, "PutItems", datasetArn=users, **item).code == "InvalidInputException"
    assert refusal(world, "PutItems", datasetArn=missing, **item).code == "ResourceNotFoundException"
    world.client("DeleteDataset", datasetArn=users)
    assert refusal(world, "PutUsers", datasetArn=users, users=[{"userId": "u"}]).code == "ResourceInUseException"


def test_an_unknown_tracking_id_and_an_invalid_time_are_refused(world: World) -> None:
    dataset, tracking_id = tracked(world)
    call = {"sessionId": "s", "userId": "u"}
    assert refusal(world, "PutEvents", trackingId="x", eventList=[event()], **call).code == "InvalidInputException"
    late = {**event(), "sentAt": "now"}
    refused = refusal(world, "PutEvents", trackingId=tracking_id, eventList=[late], **call)
    assert refused.code == "SerializationException"
    eleven = [event(n) for n in range(11)]
    assert refusal(world, "PutEvents", trackingId=tracking_id, eventList=eleven, **call).code == "ValidationException"
    assert world.rows(dataset)["count"] == 0


def test_a_schema_that_gains_a_field_keeps_the_added_records(world: World) -> None:
    dataset = make_dataset(world, "Users")
    world.client("PutUsers", datasetArn=dataset, users=[{"userId": "u", "properties": '{"age": 7}'}])
    fields = [*FIELDS["Users"], {"name": "CITY", "type": ["null", "string"]}]
    schema = world.client("CreateSchema", name="more", schema=schema_text("Users", fields))["schemaArn"]
    world.client("UpdateDataset", datasetArn=dataset, schemaArn=schema)
    assert world.rows(dataset)["rows"] == [{"USER_ID": "u", "AGE": 7, "CITY": None}]


@pytest.mark.parametrize(("mode", "users"), [("PUT", ["put"]), ("BULK", ["bulk"]), ("ALL", ["bulk", "put"])])
def test_an_export_has_the_records_of_its_ingestion_mode(world: World, mode: str, users: list[str]) -> None:
    dataset = make_dataset(world, "Users")
    imported(world, dataset, "USER_ID,AGE\nbulk,1\n")
    world.client("PutUsers", datasetArn=dataset, users=[{"userId": "put"}])
    output = {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}}
    world.client(
        "CreateDatasetExportJob",
        jobName="export",
        datasetArn=dataset,
        jobOutput=output,
        roleArn=ROLE_ARN,
        ingestionMode=mode,
    )
    rows = world.aws.buckets[BUCKET]["out/export.csv"].decode().splitlines()
    assert [row.partition(",")[0] for row in rows[1:]] == users


def test_a_data_deletion_job_deletes_added_records_too(world: World) -> None:
    group = make_group(world)
    dataset = make_dataset(world, "Users", group=group)
    world.client("PutUsers", datasetArn=dataset, users=[{"userId": "gone"}, {"userId": "kept"}])
    world.aws.put("users.csv", "USER_ID\ngone\n")
    source = {"dataLocation": f"s3://{BUCKET}/users.csv"}
    world.client("CreateDataDeletionJob", jobName="d", datasetGroupArn=group, dataSource=source, roleArn=ROLE_ARN)
    assert [row["USER_ID"] for row in world.rows(dataset)["rows"]] == ["kept"]


@pytest.mark.parametrize("operation", ["GetRecommendations", "GetPersonalizedRanking", "GetActionRecommendations"])
def test_recommendations_are_refused_with_the_reason(world: World, operation: str) -> None:
    parameters = {"userId": "u", "campaignArn": "arn:aws:personalize:eu-west-1:111122223333:campaign/nothing"}
    if operation == "GetPersonalizedRanking":
        parameters["inputList"] = ["a"]  # type: ignore[assignment]
    refused = refusal(world, operation, **parameters)
    assert (refused.code, refused.status) == ("UnsupportedOperationException", 400)
    assert "does not make recommendations" in refused.message
