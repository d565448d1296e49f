"""Faults of EventBridge, and functions that are killed after they published an event, don't affect the import."""

import pytest

from personalize_import_handler.aws.event_bus import NotPublishedError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack, after_next
from tests.handler.conftest import Log
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties

ASKED = {"PublishStateChanges": True}
OF_A_GOOD_JOB = ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
DENIED = "User: provider is not authorized to perform: events:PutEvents on resource: default"


@pytest.mark.parametrize(("end", "succeeds"), [("ACTIVE", True), ("CREATE FAILED", False)])
def test_eventbridge_rejects_every_event(
    stack: Stack, account: Account, personalize: FakePersonalize, log: Log, end: str, succeeds: bool
) -> None:
    personalize.job_behavior = JobBehavior(end=end, failure_reason=None if succeeds else "Broken row")
    account.event_bus.fail_next(NotPublishedError(DENIED), times=1000)
    response = stack.deploy(properties(**ASKED))

    assert response.succeeded == succeeds
    assert account.event_bus.asked > 3
    (line,) = [line for line in log.lines_from("WARNING") if "EventBridge" in line]
    assert line.endswith(f"Status CREATE PENDING was not published to EventBridge; the import continues: {DENIED}")
    assert_invariants(stack)


def test_eventbridge_rejects_the_first_event(stack: Stack, account: Account) -> None:
    account.event_bus.fail_next(NotPublishedError(DENIED))
    stack.deploy(properties(**ASKED))

    assert account.event_bus.asked == 4
    assert account.event_bus.statuses == OF_A_GOOD_JOB
    assert_invariants(stack)


def test_eventbridge_rejects_an_event_after_it_has_accepted_one(stack: Stack, account: Account, log: Log) -> None:
    account.event_bus.fail_next(NotPublishedError(DENIED))
    event = stack.begin("Create", properties(**ASKED))
    account.run(until=account.clock.now + 35)
    account.event_bus.fail_next(NotPublishedError("Rate exceeded"))
    stack.run(event)

    assert account.event_bus.statuses == OF_A_GOOD_JOB
    assert len([line for line in log.lines_from("WARNING") if "EventBridge" in line]) == 2
    assert_invariants(stack)


def test_a_function_that_is_killed_right_after_it_published_a_status_publishes_it_again(
    stack: Stack, account: Account
) -> None:
    def die() -> None:
        raise Killed

    event = stack.begin("Create", properties(**ASKED))
    after_next(account.event_bus, "publish", die)
    assert stack.run(event).succeeded

    assert account.event_bus.statuses == [OF_A_GOOD_JOB[0], OF_A_GOOD_JOB[1], *OF_A_GOOD_JOB[1:]]
    assert_invariants(stack)
