"""Time until the next poll of a job: a function of how long it has been running and of what earlier jobs have taken.

Personalize emits no event when an import ends, so the handler has to poll; the service allows one Describe request per
second for the whole account. Polls are rare until a job is likely to end, and then become more frequent the surer it is
that the job ends now: see docs/decisions/0030. docs/benchmarks.md has the resulting delays.
"""

import math
import random
from typing import Final, NamedTuple


class _Window(NamedTuple):
    """The time in which a job is expected to end, in seconds since its creation; any moment of it is equally likely."""

    start: float
    end: float
    factor: float
    """Waits are this many times the root of the seconds that are left: the least mean delay for a number of polls."""
    longest_wait: int
    """The longest wait until the window begins, in seconds."""

    def seconds_until_next_poll(self, elapsed_seconds: float) -> int:
        """Return the seconds until the next poll before the end of the window."""
        begins_at = max(elapsed_seconds, self.start)
        wait = begins_at - elapsed_seconds + self.factor * math.sqrt(self.end - begins_at)
        return min(self.longest_wait, max(_SHORTEST_WAIT, round(wait)))


LONGEST_WAIT: Final = 12 * 60
"""The longest wait in seconds. A job that ends sooner than the earlier ones is detected at most this much later."""
_SHORTEST_WAIT: Final = 2
_SPREAD: Final = 0.25
"""Similar imports take as long as the earlier ones, plus or minus this share."""
_FACTOR: Final = 0.4125
# Most imports take 4 to 17 minutes. In this wider window, a larger factor keeps the number of polls below 40.
_FIRST_IMPORT: Final = _Window(start=4 * 60, end=17 * 60, factor=0.52, longest_wait=120)
# An early poll finds jobs that fail at once.
_EARLY_SECONDS: Final = 20
_EARLY_WAIT: Final = 30
_LATER_WAITS: Final = (
    # (seconds since the creation of the job, seconds until the next poll). The waits are small next to the duration.
    (0, 30),
    (30 * 60, 60),
    (60 * 60, 100),
)
# New permissions are usually effective within a minute.
_RETRY_SECONDS: Final = 30
_RETRY_SPREAD: Final = 0.25
RETRY_SECONDS_MAX: Final = round(_RETRY_SECONDS * (1 + _RETRY_SPREAD))
# Fifteen queued imports then send 15/45 = a third of a request per second together. The random spread keeps them from
# exceeding the limit of requests at one moment.
_QUEUED_SECONDS: Final = 45
_QUEUED_SPREAD: Final = 0.5


def seconds_until_next_poll(elapsed_seconds: float, usual_seconds: int | None = None) -> int:
    """Return the seconds until the next poll of a running job.

    Args:
        elapsed_seconds: How long the job has been running.
        usual_seconds: How long similar jobs have taken; None if there were none. When a job takes much longer than
            that, it is polled as if there were none.
    """
    windows = [_window_around(usual_seconds), _FIRST_IMPORT] if usual_seconds else [_FIRST_IMPORT]
    longest = _EARLY_WAIT if elapsed_seconds < _EARLY_SECONDS else LONGEST_WAIT
    for window in windows:
        if elapsed_seconds < window.end:
            return min(longest, window.seconds_until_next_poll(elapsed_seconds))
    return next(wait for start, wait in reversed(_LATER_WAITS) if elapsed_seconds >= start)


def seconds_until_retry() -> int:
    """Return the seconds until a refused call is retried; random, to spread the calls of several imports."""
    return _about(_RETRY_SECONDS, _RETRY_SPREAD)


def seconds_until_queued_retry() -> int:
    """Return the seconds until a queued import is retried; random, to spread the calls of several imports."""
    return _about(_QUEUED_SECONDS, _QUEUED_SPREAD)


def _window_around(usual_seconds: int) -> _Window:
    return _Window(usual_seconds * (1 - _SPREAD), usual_seconds * (1 + _SPREAD), _FACTOR, LONGEST_WAIT)


def _about(seconds: int, spread: float) -> int:
    return round(seconds * random.uniform(1 - spread, 1 + spread))  # noqa: S311 - nothing depends on who can guess it
