"""Polls that work again after the hour for which CloudFormation waits."""

import pytest

from personalize_import_handler.errors import BusyError
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize(("seconds", "is_over"), [(3590, False), (3601, True)])
def test_an_hour_after_the_request_no_job_is_started(
    request_type: str,
    seconds: int,
    cloudformation: CloudFormation,
    account: Account,
    personalize: FakePersonalize,
    *,
    is_over: bool,
) -> None:
    cloudformation.create(properties())
    personalize.fail_next("create_dataset_import_job", Killed())
    event = cloudformation.begin(request_type, properties(ReimportToken="2"))
    account.clock.now += seconds - 15  # until the state machine retries
    jobs = len(personalize.jobs)
    execution = [*account.executions.values()][-1]
    execution.due_at = account.clock.now + 15

    account.run()

    response = cloudformation.response_to(event)
    assert ("all polls have failed until then" in response.reason) is is_over
    assert len(personalize.jobs) == jobs


def test_an_hour_after_the_request_its_job_is_still_polled(cloudformation: CloudFormation, account: Account) -> None:
    event = cloudformation.begin("Create", properties())
    account.clock.now += 3700

    account.run()

    assert cloudformation.response_to(event).succeeded


@pytest.mark.parametrize("is_refused", [True, False])
def test_the_hour_is_measured_by_the_clock_of_the_service(
    cloudformation: CloudFormation,
    account: Account,
    personalize: FakePersonalize,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_refused: bool,
) -> None:
    personalize.fail_next("create_dataset_import_job", Killed())
    event = cloudformation.begin("Create", properties())
    personalize.calls.clear()
    # Until the service has responded, a new process has the time of the machine, which is ahead.
    monkeypatch.setattr(
        personalize, "now", lambda: account.clock.now + (0 if personalize.calls and not is_refused else 7200)
    )
    if is_refused:
        personalize.fail_next(
            "dataset_created_at", BusyError("DescribeDataset", "ThrottlingException", "Rate exceeded")
        )

    account.run()

    assert cloudformation.response_to(event).succeeded is not is_refused
