"""The functions are killed, throttled or time out during a real call; see docs/reliability.md."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.support.stack_under_test import StackUnderTest
from tests.local_aws.support.processes import descendants
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

# Longer than a test needs to detect that a call hangs, and shorter than the read timeout of the functions.
HANG_SECONDS = 5

only_on_linux = pytest.mark.skipif(not Path("/proc").exists(), reason="the process of a function is found in /proc")


def start_waiting(stack: StackUnderTest) -> None:
    """Start a deploy, and wait until the job and the execution have started."""
    stack.begin()
    until(lambda: stack.jobs and "RUNNING" in stack.executions())


def add_hang(stack: StackUnderTest, **call: Any) -> None:
    """Add a fault: the next call of an operation hangs."""
    stack.cloud.aws.control("POST", "faults", {"hang_seconds": HANG_SECONDS, **call})


def wait_for_hang(stack: StackUnderTest) -> None:
    """Wait until the call hangs; its fault is then no longer listed."""
    until(lambda: not stack.cloud.aws.control("GET", "status")["faults"])
    time.sleep(HANG_SECONDS / 10)  # time for its effect


def hang_next(stack: StackUnderTest, operation: str, **call: Any) -> None:
    """Add a fault that makes the next call of an operation hang, and wait for that call."""
    add_hang(stack, operation=operation, **call)
    wait_for_hang(stack)


def hang_next_poll(stack: StackUnderTest) -> None:
    """Create the next poll of the job hang, and wait for it."""
    hang_next(stack, "DescribeDatasetImportJob")


def kill(stack: StackUnderTest, handler: str) -> None:
    """Kill the process of a function, as Lambda does when it uses too much memory."""
    server = stack.cloud.aws._process
    assert server is not None
    name = f"AWS_LAMBDA_FUNCTION_NAME={stack.function(handler)}".encode()
    (process,) = [
        pid for pid in descendants(server.pid) if name in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    ]
    os.kill(process, signal.SIGKILL)


def failed_polls(stack: StackUnderTest) -> int:
    """Return the number of polls that have failed."""
    client = stack.cloud.client("stepfunctions")
    machines = [m for m in client.list_state_machines()["stateMachines"] if stack.name in m["name"]]
    (execution,) = client.list_executions(stateMachineArn=machines[0]["stateMachineArn"])["executions"]
    events: list[Any] = client.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
    return len([event for event in events if event["type"].endswith("Failed")])


@only_on_linux
@pytest.mark.parametrize("deployment", [pytest.param("first", marks=pytest.mark.nightly), "second"])
@pytest.mark.parametrize(
    "call",
    [
        {"operation": "ListDatasetImportJobs"},
        {"operation": "CreateDatasetImportJob"},
        {"operation": "CreateDatasetImportJob", "after_effect": True},
    ],
    ids=["searches for the job", "creates the job", "has created the job"],
)
def test_a_function_is_killed_while_it_starts_a_job_and_the_next_poll_continues(
    stack: StackUnderTest, call: dict[str, Any], deployment: str
) -> None:
    if deployment == "second":
        assert stack.deploy() == "CREATE_COMPLETE"
    before = stack.jobs
    add_hang(stack, **call)
    stack.begin(stack.put("d"))
    wait_for_hang(stack)
    kill(stack, "is_complete")

    assert stack.end() == ("UPDATE_COMPLETE" if before else "CREATE_COMPLETE")
    assert stack.jobs == [*before, "ACTIVE"]
    assert stack.users == ["d"]
    stack.assert_is_clean()


@only_on_linux
def test_is_complete_is_killed_repeatedly_and_retried_by_the_state_machine(stack: StackUnderTest) -> None:
    start_waiting(stack)
    for _ in range(2):
        hang_next_poll(stack)
        kill(stack, "is_complete")

    assert stack.end() == "CREATE_COMPLETE"
    assert failed_polls(stack) == 2
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


@only_on_linux
def test_is_complete_is_killed_right_after_it_created_a_queued_job_and_the_next_poll_adopts_it(
    stack: StackUnderTest,
) -> None:
    no_capacity = {"operation": "CreateDatasetImportJob", "error_code": "LimitExceededException", "times": 3}
    stack.cloud.aws.control("POST", "faults", no_capacity)
    stack.begin()
    hang_next(stack, "CreateDatasetImportJob", after_effect=True)
    until(lambda: stack.jobs)
    kill(stack, "is_complete")

    assert stack.end() == "CREATE_COMPLETE"
    assert failed_polls(stack) == 1
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


@only_on_linux
def test_a_function_is_killed_while_it_changes_tags_and_the_next_poll_sets_them(stack: StackUnderTest) -> None:
    assert stack.deploy(tags={"team": "data"}) == "CREATE_COMPLETE"
    stack.begin(tags={"team": "search"})
    hang_next(stack, "TagResource")
    kill(stack, "is_complete")

    assert stack.end() == "UPDATE_COMPLETE"
    job = stack.cloud.jobs(stack.name)[0]["dataset_import_job_arn"]
    assert stack.cloud.tags(job) == {"team": "search"}
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


@only_on_linux
def test_a_delete_that_is_killed_while_it_waits_for_the_job_continues_to_wait(stack: StackUnderTest) -> None:
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    assert stack.deploy(wait=False) == "CREATE_COMPLETE"
    stack.begin_deletion()
    until(lambda: "RUNNING" in stack.executions())
    hang_next(stack, "ListDatasetImportJobs")
    kill(stack, "is_complete")
    assert stack.status == "DELETE_IN_PROGRESS"
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert stack.end() == "DELETE_COMPLETE", stack.reason
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_is_complete_times_out_and_is_invoked_again(stack: StackUnderTest) -> None:
    start_waiting(stack)
    functions = stack.cloud.client("lambda")
    functions.update_function_configuration(FunctionName=stack.function("is_complete"), Timeout=2)
    hang_next_poll(stack)

    assert stack.end() == "CREATE_COMPLETE"
    assert failed_polls(stack) >= 1  # on a busy machine, the start of the next process may take as long
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_is_complete_is_throttled_by_lambda_and_invoked_later(stack: StackUnderTest) -> None:
    start_waiting(stack)
    functions = stack.cloud.client("lambda")
    functions.put_function_concurrency(FunctionName=stack.function("is_complete"), ReservedConcurrentExecutions=0)
    until(lambda: failed_polls(stack) >= 2)
    assert stack.status == "CREATE_IN_PROGRESS"
    functions.delete_function_concurrency(FunctionName=stack.function("is_complete"))

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()
