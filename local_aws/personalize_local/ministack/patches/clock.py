"""The simulated clock in S3, EventBridge and Step Functions; for EventBridge Scheduler see `schedules`.

All other services of ministack use the real time; see docs/decisions/0023-one-clock.md.
"""

from datetime import UTC, datetime
from typing import Final

from ministack.services import eventbridge, s3, scheduler, stepfunctions

from personalize_local.personalize.clock import Clock

_TICK_SECONDS_MIN: Final = 0.02


def date_objects(clock: Clock) -> None:
    """Date S3's buckets, objects and events by the simulated clock, as Personalize dates its imports.

    A program that compares the `LastModified` of a file with the last import then finds the same order as on AWS:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """

    def now_iso() -> str:
        return f"{datetime.fromtimestamp(clock.now(), UTC):%Y-%m-%dT%H:%M:%S}.000Z"  # S3 has whole seconds

    s3.now_iso = now_iso


def date_events(clock: Clock) -> None:
    """Date events, and start scheduled rules, by the simulated clock."""
    eventbridge._now_ts = clock.now  # noqa: SLF001


def wait_for_simulated_time(clock: Clock) -> None:
    """Wait in executions by the simulated clock, so that an accelerated import is polled as often as a real one.

    ministack's own factor doesn't apply to executions that are already waiting when it changes.
    """
    stepfunctions._scaled_sleep = clock.sleep  # noqa: SLF001


def follow_clock(clock: Clock) -> None:
    """Start rules and schedules at the clock's current speed."""
    # AWS starts them within their minute; one second of simulated time is precise enough.
    tick_seconds = max(_TICK_SECONDS_MIN, 1 / clock.speed)
    eventbridge._SCHEDULER_TICK_INTERVAL = tick_seconds  # noqa: SLF001
    scheduler._SCHEDULE_TICK_INTERVAL = tick_seconds  # noqa: SLF001
