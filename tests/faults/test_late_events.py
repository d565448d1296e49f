"""Events that are delivered late: CloudFormation's hour starts when it sends them."""

import pytest

from personalize_import_handler.cloudformation.custom_resource import Event
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, asset_properties, properties

HOUR = 3600
OTHER_LOCATION = "s3://shop-data/interactions-2/"


def test_an_event_that_is_half_an_hour_late_has_a_response_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=2 * HOUR)
    event = stack.event("Create", properties())
    sent_at = account.clock.now
    account.clock.advance(HOUR / 2)
    account.deliver(event)

    failed = stack.run(event)

    assert "after 55 min" in failed.reason
    assert failed.sent_at - sent_at == 55 * 60


def test_is_complete_that_is_first_invoked_after_half_an_hour_responds_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.dates_urls = False
    personalize.job_behavior = JobBehavior(seconds=2 * HOUR)
    sent_at = account.clock.now
    invoke = account.functions.is_complete

    def throttled(event: Event, context: object) -> Event:
        if account.clock.now < sent_at + HOUR / 2:
            raise RuntimeError("Lambda.TooManyRequestsException")
        return invoke(event, context)

    monkeypatch.setattr(account.functions, "is_complete", throttled)

    failed = stack.run(stack.begin("Create", properties()))

    assert failed.sent_at - sent_at == 55 * 60


def test_a_delete_that_is_half_an_hour_late_has_a_response_within_the_hour(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=2 * HOUR)
    stack.deploy(properties(Wait=False))
    event = stack.event("Delete", properties())
    sent_at = account.clock.now
    account.clock.advance(HOUR / 2)
    account.deliver(event)

    assert stack.run(event).sent_at - sent_at < HOUR


@pytest.mark.parametrize("hours_late", [1, 5])
def test_an_update_that_is_delivered_after_its_rollback_imports_nothing(
    hours_late: int, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    late = stack.event("Update", properties(DataLocation=OTHER_LOCATION))
    account.clock.advance(hours_late * HOUR)
    assert stack.update(properties()).succeeded, "CloudFormation has waited for an hour, and rolls back"

    account.deliver(late)
    account.run()

    response = stack.response_to(late)
    assert "was not started. Deploy again." in response.reason
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_an_update_that_is_delivered_minutes_after_its_rollback_imports_nothing(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    late = stack.event("Update", properties(DataLocation=OTHER_LOCATION))
    account.clock.advance(240)
    assert stack.update(properties()).succeeded, "the update was cancelled, and rolled back"
    account.clock.advance(60)

    account.deliver(late)
    account.run()

    assert "CloudFormation has sent another request for this resource" in stack.response_to(late).reason
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_polls_that_time_out_until_the_hour_is_over_start_no_job(
    stack: Stack, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, sent_at = stack.event("Create", properties()), account.clock.now
    account.deliver(event)
    account.step()  # records the attempt
    (execution,) = account.executions.values()
    assert execution.data["CrHelperData"]["Progress"]["attempt"] == 1
    invoke = account.functions.is_complete

    def timed_out(event: Event, context: object) -> Event:
        if account.clock.now < sent_at + HOUR:
            account.clock.advance(300)
            raise TimeoutError
        return invoke(event, context)

    monkeypatch.setattr(account.functions, "is_complete", timed_out)
    account.run()

    assert "all polls have failed until then" in stack.response_to(event).reason
    assert personalize.jobs == {}


def test_copying_asset_files_for_too_long_fails_within_the_hour_and_starts_no_job(
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
    assert failed.sent_at - sent_at < HOUR
    assert personalize.jobs == {}
    assert_invariants(stack)
