"""One execution for each request."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_handler.aws import error_codes
from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.cloudformation.state_machine import execution_name
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.request.execution import Execution
from tests.handler.support.aws_json import Service, error, serve

STATE_MACHINE_ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:waiter"
EVENT: dict[str, object] = {
    "RequestType": "Create",
    "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/6c81e0f0",
    "LogicalResourceId": "Import",
    "RequestId": "6c81e0f0-0000-11ee-8000-0a0b0c0d0e0f",
    "ResponseURL": "https://cloudformation.example/?X-Amz-Signature=abc",
    "CrHelperData": {"Progress": {"started_at": 1700000000.25}},
}
STARTED = {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:waiter:x", "startDate": 1700000000.0}


@pytest.fixture
def step_functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STEPFUNCTIONS", service.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", service.url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("STATE_MACHINE_ARN", STATE_MACHINE_ARN)
        state_machine._client.cache_clear()
        yield service
        state_machine._client.cache_clear()


def test_the_same_request_has_the_same_name_with_any_recorded_data() -> None:
    assert execution_name({**EVENT, "CrHelperData": {}}) == execution_name(EVENT)


def test_a_request_with_another_response_url_has_another_name() -> None:
    rollback = {**EVENT, "ResponseURL": "https://cloudformation.example/?X-Amz-Signature=def"}
    other = {**EVENT, "RequestId": "6c81e0f0-0000-11ee-8000-ffffffffffff"}
    other_stack = {**EVENT, "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/store/6c81e0f0"}

    assert len({execution_name(event) for event in (EVENT, rollback, other, other_stack)}) == 4


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_every_name_is_valid_for_step_functions_and_does_not_contain_the_url(request_id: str, url: str) -> None:
    name = execution_name({**EVENT, "RequestId": request_id, "ResponseURL": url})

    assert re.fullmatch("[0-9a-f-]{1,80}", name)


def test_an_execution_is_started_with_the_event(step_functions: Service) -> None:
    step_functions.respond_with(STARTED)

    state_machine.start_polling(EVENT)

    ((operation, parameters),) = step_functions.requests
    assert operation == "StartExecution"
    assert parameters["stateMachineArn"] == STATE_MACHINE_ARN
    assert parameters["name"] == execution_name(EVENT)
    assert json.loads(parameters["input"]) == {**EVENT, "StateMachineArn": STATE_MACHINE_ARN}


def test_an_execution_that_exists_already_is_no_error(step_functions: Service) -> None:
    step_functions.respond_with(error("ExecutionAlreadyExists"), STARTED)

    state_machine.start_polling(EVENT)

    assert len(step_functions.requests) == 1


DENIED = error("AccessDeniedException", "not authorized to perform: states:StartExecution")


THROTTLED = error("ThrottlingException", "Rate exceeded")


def test_starting_an_execution_is_retried_until_the_permission_is_effective(step_functions: Service) -> None:
    step_functions.respond_with(DENIED, DENIED, STARTED)
    slept: list[float] = []

    state_machine.start_polling(EVENT, slept.append)

    assert len(step_functions.requests) == 3
    assert slept == [5, 10]


def test_starting_an_execution_is_retried_while_there_is_no_capacity(step_functions: Service) -> None:
    of_one_try = 3
    step_functions.respond_with(*[THROTTLED] * of_one_try, STARTED)
    slept: list[float] = []

    state_machine.start_polling(EVENT, slept.append)

    assert slept == [5]


def test_an_execution_that_can_not_be_started_is_an_error_before_the_function_times_out(
    step_functions: Service,
) -> None:
    step_functions.respond_with(*[DENIED] * 9)
    slept: list[float] = []

    with pytest.raises(RefusedError, match="states:StartExecution"):
        state_machine.start_polling(EVENT, slept.append)

    assert len(step_functions.requests) == 6
    assert sum(slept) == error_codes.FRESH_SECONDS


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "ExpiredTokenException"])
def test_an_execution_is_started_once_the_credentials_of_a_new_role_are_effective(
    code: str, step_functions: Service
) -> None:
    unknown = error(code, "The security token included in the request is invalid.")
    step_functions.respond_with(unknown, unknown, STARTED)

    state_machine.start_polling(EVENT, lambda _: None)

    assert len(step_functions.requests) == 3


def test_any_other_error_is_raised_at_once(step_functions: Service) -> None:
    step_functions.respond_with(error("StateMachineDoesNotExist", "gone"))
    slept: list[float] = []

    with pytest.raises(RefusedError, match="gone"):
        state_machine.start_polling(EVENT, slept.append)

    assert slept == []


WAITING_EVENT = {**EVENT, "StateMachineArn": STATE_MACHINE_ARN}
LATER = {**EVENT, "RequestId": "later"}
EARLIER = {**EVENT, "RequestId": "earlier"}
OTHER = {**EVENT, "RequestId": "later", "LogicalResourceId": "Other"}


def executions(*events: dict[str, object], next_token: str | None = None) -> dict[str, object]:
    """Return a response of ListExecutions, in any order."""
    begun_at = {"earlier": 1699999999.5, "later": 1700000000.5}
    listed = [
        {
            "executionArn": f"{STATE_MACHINE_ARN}:{execution_name(event)}",
            "stateMachineArn": STATE_MACHINE_ARN,
            "name": execution_name(event),
            "status": "RUNNING",
            "startDate": begun_at.get(str(event["RequestId"]), 1700000000.0),
        }
        for event in events
    ]
    return {"executions": listed} | ({"nextToken": next_token} if next_token else {})


@pytest.mark.parametrize("listed", [[OTHER, LATER, EVENT], [EVENT, LATER], [EARLIER, LATER, EVENT]])
def test_a_request_is_superseded_by_a_later_one_for_its_resource(
    listed: list[dict[str, object]], step_functions: Service
) -> None:
    step_functions.respond_with(executions(*listed))

    assert state_machine.standing(WAITING_EVENT).is_superseded
    assert step_functions.requests[0][1]["stateMachineArn"] == STATE_MACHINE_ARN


@pytest.mark.parametrize("listed", [[EVENT], [OTHER, EVENT], [EARLIER, EVENT], [EARLIER, LATER], [OTHER], []])
def test_a_request_is_not_superseded_by_an_earlier_one_or_one_of_another_resource(
    listed: list[dict[str, object]], step_functions: Service
) -> None:
    step_functions.respond_with(executions(*listed))

    assert not state_machine.standing(WAITING_EVENT).is_superseded


OWN, SIGNED_LATER, SIGNED_EARLIER, WITHOUT = "r-own-1700000100", "r-x-1700000200", "r-x-1700000000", "r-x"
NOON, ONE = datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "own_start", "other_start", "superseded"),
    [
        (SIGNED_LATER, NOON, ONE, True),
        (SIGNED_LATER, ONE, NOON, True),
        (SIGNED_EARLIER, NOON, ONE, False),
        (SIGNED_EARLIER, ONE, NOON, False),
        ("r-x-1700000095", NOON, ONE, True),
        ("r-x-1700000105", ONE, NOON, False),
        ("r-x-1700000106", ONE, NOON, True),
        (WITHOUT, NOON, ONE, True),
        (WITHOUT, ONE, NOON, False),
    ],
)
def test_requests_are_ordered_by_the_dates_of_their_urls_and_otherwise_by_their_executions(
    other: str, own_start: datetime, other_start: datetime, *, superseded: bool
) -> None:
    executions = [Execution(OWN, own_start, True), Execution(other, other_start, False)]

    assert state_machine.has_later_request(OWN, executions) is superseded


def test_a_refresh_supersedes_no_request() -> None:
    refresh = f"{'a' * 32}-refresh-0-1700000200"
    executions = [Execution(OWN, NOON, True), Execution(refresh, ONE, True)]

    assert not state_machine.has_later_request(OWN, executions)


def test_the_name_of_an_execution_ends_with_the_date_of_the_url() -> None:
    signed = {**EVENT, "ResponseURL": "https://cloudformation.example/?X-Amz-Date=20231114T221320Z&X-Amz-Signature=a"}

    assert re.fullmatch("[0-9a-f]{32}-[0-9a-f]{20}-1700000000", execution_name(signed))


def test_later_requests_may_fill_several_pages(step_functions: Service) -> None:
    step_functions.respond_with(executions(OTHER, next_token="1"), executions(LATER, EVENT))

    assert state_machine.standing(WAITING_EVENT).is_superseded


def test_a_throttled_page_of_executions_is_left_to_the_next_poll(step_functions: Service) -> None:
    of_one_call = 3
    step_functions.respond_with(executions(OTHER, next_token="1"), *[THROTTLED] * of_one_call)

    with pytest.raises(BusyError, match="Rate exceeded"):
        state_machine.standing(WAITING_EVENT)

    assert len(step_functions.requests) == 1 + of_one_call


def test_a_missing_permission_to_list_executions_is_an_error(step_functions: Service) -> None:
    step_functions.respond_with(error("AccessDeniedException", "not authorized to perform: states:ListExecutions"))

    with pytest.raises(RefusedError, match="not authorized") as refusal:
        state_machine.standing(WAITING_EVENT)

    assert not isinstance(refusal.value, BusyError)
