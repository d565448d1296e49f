"""The usage of functions and state machines is counted as AWS bills it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench import usage
from bench.prices import cost

START = datetime(2026, 1, 1, tzinfo=UTC)


def history(*events: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"type": name, "timestamp": START + timedelta(seconds=at)} for name, at in events]


TWO_POLLS = history(
    ("ExecutionStarted", 0),
    ("WaitStateEntered", 0),
    ("TaskStateEntered", 1),
    ("TaskScheduled", 1),
    ("TaskFailed", 3),
    ("TaskScheduled", 8),
    ("TaskSucceeded", 9),
    ("SucceedStateEntered", 9),
    ("ExecutionSucceeded", 9),
)


def test_a_retry_is_a_state_transition_like_each_entered_state() -> None:
    assert usage.transitions(TWO_POLLS) == 4


def test_a_failed_task_is_an_error_and_each_task_has_a_duration() -> None:
    assert usage.errors(TWO_POLLS) == 1
    assert usage.poll_times(TWO_POLLS) == [2, 1]


def test_invocations_are_billed_by_their_reports() -> None:
    report_line = (
        "REPORT RequestId: 1\tDuration: 48 ms\tBilled Duration: 50 ms\tMemory Size: 256 MB\tMax Memory Used: 9"
    )
    lines = ["START RequestId: 1", report_line, f"said in passing: {report_line}"]

    used = usage.used({"arm64": lines, "x86_64": [report_line]}, [TWO_POLLS, TWO_POLLS])

    assert used.invocations == 2
    assert used.gb_seconds == {"arm64": 0.0125, "x86_64": 0.0125}
    assert (used.transitions, used.errors, used.poll_seconds) == (8, 2, 1.5)
    assert used.cost == pytest.approx(cost(2, {"arm64": 0.0125, "x86_64": 0.0125}, 8))


def test_costs_match_the_price_lists() -> None:
    assert cost(1_000_000, {}, 0) == pytest.approx(0.20)
    assert cost(0, {"arm64": 1000, "x86_64": 1000}, 0) == pytest.approx(0.0300001)
    assert cost(0, {}, 1000) == pytest.approx(0.025)
