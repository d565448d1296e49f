"""The next time of a schedule: expressions of EventBridge, time zones, daylight saving time, start and end."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from personalize_import_cli.stack.next_run import Schedule, next_run

NOON = "2026-11-28T12:00:00"
BERLIN = "Europe/Berlin"


def seconds(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def next_of(schedule: Schedule, now: str) -> str | None:
    time = next_run(schedule, seconds(now))
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat()[:19]


@pytest.mark.parametrize(
    ("expression", "now", "expected"),
    [
        ("cron(0 3 * * ? *)", NOON, "2026-11-29T03:00:00"),
        ("cron(0 12 * * ? *)", NOON, "2026-11-29T12:00:00"),
        ("cron(0/15 8-17 ? * MON-FRI *)", NOON, "2026-11-30T08:00:00"),
        ("cron(0 12 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T12:00:00"),
        ("cron(0 12 15W * ? *)", "2026-08-01T00:00:00", "2026-08-14T12:00:00"),
        ("cron(0 12 ? * 2#1 *)", NOON, "2026-12-07T12:00:00"),
        ("cron(0 12 ? * 6L *)", NOON, "2026-12-25T12:00:00"),
        ("cron(0 0 1 1 ? 2025)", NOON, None),
        ("at(2026-11-28T12:00:01)", NOON, "2026-11-28T12:00:01"),
        ("at(2026-11-28T12:00:00)", NOON, None),
    ],
)
def test_an_expression_has_a_next_time(expression: str, now: str, expected: str | None) -> None:
    assert next_of(Schedule(expression), now) == expected


@pytest.mark.parametrize(
    ("expression", "now", "expected"),
    [
        ("cron(0 3 * * ? *)", "2026-07-01T12:00:00", "2026-07-02T01:00:00"),
        ("cron(0 3 * * ? *)", NOON, "2026-11-29T02:00:00"),
        ("at(2026-11-29T03:00:00)", NOON, "2026-11-29T02:00:00"),
        # 2:30 doesn't exist on the last Sunday of March, and exists twice on the last one of October.
        ("cron(30 2 * * ? *)", "2027-03-27T12:00:00", "2027-03-29T00:30:00"),
        ("cron(30 2 * * ? *)", "2026-10-24T12:00:00", "2026-10-25T00:30:00"),
        ("cron(30 2 * * ? *)", "2026-10-25T00:30:00", "2026-10-26T01:30:00"),
    ],
)
def test_a_time_is_in_the_time_zone_of_the_schedule(expression: str, now: str, expected: str) -> None:
    assert next_of(Schedule(expression, BERLIN), now) == expected


@pytest.mark.parametrize(
    ("expression", "times", "expected"),
    [
        ("rate(1 hour)", {"created": seconds("2026-11-28T11:10:00")}, "2026-11-28T12:10:00"),
        ("rate(30 minutes)", {"created": seconds("2026-11-28T11:00:00")}, "2026-11-28T12:30:00"),
        (
            "rate(2 days)",
            {"created": seconds("2026-11-20T00:00:00"), "start": seconds("2026-11-27T09:00:00")},
            "2026-11-29T09:00:00",
        ),
        ("rate(2 days)", {"start": seconds("2026-12-24T09:00:00")}, "2026-12-24T09:00:00"),
        ("cron(0 3 * * ? *)", {"start": seconds("2026-12-24T03:00:00")}, "2026-12-24T03:00:00"),
        ("cron(0 3 * * ? *)", {"end": seconds("2026-11-29T02:00:00")}, None),
        ("cron(0 3 * * ? *)", {"end": seconds("2026-11-29T03:00:00")}, "2026-11-29T03:00:00"),
    ],
)
def test_start_and_end_limit_the_times_and_a_rate_counts_from_its_start(
    expression: str, times: dict[str, Any], expected: str | None
) -> None:
    assert next_of(Schedule(expression, **times), NOON) == expected


@pytest.mark.parametrize("expression", ["cron(0 12 LW * ? *)", "cron(0 12)", "every day", "rate(1 hour)", "at(noon)"])
def test_an_expression_that_can_not_be_evaluated_is_an_error(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        next_run(Schedule(expression), seconds(NOON))


def test_a_schedule_is_shown_with_its_time_zone() -> None:
    assert str(Schedule("cron(0 3 * * ? *)", BERLIN)) == "cron(0 3 * * ? *) Europe/Berlin"
    assert str(Schedule("rate(1 hour)")) == "rate(1 hour)"
