"""The times at which a schedule of EventBridge Scheduler invokes its target.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html

- `cron(...)` and `at(...)` are in the schedule's time zone. A time that daylight saving time skips is left out, and one
  that occurs twice counts once.
- `rate(...)` begins at the start date, or at once if there is none.

Assumed, because it is not documented: an update of a schedule doesn't move the times of its rate.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from ministack.services import eventbridge, scheduler


def times_between(schedule: Mapping[str, Any], since: float, until: float) -> Iterator[float]:
    """Return the times of a schedule from `since` on and before `until`, in seconds since the epoch."""
    start, end = scheduler._to_epoch(schedule.get("StartDate")), scheduler._to_epoch(schedule.get("EndDate"))  # noqa: SLF001
    for time in _times(schedule, since, until):
        if (start is None or start <= time) and (end is None or time <= end):
            yield time


def is_over(schedule: Mapping[str, Any], now: float) -> bool:
    """Return whether a schedule has no further times."""
    end, zone = scheduler._to_epoch(schedule.get("EndDate")), _zone(schedule)  # noqa: SLF001
    once = _once(schedule["ScheduleExpression"], zone)
    return (end is not None and end < now) or (once is not None and once < now)


def check_expression(schedule: Mapping[str, Any]) -> str | None:
    """Return the message of the service if it doesn't accept the schedule's expression or time zone."""
    expression = schedule["ScheduleExpression"]
    try:
        zone = _zone(schedule)
    except (KeyError, ValueError):
        return f"Invalid Schedule Expression Timezone {schedule['ScheduleExpressionTimezone']}."
    known = _once(expression, zone) or _rate(expression) or eventbridge._parse_cron_fields(expression)  # noqa: SLF001
    return None if known else f"Invalid Schedule Expression {expression}."


def _times(schedule: Mapping[str, Any], since: float, until: float) -> Iterator[float]:
    expression, zone = schedule["ScheduleExpression"], _zone(schedule)
    if (once := _once(expression, zone)) is not None:
        yield from [once] if since <= once < until else []
    elif rate := _rate(expression):
        start = scheduler._to_epoch(schedule.get("StartDate")) or schedule["CreationDate"]  # noqa: SLF001
        time = start + max(0, ceil((since - start) / rate)) * rate
        while time < until:
            yield time
            time += rate
    else:
        yield from _cron_times(expression, zone, since, until)


def _cron_times(expression: str, zone: ZoneInfo, since: float, until: float) -> Iterator[float]:
    fields = eventbridge._parse_cron_fields(expression)  # noqa: SLF001
    # ministack's search begins one minute later.
    moment: datetime | None = datetime.fromtimestamp(since, zone) - timedelta(minutes=1)
    while moment := eventbridge._cron_next_fire(fields, moment):  # noqa: SLF001
        time = moment.replace(fold=0).timestamp()
        if time >= until:
            return
        is_skipped = datetime.fromtimestamp(time, zone).replace(tzinfo=None) != moment.replace(tzinfo=None)
        if time >= since and not is_skipped:
            yield time


def _rate(expression: str) -> float | None:
    """Return the seconds of `rate(...)`, None for another expression."""
    return eventbridge._parse_rate_seconds(expression)  # type: ignore[no-any-return]  # noqa: SLF001


def _once(expression: str, zone: ZoneInfo) -> float | None:
    """Return the time of `at(...)`, None for another expression."""
    time = scheduler._at_time_epoch(expression)  # in UTC  # noqa: SLF001
    return None if time is None else datetime.fromtimestamp(time, UTC).replace(tzinfo=zone).timestamp()


def _zone(schedule: Mapping[str, Any]) -> ZoneInfo:
    return ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
