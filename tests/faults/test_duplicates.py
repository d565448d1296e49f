"""The same event twice, and the waiter's start: failing, or answered twice."""

import pytest

from personalize_import_handler.errors import RefusedError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack, after_next
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, properties

OTHER_LOCATION = "s3://shop-data/interactions-2/"


@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "create_dataset_import_job"])
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_same_event_in_parallel(
    operation: str, request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    event = stack.event(request_type, properties(DataLocation=OTHER_LOCATION))
    twin = account.instance()
    after_next(personalize, operation, lambda: twin.on_event(event, account.context))

    account.deliver(event)

    assert stack.run(event).succeeded
    assert personalize.imported() == [OTHER_LOCATION]
    assert_invariants(stack)


def test_the_same_create_again_while_the_job_runs(stack: Stack, account: Account) -> None:
    event = stack.begin("Create", properties())
    account.step()
    account.deliver(event)

    assert stack.run(event).succeeded
    assert len(account.executions) == 1
    assert_invariants(stack)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_same_event_again_after_its_answer_changes_nothing(
    request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    event = stack.begin(request_type, properties(DataLocation=OTHER_LOCATION))
    stack.run(event)
    account.clock.advance(120)
    account.deliver(event)

    assert len(account.executions) == len(stack.requests)
    assert personalize.imported() == [OTHER_LOCATION]
    assert_invariants(stack)


def test_the_same_delete_twice(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    personalize.course = Course(seconds=900)
    stack.deploy(properties(Wait=False))
    event = stack.begin("Delete", properties())
    account.deliver(event)
    stack.settled = None

    assert stack.run(event).answered_at - event_time(personalize) >= 900
    assert_invariants(stack)


def event_time(personalize: FakePersonalize) -> float:
    return next(iter(personalize.jobs.values())).created_at


def test_a_start_of_the_waiter_that_fails_is_rolled_back_and_no_job_was_started(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    account.refuse_to_wait(RuntimeError("ServiceUnavailable"))
    failed = stack.deploy(properties())
    assert failed.reason.startswith("ServiceUnavailable. The state machine could not be started")
    assert personalize.jobs == {}
    stack.generation = 2

    assert stack.deploy(properties()).succeeded
    assert_invariants(stack)


def test_a_start_of_the_waiter_that_fails_in_an_update_is_rolled_back_to_the_old_data(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    account.refuse_to_wait(RuntimeError("ServiceUnavailable"))

    assert not stack.deploy(properties(DataLocation=OTHER_LOCATION)).succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_a_waiter_that_was_started_although_the_function_never_heard_of_it(
    stack: Stack, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper, start, calls = account.functions._helper, account._start_polling, iter(range(2))

    def start_and_die_at_first(event: dict[str, object]) -> None:
        start(event)
        if next(calls) == 0:
            raise Killed

    monkeypatch.setattr(helper, "_start_polling", start_and_die_at_first)

    assert stack.deploy(properties()).succeeded
    assert len(account.executions) == 1
    assert next(calls, None) is None
    assert_invariants(stack)


@pytest.mark.parametrize("wanted", [properties(), {}], ids=["by the service", "by the handler"])
def test_a_request_that_is_refused_for_good_and_comes_again(
    wanted: dict[str, object], stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused)
    event = stack.begin("Create", wanted)
    account.deliver(event)
    account.run()

    assert {answer.reason for answer in account.answers[event["ResponseURL"]]} == {stack.answer_to(event).reason}
    assert personalize.jobs == {}
    assert_invariants(stack)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_an_event_comes_again_after_its_job_has_failed(
    request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    personalize.course = Course(seconds=0, end="CREATE FAILED")
    event = stack.begin(request_type, properties(DataLocation=OTHER_LOCATION))
    stack.run(event)
    personalize.course = Course()
    account.deliver(event)

    assert len(personalize.calls_of("create_dataset_import_job")) == len(stack.requests)
    assert_invariants(stack)


def test_a_function_dies_after_it_has_started_a_job_that_fails_at_once(
    stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=0, end="CREATE FAILED", failure_reason="Broken row")
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert stack.create(properties()).reason.startswith("Broken row")
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_an_old_event_comes_again_after_a_later_one_was_answered(stack: Stack, account: Account) -> None:
    old = stack.begin("Create", properties())
    stack.run(old)
    stack.deploy(properties(DataLocation=OTHER_LOCATION))
    account.deliver(old)

    assert_invariants(stack)
