"""The wait before the first call of Personalize: the functions with simulated services."""

import pytest

from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import RUNNING_MAX, FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.queue import begin_many
from tests.handler.support.simulator import CloudFormation
from tests.handler.support.wait_chain import WaitChain

AHEAD = 60
THROTTLED = BusyError("ListExecutions", "ThrottlingException", "Rate exceeded")
DENIED = RefusedError("ListExecutions", "AccessDeniedException", "not authorized to perform: states:ListExecutions")


@pytest.fixture
def busy(account: Account, personalize: FakePersonalize) -> Account:
    """Return an account in which many imports are queued, behind jobs that take hours."""
    personalize.job_behavior = JobBehavior(seconds=10_000)
    begin_many(account, AHEAD)
    account.run(until=account.clock.now + 300)
    personalize.calls.clear()
    return account


def seconds_until_first_call(account: Account, of_dataset: str) -> float:
    """Advance the clock until Personalize is called for a dataset, and return how long that took."""
    began = account.clock.now
    while not any(argument == of_dataset for _, argument in account.personalize.calls):
        account.step()
    return account.clock.now - began


def test_a_new_import_makes_its_first_call_two_seconds_later_for_each_import_ahead(busy: Account) -> None:
    given = properties()
    CloudFormation(busy).begin("Create", given)

    assert 1.5 * AHEAD <= seconds_until_first_call(busy, given["DatasetArn"]) <= 2.5 * AHEAD


def test_a_later_resource_of_a_wait_chain_waits_no_longer_because_its_job_may_have_ended(busy: Account) -> None:
    chain = WaitChain(busy, resource_count=2)
    first = chain.resources[0].begin("Create", chain.properties_of(properties(), 0, None))
    busy.run(until=busy.clock.now + 2500)
    busy.personalize.calls.clear()
    given = chain.properties_of(properties(), 1, chain.resources[0].response_to(first).job_arn)
    chain.resources[1].begin("Create", given)

    assert 1.5 * AHEAD <= seconds_until_first_call(busy, given["DatasetArn"]) <= 2.5 * AHEAD


def test_an_import_with_fewer_than_five_ahead_makes_its_first_call_at_once(account: Account) -> None:
    begin_many(account, RUNNING_MAX - 1)
    given = properties()
    CloudFormation(account).begin("Create", given)

    assert seconds_until_first_call(account, given["DatasetArn"]) == 0


def test_an_import_does_not_call_personalize_before_its_place_is_known(account: Account) -> None:
    account.fail_list_executions(THROTTLED)
    given = properties()
    CloudFormation(account).begin("Create", given)

    assert 15 <= seconds_until_first_call(account, given["DatasetArn"]) <= 25


def test_an_import_waits_no_longer_than_half_its_timeout_for_its_place(account: Account) -> None:
    account.fail_list_executions(*[THROTTLED] * 1000)

    response = CloudFormation(account).create(properties(TimeoutSeconds=600))

    assert response.reason.startswith("Timed out after 10 min: Rate exceeded")


def test_a_missing_permission_to_list_executions_fails_the_start_of_the_job(account: Account) -> None:
    account.fail_list_executions(*[DENIED] * 1000)

    response = CloudFormation(account).create(properties())

    assert "was not started: ListExecutions failed with AccessDeniedException" in response.reason
