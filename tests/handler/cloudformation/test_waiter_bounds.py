"""Limits of retries for starting and listing executions, and permanent errors."""

from typing import Any

import pytest
from botocore.config import Config

from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.cloudformation.state_machine import execution_name
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.cloudformation.test_waiter import EVENT, LATER, OTHER, WAITING_EVENT, executions, step_functions
from tests.handler.support.aws_json import Service, error

__all__ = ["step_functions"]


@pytest.fixture
def unreachable(step_functions: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_machine, "CLIENT_CONFIG", Config(retries={"total_max_attempts": 1}))
    for name in ("STEPFUNCTIONS", "SFN"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", "http://127.0.0.1:1")


def test_requests_for_a_resource_of_the_same_name_in_another_stack_have_different_names() -> None:
    other = execution_name({**EVENT, "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/store/6c81e0f0"})

    assert other.partition("-")[0] != execution_name(EVENT).partition("-")[0]


@pytest.mark.usefixtures("unreachable")
def test_without_a_connection_starting_an_execution_is_retried_for_two_minutes() -> None:
    slept: list[float] = []

    with pytest.raises(BusyError, match="EndpointConnectionError"):
        state_machine.start_polling(EVENT, slept.append)

    assert slept == [5, 10, 20, 40, 45]


@pytest.mark.parametrize(
    "code", ["InvalidArn", "InvalidExecutionInput", "StateMachineDeleting", "StateMachineDoesNotExist"]
)
def test_a_permanent_error_is_raised_at_once(code: str, step_functions: Service) -> None:
    step_functions.respond_with(error(code, "gone"), *[error("Unknown", "asked again")] * 9)

    with pytest.raises(RefusedError, match="gone"):
        state_machine.start_polling(EVENT, lambda _: None)


@pytest.mark.usefixtures("unreachable")
def test_executions_can_be_listed_later_if_there_is_no_connection() -> None:
    with pytest.raises(BusyError) as busy:
        state_machine.standing(WAITING_EVENT)

    assert busy.value.code == "EndpointConnectionError"


HOUR = 3600
REFRESH = {
    "RequestType": "Refresh",
    "RequestedAt": "2023-11-14T22:13:20Z",
    "QuietSeconds": 0,
    "Always": False,
    "StackId": EVENT["StackId"],
    "LogicalResourceId": "Import",
    "StateMachineArn": WAITING_EVENT["StateMachineArn"],
}


@pytest.mark.parametrize(
    ("event", "hours", "pages"),
    [(WAITING_EVENT, 5.9, 2), (WAITING_EVENT, 6.1, 1), (REFRESH, 44.4, 2), (REFRESH, 44.6, 1)],
)
def test_executions_that_ended_too_early_to_matter_are_not_listed(
    event: dict[str, Any], hours: float, pages: int, step_functions: Service
) -> None:
    step_functions.respond_with(executions(EVENT, OTHER, next_token="1"), executions(LATER))

    listed = state_machine.list_executions({**event, "ReceivedAt": 1_700_000_000 + hours * HOUR})

    assert len(step_functions.requests) == pages
    assert len(listed) == {1: 0, 2: 2}[pages]


def test_an_execution_that_began_early_and_ended_late_does_not_end_the_list(step_functions: Service) -> None:
    listed: dict[str, Any] = executions(OTHER, EVENT, LATER)
    received_at = 1_700_000_000 + 7 * HOUR
    listed["executions"][0]["stopDate"] = received_at
    listed["executions"][2]["startDate"] = listed["executions"][1]["startDate"] = received_at
    step_functions.respond_with(listed)

    assert len(state_machine.list_executions({**WAITING_EVENT, "ReceivedAt": received_at})) == 2


def test_at_most_ten_thousand_executions_are_listed(step_functions: Service) -> None:
    page = executions(*[OTHER] * 1000, next_token="1")
    step_functions.respond_with(*[page] * 10, executions(EVENT, LATER))

    assert not state_machine.standing(WAITING_EVENT).is_superseded
    assert len(step_functions.requests) == 10
