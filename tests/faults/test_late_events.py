"""Events that reach the functions late: CloudFormation's hour has begun when it sent them."""

import pytest

from personalize_import_handler.cloudformation.custom_resource import Event
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, asset_properties, properties

HOUR = 3600
OTHER_LOCATION = "s3://shop-data/interactions-2/"


def test_an_event_that_comes_half_an_hour_late_is_answered_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=2 * HOUR)
    event = stack.event("Create", properties())
    sent_at = account.clock.now
    account.clock.advance(HOUR / 2)
    account.deliver(event)

    failed = stack.run(event)

    assert "after 55 min" in failed.reason
    assert failed.answered_at - sent_at == 55 * 60


def test_is_complete_that_is_first_invoked_after_half_an_hour_answers_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.dates_urls = False
    personalize.course = Course(seconds=2 * HOUR)
    sent_at = account.clock.now
    invoke = account.functions.is_complete

    def throttled(event: Event, context: object) -> Event:
        if account.clock.now < sent_at + HOUR / 2:
            raise RuntimeError("Lambda.TooManyRequestsException")
        return invoke(event, context)

    monkeypatch.setattr(account.functions, "is_complete", throttled)

    failed = stack.run(stack.begin("Create", properties()))

    assert failed.answered_at - sent_at == 55 * 60


def test_a_delete_that_comes_half_an_hour_late_is_answered_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=2 * HOUR)
    stack.deploy(properties(Wait=False))
    event = stack.event("Delete", properties())
    sent_at = account.clock.now
    account.clock.advance(HOUR / 2)
    account.deliver(event)

    assert stack.run(event).answered_at - sent_at < HOUR


@pytest.mark.parametrize("hours_late", [1, 5])
def test_an_update_that_comes_after_its_own_rollback_imports_nothing(
    hours_late: int, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    late = stack.event("Update", properties(DataLocation=OTHER_LOCATION))
    account.clock.advance(hours_late * HOUR)
    assert stack.update(properties()).succeeded, "CloudFormation has waited for an hour, and rolls back"

    account.deliver(late)
    account.run()

    answer = stack.answer_to(late)
    assert "was not started. Deploy again." in answer.reason
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_an_update_that_comes_minutes_after_its_own_rollback_imports_nothing(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    late = stack.event("Update", properties(DataLocation=OTHER_LOCATION))
    account.clock.advance(240)
    assert stack.update(properties()).succeeded, "the update was cancelled, and rolled back"
    account.clock.advance(60)

    account.deliver(late)
    account.run()

    assert "CloudFormation has sent another request for this resource" in stack.answer_to(late).reason
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_asset_files_that_take_longer_than_there_is_time_are_answered_within_the_hour_and_no_job_is_started(
    stack: Stack, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = asset_properties(*[f"{number}.csv" for number in range(20)])
    storage = account.storage
    storage.add_files(wanted["DataFiles"])
    storage.sizes = {file["Source"]: 2**34 for file in wanted["DataFiles"]}
    copy = storage.copy

    def copy_slowly(source: str, target: str) -> int:
        account.clock.advance(280)
        return copy(source, target)

    monkeypatch.setattr(storage, "copy", copy_slowly)
    sent_at = account.clock.now

    failed = stack.deploy(wanted)

    assert failed.reason.startswith("Timed out after")
    assert failed.answered_at - sent_at < HOUR
    assert personalize.jobs == {}
    assert_invariants(stack)
