"""Events that are delivered twice, and StartExecution calls that fail."""

import pytest

from personalize_import_handler.errors import RefusedError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack, after_next
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties

OTHER_LOCATION = "s3://shop-data/interactions-2/"


@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "create_dataset_import_job"])
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_same_event_is_delivered_twice_in_parallel(
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


def test_the_same_create_is_delivered_again_while_the_job_runs(stack: Stack, account: Account) -> None:
    event = stack.begin("Create", properties())
    account.step()
    account.deliver(event)

    assert stack.run(event).succeeded
    assert len(account.executions) == 1
    assert_invariants(stack)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_same_event_is_delivered_again_after_its_response(
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


def test_the_same_delete_is_delivered_twice(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=900)
    stack.deploy(properties(Wait=False))
    event = stack.begin("Delete", properties())
    account.deliver(event)
    stack.settled = None

    assert stack.run(event).sent_at - event_time(personalize) >= 900
    assert_invariants(stack)


def event_time(personalize: FakePersonalize) -> float:
    return next(iter(personalize.jobs.values())).created_at


def test_a_create_whose_state_machine_can_not_be_started_starts_no_job(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    account.fail_start_execution(RuntimeError("ServiceUnavailable"))
    failed = stack.deploy(properties())
    assert failed.reason.startswith("ServiceUnavailable. The state machine could not be started")
    assert personalize.jobs == {}
    stack.generation = 2

    assert stack.deploy(properties()).succeeded
    assert_invariants(stack)


def test_an_update_whose_state_machine_can_not_be_started_keeps_the_old_data(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    account.fail_start_execution(RuntimeError("ServiceUnavailable"))

    assert not stack.deploy(properties(DataLocation=OTHER_LOCATION)).succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_a_state_machine_is_started_although_the_call_has_failed(
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
def test_a_request_that_fails_permanently_is_delivered_again(
    wanted: dict[str, object], stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused)
    event = stack.begin("Create", wanted)
    account.deliver(event)
    account.run()

    assert {response.reason for response in account.responses[event["ResponseURL"]]} == {
        stack.response_to(event).reason
    }
    assert personalize.jobs == {}
    assert_invariants(stack)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_an_event_is_delivered_again_after_its_job_has_failed(
    request_type: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        stack.deploy(properties())
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED")
    event = stack.begin(request_type, properties(DataLocation=OTHER_LOCATION))
    stack.run(event)
    personalize.job_behavior = JobBehavior()
    account.deliver(event)

    assert len(personalize.calls_of("create_dataset_import_job")) == len(stack.requests)
    assert_invariants(stack)


def test_a_function_is_killed_after_it_has_started_a_job_that_fails_at_once(
    stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED", failure_reason="Broken row")
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert stack.create(properties()).reason.startswith("Broken row")
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_an_old_event_is_delivered_again_after_the_response_to_a_later_one(stack: Stack, account: Account) -> None:
    old = stack.begin("Create", properties())
    stack.run(old)
    stack.deploy(properties(DataLocation=OTHER_LOCATION))
    account.deliver(old)

    assert_invariants(stack)
