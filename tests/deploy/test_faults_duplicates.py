"""Events that Lambda delivers once more, to the real functions; docs/reliability.md has the table."""

import json
from typing import Any

import pytest

from tests.deploy.support.stack_under_test import StackUnderTest
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

# The members of CloudFormation's event; the input of the state machine also has data of the functions.
MEMBERS = frozenset(
    {"RequestType", "RequestId", "StackId", "ResponseURL", "ResourceType", "LogicalResourceId", "ResourceProperties"}
    | {"PhysicalResourceId", "OldResourceProperties"}
)


def last_event(stack: StackUnderTest) -> dict[str, Any]:
    """Return the last event that was handed over to the stack's state machine."""
    client = stack.cloud.client("stepfunctions")
    machine = next(m for m in client.list_state_machines()["stateMachines"] if stack.name in m["name"])
    latest = client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"][0]
    event = json.loads(client.describe_execution(executionArn=latest["executionArn"])["input"])
    return {member: value for member, value in event.items() if member in MEMBERS}


def deliver(stack: StackUnderTest, event: dict[str, Any]) -> None:
    """Invoke OnEvent once more, and wait for its end."""
    response = stack.cloud.client("lambda").invoke(FunctionName=stack.function("on_event"), Payload=json.dumps(event))
    assert "FunctionError" not in response, response["Payload"].read()


def test_a_create_that_is_delivered_again_while_the_job_runs_is_ignored(stack: StackUnderTest) -> None:
    stack.begin()
    until(lambda: stack.jobs)
    deliver(stack, last_event(stack))

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()
    assert len(stack.executions()) == 1


def test_an_event_that_is_delivered_again_after_its_response_is_ignored(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    stack.assert_is_clean()
    deliver(stack, last_event(stack))

    stack.assert_is_clean()
    assert stack.jobs == ["ACTIVE"]
    assert len(stack.executions()) == 1


def test_an_old_event_that_is_delivered_after_a_later_response_does_not_change_the_data(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    old = last_event(stack)
    assert stack.deploy(stack.put("d")) == "UPDATE_COMPLETE"
    deliver(stack, old)

    stack.assert_is_clean()
    assert stack.jobs == ["ACTIVE"] * 2
    assert stack.users == ["d"]


def test_an_event_that_is_delivered_again_after_its_job_has_failed_starts_no_other_job(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    stack.begin(stack.put("d"))
    until(lambda: len(stack.jobs) == 2)
    event = last_event(stack)
    stack.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": "Broken row"})

    assert stack.end() == "UPDATE_ROLLBACK_COMPLETE"
    deliver(stack, event)
    stack.assert_is_clean()
    assert stack.jobs == ["ACTIVE", "CREATE FAILED"]
    assert stack.users == ["a", "b", "c"]
