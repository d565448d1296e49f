"""Windows, times and execution names of refreshes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.refresh_event import QUIET_SECONDS_MAX, UNUSED_PROPERTIES
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.request.execution import refresh_name_of
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.refresh_request import (
    RefreshRequest,
    Window,
    parse_refresh_request,
    refresh_execution_name,
    requested_time,
    wait_seconds,
    window_of,
)
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN
from tests.handler.support.fakes_stacks import stack_id_of
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

PROVIDER = Provider(stack_id_of("shop"))
QUIET = st.just(0) | st.integers(10, QUIET_SECONDS_MAX)
TIMES = st.floats(1e9, 9e9)


def event(**members: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"properties": properties(), **members}
    return CloudFormation(Account()).refresh_event(**given)


def request(**members: Any) -> RefreshRequest:
    return parse_refresh_request(event(**members), PROVIDER)


@given(TIMES, QUIET)
def test_the_window_of_an_event_contains_its_time(requested_at: float, quiet: int) -> None:
    window = window_of(requested_at, quiet)

    assert window.start <= requested_at < window.start + window.width
    assert window.width == max(1, -(-quiet // 4))


@given(TIMES, QUIET, st.floats(-100, 100_000))
def test_a_refresh_starts_after_the_quiet_period_and_at_most_a_quarter_of_it_later(
    requested_at: float, quiet: int, delay: float
) -> None:
    window = window_of(requested_at, quiet)
    started_at = requested_at + delay + wait_seconds(window, requested_at + delay)

    if quiet and delay >= 0:
        assert started_at >= requested_at + quiet
        assert started_at <= max(requested_at + quiet * 1.25 + 2, requested_at + delay)


@pytest.mark.parametrize("now", [0, 1e9, 1_700_000_000, 1e11])
def test_the_wait_is_never_longer_than_window_and_quiet_period(now: float) -> None:
    assert 0 <= wait_seconds(Window(1_700_000_000, 60), now) <= 75


def test_a_refresh_without_a_quiet_period_does_not_wait() -> None:
    assert wait_seconds(window_of(1_700_000_000.5, 0), 1_700_000_000.5) == 0


def test_a_hundred_uploads_within_a_minute_are_at_most_five_executions() -> None:
    names = {request(quiet_seconds=60, requested_at=1_700_000_000 + n * 0.6).execution_name for n in range(100)}

    assert 4 <= len(names) <= 5


@given(requested_at=TIMES, quiet=QUIET, always=st.booleans())
def test_an_execution_name_contains_its_trigger_and_window_and_is_valid(
    requested_at: float, quiet: int, *, always: bool
) -> None:
    window = window_of(requested_at, quiet)
    name = refresh_execution_name(stack_id_of("shop"), "Import", window, always=always)
    parts = refresh_name_of(name)

    assert re.fullmatch("[0-9a-z-]{1,80}", name)
    assert parts
    assert Window(parts.window_start, parts.quiet_seconds) == window
    assert parts.trigger.endswith("a") == always


@pytest.mark.parametrize(
    "name", [f"{'0' * 32}-{'1' * 32}-1700000000", f"{'0' * 32}-{'1' * 32}", "refresh-0-1700000000"]
)
def test_the_execution_of_a_request_is_no_refresh(name: str) -> None:
    assert refresh_name_of(name) is None


def test_triggers_with_other_options_have_other_executions() -> None:
    requests = (request(), request(quiet_seconds=60), request(always=True), request(requested_at=1.6e9))

    assert len({each.execution_name for each in requests}) == 4


def test_other_resources_and_stacks_have_other_executions() -> None:
    window = window_of(1.7e9, 0)
    resources = [(stack_id_of("shop"), "Import"), (stack_id_of("shop"), "Other"), (stack_id_of("store"), "Import")]

    assert len({refresh_execution_name(*each, window, always=False) for each in resources}) == 3


def test_the_execution_that_is_started_has_the_name_of_the_request() -> None:
    for options in ({}, {"quiet_seconds": 60, "always": True}):
        assert state_machine.execution_name(event(**options)) == request(**options).execution_name


def test_a_refresh_has_the_properties_of_the_event_and_the_timeout_of_a_whole_job() -> None:
    parsed = request(properties=properties(Preflight="true"), timeout_seconds=100_000, always=True)

    assert parsed.properties.preflight
    assert parsed.properties.timeout_seconds == 100_000
    assert parsed.always
    assert parsed.resource.logical_id == "Import"


def test_properties_that_a_refresh_does_not_use_are_removed() -> None:
    sent = event()
    sent["ResourceProperties"] |= dict.fromkeys(UNUSED_PROPERTIES, "forged")

    assert parse_refresh_request(sent, PROVIDER) == request()
    assert request().properties == ImportProperties(DATASET_ARN, *request().properties[1:3], timeout_seconds=3300)


def test_invalid_properties_fail_with_their_problems() -> None:
    with pytest.raises(ImportFailedError, match="DataLocation must be a CSV file or a folder"):
        request(properties=properties(DataLocation="data"))


@pytest.mark.parametrize(
    "text", ["", "2026-11-28", "2026-11-28T03:00:00", "2026-11-28T03:00:00+00:00", "2026-13-28T03:00:00Z"]
)
def test_a_time_has_the_format_of_eventbridge(text: str) -> None:
    assert requested_time("2023-11-14T22:13:20Z") == 1_700_000_000
    with pytest.raises(ValueError, match="time"):
        requested_time(text)
