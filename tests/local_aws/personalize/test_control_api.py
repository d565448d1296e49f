"""The control API: inspection and fault injection."""

import json
import threading
import time
from typing import Any

import pytest

from personalize_local.personalize.clock import Clock
from tests.local_aws.support.fakes import Refused, World, new_world
from tests.local_aws.support.service_setup import (
    describe,
    finish,
    imported,
    interactions,
    make_dataset,
    make_group,
    start_job,
)


def running_job(world: World, name: str = "job") -> str:
    world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    return start_job(world, make_dataset(world, "Users", group=make_group(world, f"g-{name}")), name)


def test_the_next_calls_of_an_operation_can_be_throttled(world: World) -> None:
    world.control("POST", "faults", operation="ListSchemas", times=2, error_code="ThrottlingException", message="slow")
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            world.client("ListSchemas")
        assert (refused.value.code, refused.value.message) == ("ThrottlingException", "slow")
        world.client("ListDatasets")
    world.client("ListSchemas")


def test_a_call_can_fail_with_any_code_and_status(world: World) -> None:
    world.control("POST", "faults", error_code="ServiceUnavailable", http_status=503)
    with pytest.raises(Refused) as refused:
        world.client("ListDatasets")
    assert (refused.value.code, refused.value.status) == ("ServiceUnavailable", 503)


def test_a_fault_can_be_for_one_resource_by_name_or_arn(world: World) -> None:
    first, second = make_group(world, "first"), make_group(world, "second")
    for resource in ("second", second):
        world.control("POST", "faults", resource=resource, error_code="InternalServerError", http_status=500)
        world.client("DescribeDatasetGroup", datasetGroupArn=first)
        with pytest.raises(Refused):
            world.client("DescribeDatasetGroup", datasetGroupArn=second)


def test_a_connection_can_be_dropped_before_or_after_the_call_had_its_effect(world: World) -> None:
    for after_effect in (False, True):
        world.control("POST", "faults", operation="CreateDatasetGroup", drop_connection=True, after_effect=after_effect)
        response = world.client.send("CreateDatasetGroup", b'{"name": "g"}')
        assert response.drops_connection
        assert len(world.client("ListDatasetGroups")["datasetGroups"]) == int(after_effect)


def test_a_call_can_hang(world: World) -> None:
    world.control("POST", "faults", operation="ListSchemas", hang_seconds=0.1)
    started_at = time.monotonic()
    assert world.client("ListSchemas")["schemas"] == []
    assert time.monotonic() - started_at >= 0.1


def test_every_call_within_some_time_can_fail(world: World) -> None:
    world.control("POST", "faults", operation="ListSchemas", seconds=120, error_code="ThrottlingException")
    for _ in range(3):
        with pytest.raises(Refused):
            world.client("ListSchemas")
    assert len(world.control("GET", "status")["faults"]) == 1
    world.clock.time += 120
    world.client("ListSchemas")
    assert world.control("GET", "status")["faults"] == []


def test_faults_can_be_removed(world: World) -> None:
    world.control("POST", "faults", error_code="X", times=100)
    world.control("DELETE", "faults")
    world.client("ListSchemas")


def test_a_held_job_stays_in_progress_until_it_is_released(world: World) -> None:
    world.control("POST", "jobs/hold", job_name="held")
    held, other = running_job(world, "held"), running_job(world, "other")
    assert finish(world, other)["status"] == "ACTIVE"
    world.clock.time += 10_000
    assert describe(world, held)["status"] == "CREATE IN_PROGRESS"
    released_at = world.now
    world.control("POST", "jobs/release", job_name="held")
    job = finish(world, held)
    assert job["status"] == "ACTIVE"
    assert job["lastUpdatedDateTime"].timestamp() >= int(released_at)


def test_every_job_can_be_held(world: World) -> None:
    world.control("POST", "jobs/hold", job_name="*")
    job_arn = running_job(world)
    world.clock.time += 10_000
    assert describe(world, job_arn)["status"] == "CREATE IN_PROGRESS"
    world.control("POST", "jobs/release", job_name="*")
    assert finish(world, job_arn)["status"] == "ACTIVE"


def test_a_job_can_be_forced_to_fail_at_once(world: World) -> None:
    job_arn = running_job(world)
    world.control("POST", "jobs/end", job_name="job", failure_reason="because")
    job = describe(world, job_arn)
    assert (job["status"], job["failureReason"]) == ("CREATE FAILED", "because")
    assert world.rows(job["datasetArn"])["count"] == 0


