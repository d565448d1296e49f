"""The same event twice, and the waiter's start: failing, or answered twice."""

import pytest

from personalize_import_handler.personalize import Refused
from tests.faults.invariants import assert_invariants
from tests.faults.stack import Stack, after_next, another_instance
from tests.handler.account import Account, Killed
from tests.handler.fakes import Course, FakePersonalize
from tests.handler.properties import DATA_LOCATION, properties

OTHER_LOCATION = "s3://shop-data/interactions-2/"


@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "create_dataset_import_job"])
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_same_event_in_parallel(
    operation: str, request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    event = stack.event(request_type, properties(DataLocation=OTHER_LOCATION))
    twin = another_instance(account)
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
def test_the_same_event_again_after_its_answer_gets_the_same_answer(
    request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    event = stack.begin(request_type, properties(DataLocation=OTHER_LOCATION))
    stack.run(event)
    account.clock.advance(120)
    account.deliver(event)

    assert [answer.succeeded for answer in account.answers[event["ResponseURL"]]] == [True, True]
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


def test_a_start_of_the_waiter_that_fails_is_rolled_back_and_the_next_deployment_joins_the_job(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    account.refuse_to_wait(RuntimeError("ServiceUnavailable"))
    failed = stack.deploy(properties())
    stack.generation = 2

    assert failed.reason.startswith("ServiceUnavailable. The waiter could not be started")
    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
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
    helper, start, calls = account.functions._helper, account._start_waiting, iter(range(2))

    def start_and_die_at_first(event: dict[str, object]) -> None:
        start(event)
        if next(calls) == 0:
            raise Killed

    monkeypatch.setattr(helper, "_start_waiting", start_and_die_at_first)

    assert stack.deploy(properties()).succeeded
    assert len(account.executions) == 1
    assert next(calls, None) is None
    assert_invariants(stack)


def test_a_request_that_is_refused_for_good_and_comes_again(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    refused = Refused("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused, times=2)
    event = stack.begin("Create", properties())
    account.deliver(event)

    answers = account.answers[event["ResponseURL"]]
    assert [answer.reason for answer in answers] == [answers[0].reason] * 2
    assert personalize.jobs == {}
    assert_invariants(stack)
