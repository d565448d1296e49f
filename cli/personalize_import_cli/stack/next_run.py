"""The next time at which a schedule of EventBridge runs.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from datetime import UTC, datetime
from math import floor
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from aws_croniter import AwsCroniter

_EXPRESSION: Final = re.compile(r"(?P<kind>cron|rate|at)\((?P<value>[^()]*)\)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}


class Schedule(NamedTuple):
    """A schedule; times are epoch seconds."""

    expression: str
    time_zone: str = "UTC"
    start: float | None = None
    """The date before which it doesn't run; a rate counts from it, by default from the creation."""
    end: float | None = None
    created: float | None = None
    """When it was created; None if it is unknown."""

    def __str__(self) -> str:
        """Return the expression with its time zone."""
        return self.expression if self.time_zone == "UTC" else f"{self.expression} {self.time_zone}"


def next_run(schedule: Schedule, now: float) -> float | None:
    """Return the next time in epoch seconds; None if there is none.

    Raises:
        ValueError: The expression is one that this function can't evaluate, such as `LW`.
    """
    found = _EXPRESSION.fullmatch(schedule.expression)
    if not found:
        raise ValueError(f"not an expression of EventBridge: {schedule.expression}")
    after = max(now, (schedule.start or now) - 1)  # it may run at its start
    evaluate = {"cron": _next_cron, "rate": _next_rate, "at": _next_at}[found["kind"]]
    time = evaluate(found["value"], schedule, after)
    return None if time is None or (schedule.end is not None and time > schedule.end) else time


def _next_cron(value: str, schedule: Schedule, after: float) -> float | None:
    cron, zone = AwsCroniter(value.strip()), ZoneInfo(schedule.time_zone)
    # The library supports only UTC, so it gets the time of the zone as if it were UTC.
    moment = datetime.fromtimestamp(after, zone).replace(tzinfo=UTC)
    while moment := cron.occurrence(moment).next():
        time: float = moment.replace(tzinfo=zone).timestamp()
        is_skipped_by_daylight_saving = datetime.fromtimestamp(time, zone).replace(tzinfo=UTC) != moment
        if time > after and not is_skipped_by_daylight_saving:
            return time
    return None


def _next_rate(value: str, schedule: Schedule, after: float) -> float:
    number, unit = value.split()
    period = int(number) * _SECONDS[unit.removesuffix("s")]
    first = schedule.start or schedule.created
    if first is None:
        raise ValueError("unknown when the rate began")
    return first + max(0, floor((after - first) / period) + 1) * period


def _next_at(value: str, schedule: Schedule, after: float) -> float | None:
    time = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(schedule.time_zone)).timestamp()
    return time if time > after else None