def test_a_removed_forced_end_does_not_affect_later_jobs(world: World) -> None:
    world.control("POST", "jobs/end", job_name="*", failure_reason="because")
    first = running_job(world, "first")
    world.control("DELETE", "jobs/end", job_name="*")
    second = running_job(world, "second")
    finish(world, second)
    assert describe(world, first)["status"] == "CREATE FAILED"
    assert describe(world, second)["status"] == "ACTIVE"


def test_a_job_can_be_forced_to_end_later_with_any_status(world: World) -> None:
    world.control("POST", "jobs/hold", job_name="job")
    world.control("POST", "jobs/end", job_name="job", status="CREATE PAUSED", after_seconds=100)
    job_arn = running_job(world)
    world.clock.time += 99
    assert describe(world, job_arn)["status"] == "CREATE IN_PROGRESS"
    world.clock.time += 1
    assert describe(world, job_arn)["status"] == "CREATE PAUSED"


def test_a_job_can_not_be_forced_to_become_active(world: World) -> None:
    body = json.dumps({"job_name": "job", "status": "ACTIVE"}).encode()
    assert world.service.control_api.handle("POST", "jobs/end", body).status == 400


def test_jobs_are_shown_with_the_time_of_each_status(world: World) -> None:
    created_at = world.now
    world.clock.time -= 120
    job_arn = running_job(world)
    finish(world, job_arn)
    (job,) = world.control("GET", "/_personalize/jobs")["jobs"]
    assert job["dataset_import_job_arn"] == job_arn
    assert [change["status"] for change in job["history"]] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
    times = [change["at"] - created_at for change in job["history"]]
    assert times[:2] == [0, 5]
    assert times[2] >= 20


def test_rows_come_back_as_objects_a_page_at_a_time(world: World) -> None:
    dataset_arn = make_dataset(world)
    imported(world, dataset_arn, interactions())
    answer = world.rows(dataset_arn, offset=998, limit=10)
    assert answer["count"] == 1000
    assert answer["rows"] == [
        {"USER_ID": f"u{n % 97}", "ITEM_ID": f"i{n % 31}", "TIMESTAMP": 1_600_000_000 + n} for n in (998, 999)
    ]


def test_calls_are_logged_with_their_time_and_outcome(world: World) -> None:
    group = make_group(world, "shop")
    with pytest.raises(Refused):
        world.client("CreateDatasetGroup", name="shop")
    answer = world.control("GET", "calls?operation=CreateDatasetGroup")
    assert answer["count"] == 2
    assert [call["outcome"] for call in answer["calls"]] == ["OK", "ResourceAlreadyExistsException"]
    assert answer["calls"][1]["at"] == world.now
    world.control("DELETE", "calls")
    world.client("DescribeDatasetGroup", datasetGroupArn=group)
    assert [call["names"] for call in world.control("GET", "calls")["calls"]] == [[group]]


