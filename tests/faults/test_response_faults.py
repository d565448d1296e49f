"""Sending the response: endpoints that fail, and reasons of any length and script."""

import json
from functools import partial

import pytest

from personalize_import_handler.cloudformation.responses import BODY_BYTES_MAX, send
from personalize_import_handler.contract.printable import printable
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.conftest import Log
from tests.handler.support.account import LAMBDA_ATTEMPTS, Account
from tests.handler.support.endpoint import Act, Endpoint
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties

REASONS = {
    "10 KB": "Length cannot be more than 256 characters. " * 240,
    "emoji": "Broken row 👻 " * 900,
    "newlines": "Broken row\n\nline 2\r\nline 3",
    "quotes": '"' * 5000,
}


@pytest.mark.parametrize("lost", range(1, LAMBDA_ATTEMPTS))
def test_the_lost_response_of_on_event_is_sent_again(
    lost: int, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    account.undeliverable = lost

    assert stack.deploy(properties(Wait=False)).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


@pytest.mark.parametrize("lost", [1, 5, 100])
def test_the_lost_response_of_a_poll_is_sent_again(lost: int, stack: Stack, account: Account) -> None:
    event = stack.begin("Create", properties())
    account.undeliverable = lost

    assert stack.run(event).succeeded
    assert_invariants(stack)


@pytest.mark.parametrize("lost", range(1, LAMBDA_ATTEMPTS))
def test_the_lost_response_to_a_delete_is_sent_again(lost: int, stack: Stack, account: Account) -> None:
    stack.deploy(properties())
    account.undeliverable = lost

    assert stack.back_to(None).succeeded
    assert_invariants(stack)


def served_account(endpoint: Endpoint) -> tuple[Account, Stack]:
    account = Account(send=partial(send, sleep=lambda _: None, timeout_seconds=0.2), execution_seconds_max=1000)
    return account, Stack(account, endpoint=endpoint.url)


@pytest.mark.parametrize("script", [[403, 200], [500, 500, 200]], ids=["403", "500 twice"])
def test_the_endpoint_rejects_the_first_responses(script: list[Act], endpoint: Endpoint) -> None:
    account, stack = served_account(endpoint)
    endpoint.script = list(script)

    stack.begin("Create", properties())
    account.run()

    assert {json.loads(put.body)["Status"] for put in endpoint.puts} == {"SUCCESS"}
    assert len(endpoint.puts) == len(script)
    assert len(account.personalize.jobs) == 1
    assert account.abandoned == []


@pytest.mark.parametrize("act", [403, "hang up", "never answer"])
def test_an_endpoint_that_always_fails_ends_the_functions_with_a_log_message(
    act: Act, endpoint: Endpoint, log: Log
) -> None:
    account, stack = served_account(endpoint)
    account.execution_seconds_max = 60
    endpoint.script = [act] * 1000

    stack.begin("Create", properties(Wait=False))
    account.run()

    assert len(account.abandoned) == 1
    assert any("CloudFormation did not accept the response" in line for line in log.lines)
    assert len(account.personalize.jobs) == 1


def test_an_endpoint_that_refuses_connections_ends_the_functions_with_a_log_message(log: Log) -> None:
    account = Account(send=partial(send, sleep=lambda _: None, timeout_seconds=0.2), execution_seconds_max=60)
    stack = Stack(account, endpoint="https://127.0.0.1:1")

    stack.begin("Create", properties(Wait=False))
    account.run()

    assert len(account.abandoned) == 1
    assert any("CloudFormation did not accept the response" in line for line in log.lines)


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS.keys())
def test_a_failure_reason_of_any_length_and_script_fits_into_the_response(reason: str, endpoint: Endpoint) -> None:
    account, stack = served_account(endpoint)
    account.personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason=reason)

    stack.begin("Create", properties())
    account.run()

    (put,) = endpoint.puts
    assert len(put.body) <= BODY_BYTES_MAX
    assert json.loads(put.body)["Reason"].startswith(printable(reason.strip())[:1000])


def test_an_update_with_a_long_failure_reason_is_rolled_back(stack: Stack, personalize: FakePersonalize) -> None:
    stack.deploy(properties())
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason=REASONS["emoji"])

    assert not stack.deploy(properties(ReimportToken="2")).succeeded
    assert_invariants(stack)
