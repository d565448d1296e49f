"""The simulated clock in EventBridge and Step Functions."""

from typing import Final

from ministack.services import eventbridge, stepfunctions

from personalize_local.personalize.clock import Clock

_TICK_SECONDS_MIN: Final = 0.02


def scale_schedule_rates(clock: Clock) -> None:
    """Interpret EventBridge's `rate(...)` as simulated time."""
    parse = eventbridge._parse_rate_seconds  # noqa: SLF001

    def rate_seconds(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds / clock.speed

    eventbridge._parse_rate_seconds = rate_seconds  # noqa: SLF001


def follow_clock(clock: Clock) -> None:
    """Apply the clock's current speed, so that an accelerated import is polled as often as a real one."""
    stepfunctions._SFN_WAIT_SCALE = 1 / clock.speed  # noqa: SLF001
    # AWS starts a scheduled rule within its minute; one second of simulated time is precise enough.
    eventbridge._SCHEDULER_TICK_INTERVAL = max(_TICK_SECONDS_MIN, 1 / clock.speed)  # noqa: SLF001
