"""How long to wait before the next look at a job: a pure function of how long it has been running.

Personalize emits no event when an import ends, so looking is the only way to know. Imports take 4 to 17 minutes as a
rule, hours at worst; the service takes one Describe request a second, shared by all that happens in the account.
"""

import random
from typing import Final

_RAMP: Final = (
    # (from this many seconds on, wait so many seconds). A look at the start, for an import that is none; then no import
    # is known to end before four minutes, most do before seventeen, and of a long one a hundredth is a short time.
    # docs/benchmarks.md has what comes of it.
    (0, 30),
    (20, 105),
    (3 * 60, 12),
    (10 * 60, 10),
    (20 * 60, 30),
    (30 * 60, 60),
    (60 * 60, 90),
)
# A permission that was granted a moment ago is effective within a minute as a rule.
_RETRY_SECONDS: Final = 30
_RETRY_SPREAD: Final = 0.25
RETRY_SECONDS_MAX: Final = round(_RETRY_SECONDS * (1 + _RETRY_SPREAD))
# Fifteen that wait for room beside five that have it make a third of a request a second, and hardly ever six at once.
_QUEUED_SECONDS: Final = 45
_QUEUED_SPREAD: Final = 0.5


def seconds_until_next_poll(elapsed_seconds: float) -> int:
    """Say how long to wait while a job runs."""
    return next(wait for start, wait in reversed(_RAMP) if elapsed_seconds >= start or start == 0)


def seconds_until_retry() -> int:
    """Say how long to wait before asking again for what may not be allowed yet; never all askers at once."""
    return _about(_RETRY_SECONDS, _RETRY_SPREAD)


def seconds_until_queued_retry() -> int:
    """Say how long to wait before asking again for what the service has no room for; never all askers at once."""
    return _about(_QUEUED_SECONDS, _QUEUED_SPREAD)


def _about(seconds: int, spread: float) -> int:
    return round(seconds * random.uniform(1 - spread, 1 + spread))  # noqa: S311 - nothing depends on who can guess it
