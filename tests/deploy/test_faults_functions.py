"""The functions are killed, throttled and run out of time in the middle of a real call; see docs/reliability.md."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.support.direct import Row, until
from tests.local_aws.support.processes import descendants

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

# Longer than a test takes to see that a call hangs, and shorter than the functions' client waits for its answer.
HANG_SECONDS = 5

only_on_linux = pytest.mark.skipif(
    not Path("/proc").exists(), reason="only Linux tells by files which process runs which function"
)


def begin_to_wait(row: Row) -> None:
    """Begin to deploy, and go on when the job is there and the state machine has its execution."""
    row.begin()
    until(lambda: row.jobs and "RUNNING" in row.executions())


def order_to_hang(row: Row, **call: Any) -> None:
    """Let the next call of an operation hang."""
    row.cloud.aws.control("POST", "faults", {"hang_seconds": HANG_SECONDS, **call})


def await_hang(row: Row) -> None:
    """Wait until a call hangs that was ordered to: its fault is not in force any more."""
    until(lambda: not row.cloud.aws.control("GET", "status")["faults"])
    time.sleep(HANG_SECONDS / 10)  # it may have its effect first


def hang_next(row: Row, operation: str, **call: Any) -> None:
    """Let the next call of an operation hang, and wait until it does."""
    order_to_hang(row, operation=operation, **call)
    await_hang(row)


def hang_next_look(row: Row) -> None:
    """Let the next look at the job hang, and wait until it does."""
    hang_next(row, "DescribeDatasetImportJob")


def kill(row: Row, handler: str) -> None:
    """Kill the process in which a function runs, as the machine kills one that takes too much memory."""
    server = row.cloud.aws._process
    assert server is not None
    name = f"AWS_LAMBDA_FUNCTION_NAME={row.function(handler)}".encode()
    (process,) = [
        pid for pid in descendants(server.pid) if name in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    ]
    os.kill(process, signal.SIGKILL)


def failed_looks(row: Row) -> int:
    """Count the looks that the state machine saw fail."""
    client = row.cloud.client("stepfunctions")
    machines = [m for m in client.list_state_machines()["stateMachines"] if row.name in m["name"]]
    (execution,) = client.list_executions(stateMachineArn=machines[0]["stateMachineArn"])["executions"]
    events: list[Any] = client.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
    return len([event for event in events if event["type"].endswith("Failed")])


@only_on_linux
@pytest.mark.parametrize("deployment", ["first", "second"])
@pytest.mark.parametrize(
    "call",
    [
        {"operation": "ListDatasetImportJobs"},
        {"operation": "CreateDatasetImportJob"},
        {"operation": "CreateDatasetImportJob", "after_effect": True},
    ],
    ids=["looks for the job", "creates the job", "has created the job"],
)
def test_a_function_is_killed_while_it_starts_a_job_and_the_next_look_goes_on(
    row: Row, call: dict[str, Any], deployment: str
) -> None:
    if deployment == "second":
        assert row.deploy() == "CREATE_COMPLETE"
    before = row.jobs
    order_to_hang(row, **call)
    row.begin(row.put("d"))
    await_hang(row)
    kill(row, "is_complete")

    assert row.end() == ("UPDATE_COMPLETE" if before else "CREATE_COMPLETE")
    assert row.jobs == [*before, "ACTIVE"]
    assert row.users == ["d"]
    row.assert_is_well()


@only_on_linux
def test_is_complete_is_killed_again_and_again_and_the_state_machine_repeats_it(row: Row) -> None:
    begin_to_wait(row)
    for _ in range(2):
        hang_next_look(row)
        kill(row, "is_complete")

    assert row.end() == "CREATE_COMPLETE"
    assert failed_looks(row) == 2
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


@only_on_linux
def test_is_complete_is_killed_right_after_it_created_a_queued_job_and_the_next_look_joins_it(row: Row) -> None:
    no_room = {"operation": "CreateDatasetImportJob", "error_code": "LimitExceededException", "times": 3}
    row.cloud.aws.control("POST", "faults", no_room)
    row.begin()
    hang_next(row, "CreateDatasetImportJob", after_effect=True)
    until(lambda: row.jobs)
    kill(row, "is_complete")

    assert row.end() == "CREATE_COMPLETE"
    assert failed_looks(row) == 1
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


@only_on_linux
def test_a_function_is_killed_while_it_changes_tags_and_the_next_look_sets_them(row: Row) -> None:
    assert row.deploy(tags={"team": "data"}) == "CREATE_COMPLETE"
    row.begin(tags={"team": "search"})
    hang_next(row, "TagResource")
    kill(row, "is_complete")

    assert row.end() == "UPDATE_COMPLETE"
    job = row.cloud.jobs(row.name)[0]["dataset_import_job_arn"]
    assert row.cloud.tags(job) == {"team": "search"}
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


@only_on_linux
def test_a_delete_is_killed_while_it_waits_for_the_job_and_goes_on_waiting(row: Row) -> None:
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    assert row.deploy(wait=False) == "CREATE_COMPLETE"
    row.begin_deletion()
    until(lambda: "RUNNING" in row.executions())
    hang_next(row, "ListDatasetImportJobs")
    kill(row, "is_complete")
    assert row.status == "DELETE_IN_PROGRESS"
    row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert row.end() == "DELETE_COMPLETE", row.reason
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_is_complete_runs_out_of_time_and_is_invoked_again(row: Row) -> None:
    begin_to_wait(row)
    functions = row.cloud.client("lambda")
    functions.update_function_configuration(FunctionName=row.function("is_complete"), Timeout=2)
    hang_next_look(row)

    assert row.end() == "CREATE_COMPLETE"
    assert failed_looks(row) == 1
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_is_complete_is_throttled_by_lambda_and_invoked_later(row: Row) -> None:
    begin_to_wait(row)
    functions = row.cloud.client("lambda")
    functions.put_function_concurrency(FunctionName=row.function("is_complete"), ReservedConcurrentExecutions=0)
    until(lambda: failed_looks(row) >= 2)
    assert row.status == "CREATE_IN_PROGRESS"
    functions.delete_function_concurrency(FunctionName=row.function("is_complete"))

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()
