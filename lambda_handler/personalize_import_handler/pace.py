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
# Fifteen that wait for room beside five that have it make less than one request a second.
_QUEUE_SECONDS: Final = 30
_SPREAD: Final = 0.25
SECONDS_BETWEEN_TRIES_MAX: Final = round(_QUEUE_SECONDS * (1 + _SPREAD))


def seconds_until_next_look(elapsed_seconds: float) -> int:
    """Say how long to wait while a job runs."""
    return next(wait for start, wait in reversed(_RAMP) if elapsed_seconds >= start or start == 0)


def seconds_until_next_try() -> int:
    """Say how long to wait before asking again for what the service has no room for; never all askers at once."""
    return round(_QUEUE_SECONDS * random.uniform(1 - _SPREAD, 1 + _SPREAD))  # noqa: S311 - nothing depends on who can guess it