def test_settings_apply_to_later_resources(world: World) -> None:
    world.control("POST", "settings", dataset_group_creation_seconds=0, minimum_interactions=1)
    arn = world.client("CreateDatasetGroup", name="g")["datasetGroupArn"]
    assert world.client("DescribeDatasetGroup", datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"
    assert world.control("GET", "status")["settings"]["minimum_interactions"] == 1


@pytest.mark.parametrize(
    ("path", "name", "value", "allowed"),
    [
        ("clock", "speed", 1e12, "a number from 0.01 to 10000"),
        ("clock", "speed", 0.001, "a number from 0.01 to 10000"),
        ("clock", "speed", "fast", "a number from 0.01 to 10000"),
        ("clock", "speed", True, "a number from 0.01 to 10000"),
        ("clock", "speed", 10**400, "a number from 0.01 to 10000"),
        ("settings", "deletion_seconds", 1e300, "a number from 0 to 31622400"),
        ("settings", "running_import_jobs", 1.5, "a whole number from 0 to 1000000000000"),
        ("settings", "default_page_size", 0, "a whole number from 1 to 100"),
        ("settings", "one_running_job_per_dataset", 1, "true or false"),
        ("faults", "seconds", -1, "a number from 0 to 31622400"),
        ("faults", "hang_seconds", 1e9, "a number from 0 to 3600"),
        ("faults", "http_status", 200, "a whole number from 400 to 599"),
        ("faults", "times", 0.5, "a whole number from 0 to 1000000000000"),
        ("faults", "drop_connection", "yes", "true or false"),
        ("faults", "operation", 5, "a string"),
        ("jobs/end", "after_seconds", -1, "a number from 0 to 31622400"),
        ("jobs/end", "status", 5, "a string"),
        ("jobs/end", "failure_reason", {}, "a string"),
        ("jobs/hold", "job_name", ["a"], "a string"),
    ],
)
def test_an_error_names_the_switch_the_value_and_what_is_allowed(
    world: World, path: str, name: str, value: object, allowed: str
) -> None:
    before = world.control("GET", "status")
    body = {**({"job_name": "*"} if path == "jobs/end" else {}), name: value}
    response = world.service.control_api.handle("POST", path, json.dumps(body).encode())
    assert response.status == 400
    assert json.loads(response.body)["message"] == f"{name} must be {allowed}, got {value!r}"
    assert world.control("GET", "status") == before


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "1e999"])
def test_a_number_must_be_finite(world: World, constant: str) -> None:
    response = world.service.control_api.handle("POST", "clock", f'{{"speed": {constant}}}'.encode())
    assert (response.status, world.control("GET", "status")["speed"]) == (400, 1)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_reset_works_with_any_body_and_on_a_broken_store(
    world: World, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    running_job(world)
    with monkeypatch.context() as broken:
        broken.setattr(world.service.store, "update_all", lambda: 1 / 0)
        assert world.service.control_api.handle("POST", "reset", body).status == 200
    assert world.control("GET", "jobs")["jobs"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "settings", {"no_such_setting": 1}, 400),
        ("GET", "rows?dataset_arn=x&limit=-1", None, 400),
        ("POST", "jobs/hold", {}, 400),
        ("POST", "settings", [], 400),
        ("POST", "settings", {"running_import_jobs": "5"}, 400),
        ("POST", "settings", {"running_import_jobs": -1}, 400),
        ("POST", "settings", {"one_running_job_per_dataset": 1}, 400),
        ("POST", "faults", {"opration": "X"}, 400),
        ("POST", "faults", {"times": "3"}, 400),
        ("POST", "faults", {"seconds": "3"}, 400),
        ("POST", "faults", {"requested_at": 0}, 400),
        ("POST", "clock", {"speed": 0}, 400),
        ("POST", "clock", {}, 400),
        ("GET", "rows?dataset_arn=arn:aws:personalize:eu-west-1:111122223333:dataset/x/USERS", None, 404),
        ("GET", "rows?dataset_arn=x", None, 400),
        ("GET", "nothing", None, 404),
    ],
)
def test_an_invalid_request_is_refused_with_a_message(
    world: World, method: str, path: str, body: Any, status: int
) -> None:
    response = world.service.control_api.handle(method, path, json.dumps(body).encode() if body is not None else b"")
    assert response.status == status
    assert json.loads(response.body)["message"]


def test_reset_deletes_all_resources_and_restores_the_settings() -> None:
    world = new_world(running_import_jobs=7)
    running_job(world)
    world.control("POST", "settings", running_import_jobs=1)
    world.control("POST", "clock", speed=10)
    world.control("POST", "faults", error_code="X", times=5)
    world.control("POST", "reset")
    assert world.client("ListDatasetImportJobs")["datasetImportJobs"] == []
    status = world.control("GET", "status")
    assert (status["settings"]["running_import_jobs"], status["speed"], status["faults"]) == (7, 1, [])
    assert world.control("GET", "calls")["count"] == 1


def test_a_change_of_speed_does_not_change_the_time() -> None:
    clock = Clock(speed=1000)
    clock.sleep(100)
    before = clock.now()
    clock.speed = 1
    assert clock.now() >= before


def test_a_faster_clock_wakes_sleeping_threads() -> None:
    clock = Clock()
    sleeper = threading.Thread(target=clock.sleep, args=(3600,), daemon=True)
    sleeper.start()
    clock.speed = 10_000
    sleeper.join(timeout=5)
    assert not sleeper.is_alive()


def test_a_clock_advances_but_never_goes_back() -> None:
    clock = Clock()
    clock.advance_to(clock.now() + 1000)
    ahead = clock.now()
    clock.advance_to(0)
    assert 0 <= clock.now() - ahead < 100
    assert ahead - time.time() > 900
