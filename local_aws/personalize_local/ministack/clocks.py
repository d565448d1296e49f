"""Which of ministack's services wait in the time of the Personalize service."""

from typing import Final

from ministack.services import eventbridge, stepfunctions

from personalize_local.personalize.clock import Clock

_TICK_SECONDS_MIN: Final = 0.02


def let_rules_follow(clock: Clock) -> None:
    """Let EventBridge's `rate(...)` mean the service's time."""
    rate = eventbridge._parse_rate_seconds  # noqa: SLF001

    def rate_seconds(expression: str) -> float | None:
        seconds = rate(expression)
        return None if seconds is None else seconds / clock.speed

    eventbridge._parse_rate_seconds = rate_seconds  # noqa: SLF001


def follow(clock: Clock) -> None:
    """Wait in the service's time from now on, so that a sped-up import is polled as often as a real one."""
    stepfunctions._SFN_WAIT_SCALE = 1 / clock.speed  # noqa: SLF001
    # AWS begins a scheduled rule's invocation within its minute; a second of the service's time is precise enough.
    eventbridge._SCHEDULER_TICK_INTERVAL = max(_TICK_SECONDS_MIN, 1 / clock.speed)  # noqa: SLF001
