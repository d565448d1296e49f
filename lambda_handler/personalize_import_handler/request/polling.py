"""Time until the next poll of a job, as a function of how long the job has been running.

Personalize emits no event when an import ends, so the handler has to poll. Imports usually take 4 to 17 minutes, and
hours in the worst case; the service allows one Describe request per second for the whole account.
"""

import random
from typing import Final

_POLL_INTERVALS: Final = (
    # (seconds since the start, seconds until the next poll). An early poll finds jobs that fail at once. No other is
    # known to end within four minutes, and most end within seventeen, so polls are frequent in that time. Later a delay
    # of up to 90 seconds is small next to the duration. docs/benchmarks.md has the resulting delays.
    (0, 30),
    (20, 105),
    (3 * 60, 12),
    (10 * 60, 10),
    (20 * 60, 30),
    (30 * 60, 60),
    (60 * 60, 90),
)
# New permissions are usually effective within a minute.
_RETRY_SECONDS: Final = 30
_RETRY_SPREAD: Final = 0.25
RETRY_SECONDS_MAX: Final = round(_RETRY_SECONDS * (1 + _RETRY_SPREAD))


def seconds_until_next_poll(elapsed_seconds: float) -> int:
    """Return the seconds until the next poll of a running job."""
    return next(wait for start, wait in reversed(_POLL_INTERVALS) if elapsed_seconds >= start or start == 0)


def seconds_until_retry() -> int:
    """Return the seconds until a refused call is retried; random, to spread the calls of several imports."""
    return _about(_RETRY_SECONDS, _RETRY_SPREAD)


def _about(seconds: int, spread: float) -> int:
    return round(seconds * random.uniform(1 - spread, 1 + spread))  # noqa: S311 - nothing depends on who can guess it
