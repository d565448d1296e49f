"""The queue of imports that can't start yet: when one requests its job, and how long it waits until then.

Personalize runs five jobs in an account and Region, one per dataset, and has no queue. The executions of the provider's
state machine show how many imports are ahead: those whose requests arrived earlier and which have not ended. An import
requests its job when fewer than five are ahead; before that it only reads its place, the more rarely the further behind
it is. These are functions of plain data, so that `bench/waiting/queued_imports.py` can run them for hundreds of
imports.
"""

import random
from collections.abc import Callable
from typing import Final, NamedTuple

_RUNNING_MAX: Final = 5
"""The limit of running jobs: https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""
_SECONDS_MIN: Final = 20
"""For the first in the queue. A slot becomes free every two minutes on average, so the loss is small."""
_SECONDS_PER_IMPORT: Final = 40
"""Less than the 48 seconds after which a slot becomes free even if all jobs take only four minutes."""
_SECONDS_PER_FIRST_CALL: Final = 2
"""Personalize allows a call per second: https://docs.aws.amazon.com/general/latest/gr/personalize.html"""
_SECONDS_MAX: Final = 1800
"""No place is older than 38 minutes, and most imports advance between two polls."""
_WAITED_SHARE: Final = 0.2
"""For jobs that the provider doesn't know: after a wait of a fifth of the past time, an import is a fifth late."""
_SPREAD: Final = 0.25
"""Random part of each wait, because imports that begin together would stay together."""
_SAME_PLACE_SECONDS: Final = 900
"""In this time, seven slots become free on average; the first five jobs of a queue have rarely all taken longer."""
_JOB_SECONDS_MIN: Final = 240
"""No import is known to end within four minutes."""
_JOB_SECONDS: Final = 600
"""A typical job. An import that waits for the end of a longer one polls every two minutes."""


class Delay(NamedTuple):
    """The state of an import that can't start yet."""

    seconds: float
    """Seconds since its request, since its place has changed, or since the start of the job that it waits for."""
    imports_ahead: int | None = None
    """The imports of the provider that are ahead, including those whose jobs are running; None if unknown."""
    seconds_left: float = 0
    """Seconds in which nothing can change, because a job of the same dataset has just started."""


def delay_by_job(age: float) -> Delay:
    """Return the delay of an import that waits for the end of a job of the same dataset, of this age in seconds."""
    return Delay(min(age, _JOB_SECONDS), seconds_left=_JOB_SECONDS_MIN - age)


def may_request(delay: Delay) -> bool:
    """Return whether an import requests its job now, by its place.

    An import whose place stays the same does so too: the imports ahead may wait for something other than a slot, such
    as a permission, or may have been removed.
    """
    is_first = delay.imports_ahead is None or delay.imports_ahead < _RUNNING_MAX
    return is_first or delay.seconds >= _SAME_PLACE_SECONDS


def seconds_until_retry(delay: Delay, chance: Callable[[], float] = random.random) -> int:
    """Return the seconds until an import tries again; `chance` returns a random number from 0 to 1."""
    if delay.imports_ahead is None or delay.imports_ahead < _RUNNING_MAX:
        seconds = max(_SECONDS_MIN, delay.seconds * _WAITED_SHARE, delay.seconds_left)
    else:
        seconds = _SECONDS_MIN + (delay.imports_ahead - _RUNNING_MAX) * _SECONDS_PER_IMPORT
    return _varied(seconds, chance)


def seconds_until_first_call(imports_ahead: int, chance: Callable[[], float] = random.random) -> int:
    """Return the seconds for which an import waits before its first call of Personalize, by its place.

    It may find that it has no job to start, so it waits only for the first calls of those ahead.
    """
    return _varied(imports_ahead * _SECONDS_PER_FIRST_CALL, chance)


def _varied(seconds: float, chance: Callable[[], float]) -> int:
    return round(min(seconds, _SECONDS_MAX) * (1 + _SPREAD * (2 * chance() - 1)))
