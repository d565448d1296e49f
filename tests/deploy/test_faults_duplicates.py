"""Events that Lambda delivers once more, to the real functions; docs/reliability.md has the table."""

import json
from typing import Any

import pytest

from tests.deploy.support.direct import Row, until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

# All that CloudFormation sends; the state machine's input holds the event, with what the functions know beside it.
MEMBERS = frozenset(
    {"RequestType", "RequestId", "StackId", "ResponseURL", "ResourceType", "LogicalResourceId", "ResourceProperties"}
    | {"PhysicalResourceId", "OldResourceProperties"}
)


def last_event(row: Row) -> dict[str, Any]:
    """Return the last event that was handed over to the stack's state machine."""
    client = row.cloud.client("stepfunctions")
    machine = next(m for m in client.list_state_machines()["stateMachines"] if row.name in m["name"])
    latest = client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"][0]
    event = json.loads(client.describe_execution(executionArn=latest["executionArn"])["input"])
    return {member: value for member, value in event.items() if member in MEMBERS}


def deliver(row: Row, event: dict[str, Any]) -> None:
    """Invoke OnEvent once more, and wait for its end."""
    answer = row.cloud.client("lambda").invoke(FunctionName=row.function("on_event"), Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_the_same_create_comes_again_while_the_job_runs_and_nothing_happens(row: Row) -> None:
    row.begin()
    until(lambda: row.jobs)
    deliver(row, last_event(row))

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()
    assert len(row.executions()) == 1


def test_the_same_event_comes_again_after_its_answer_and_nothing_happens(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    row.assert_is_well()
    deliver(row, last_event(row))

    row.assert_is_well()
    assert row.jobs == ["ACTIVE"]
    assert len(row.executions()) == 1


def test_an_old_event_comes_again_after_a_later_one_was_answered_and_the_later_data_stays(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    old = last_event(row)
    assert row.deploy(row.put("d")) == "UPDATE_COMPLETE"
    deliver(row, old)

    row.assert_is_well()
    assert row.jobs == ["ACTIVE"] * 2
    assert row.users == ["d"]


def test_an_event_comes_again_after_its_job_has_failed_and_no_other_is_started(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    row.begin(row.put("d"))
    until(lambda: len(row.jobs) == 2)
    event = last_event(row)
    row.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": "Broken row"})

    assert row.end() == "UPDATE_ROLLBACK_COMPLETE"
    deliver(row, event)
    row.assert_is_well()
    assert row.jobs == ["ACTIVE", "CREATE FAILED"]
    assert row.users == ["a", "b", "c"]
