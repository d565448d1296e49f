"""The times of schedules: expressions, time zones and daylight saving time."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

BERLIN = {"ScheduleExpressionTimezone": "Europe/Berlin"}
CASES: dict[str, tuple[dict[str, Any], str, str, list[str]]] = {
    "each day in UTC": (
        {"ScheduleExpression": "cron(0 3 * * ? *)"},
        *("2026-11-27T12:00Z", "2026-11-29T12:00Z"),
        ["2026-11-28T03:00Z", "2026-11-29T03:00Z"],
    ),
    "in a time zone, in winter and in summer": (
        {"ScheduleExpression": "cron(0 3 ? 1,7 2#1 2027)", **BERLIN},
        *("2026-01-01T00:00Z", "2028-01-01T00:00Z"),
        ["2027-01-04T02:00Z", "2027-07-05T01:00Z"],
    ),
    "from the first moment on and before the last": (
        {"ScheduleExpression": "cron(0/30 * * * ? *)"},
        *("2026-11-28T03:00Z", "2026-11-28T04:00Z"),
        ["2026-11-28T03:00Z", "2026-11-28T03:30Z"],
    ),
    "a time that daylight saving time skips": (
        {"ScheduleExpression": "cron(30 2 * * ? *)", **BERLIN},
        *("2027-03-27T12:00Z", "2027-03-29T12:00Z"),
        ["2027-03-29T00:30Z"],
    ),
    "a time that occurs twice": (
        {"ScheduleExpression": "cron(30 2 * * ? *)", **BERLIN},
        *("2027-10-30T12:00Z", "2027-11-01T12:00Z"),
        ["2027-10-31T00:30Z", "2027-11-01T01:30Z"],
    ),
    "after the first of a time that occurs twice": (
        {"ScheduleExpression": "cron(30 2 * * ? *)", **BERLIN},
        *("2027-10-31T00:31Z", "2027-10-31T12:00Z"),
        [],
    ),
    "a rate from its creation on": (
        {"ScheduleExpression": "rate(12 hours)"},
        *("2026-01-01T00:00Z", "2026-01-02T11:00Z"),
        ["2026-01-01T10:00Z", "2026-01-01T22:00Z", "2026-01-02T10:00Z"],
    ),
    "a rate from its start date on": (
        {"ScheduleExpression": "rate(1 day)", "StartDate": "2026-01-02T07:00:00Z", "EndDate": "2026-01-04T08:00:00Z"},
        *("2026-01-01T00:00Z", "2026-01-09T00:00Z"),
        ["2026-01-02T07:00Z", "2026-01-03T07:00Z", "2026-01-04T07:00Z"],
    ),
    "a rate of which some times have passed": (
        {"ScheduleExpression": "rate(1 day)"},
        *("2026-01-03T11:00Z", "2026-01-05T00:00Z"),
        ["2026-01-04T10:00Z"],
    ),
    "once, in a time zone": (
        {"ScheduleExpression": "at(2027-07-01T09:30:00)", **BERLIN},
        *("2026-01-01T00:00Z", "2028-01-01T00:00Z"),
        ["2027-07-01T07:30Z"],
    ),
    "once, in the past": (
        {"ScheduleExpression": "at(2026-07-01T09:30:00)"},
        *("2027-01-01T00:00Z", "2028-01-01T00:00Z"),
        [],
    ),
}

# ministack reads its configuration when it is imported, and so not in the process of the tests.
EVALUATE = """
import json, sys
from personalize_local.ministack.patches.schedule_times import times_between
print(json.dumps([list(times_between(*case)) for case in json.loads(sys.argv[1])]))
"""


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[float]]:
    environment = {**os.environ, "STATE_DIR": str(tmp_path_factory.mktemp("state"))}
    created = epoch("2026-01-01T10:00Z")
    cases = [[{"CreationDate": created, **case[0]}, epoch(case[1]), epoch(case[2])] for case in CASES.values()]
    command = [sys.executable, "-c", EVALUATE, json.dumps(cases)]
    root = Path(__file__).parents[4] / "local_aws"
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=root)
    assert run.returncode == 0, run.stderr
    return dict(zip(CASES, json.loads(run.stdout), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_schedule_has_the_documented_times(times: dict[str, list[float]], case: str) -> None:
    assert times[case] == [epoch(text) for text in CASES[case][3]]
