"""Simulation of polling for a job: this construct by the handler's schedule, the other contenders by their intervals.

A deployment takes as long as its job, so only a few can be measured; the simulation covers many job durations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench.waiting.contenders import CRHELPER_1, CRHELPER_2, OURS, PROVIDER_5, PROVIDER_30, Contender
from personalize_import_handler.request.polling import seconds_until_next_poll

TYPICAL: Final = range(4 * 60, 17 * 60 + 1, 11)
"""Job durations in seconds: four to seventeen minutes, as observed. The step, 11, is coprime to all intervals."""
LONG: Final = range(3 * 3600 - 300, 3 * 3600 + 301, 50)
"""Job durations in seconds, around three hours."""
SPREAD: Final = 0.25
"""A repeated import takes as long as the earlier one, plus or minus this share at most."""
_STEPS: Final = 20


@dataclass(frozen=True)
class Simulated:
    """The figures of one simulated import."""

    lag: float
    describes: int


def simulate(
    contender: Contender, job_seconds: float, poll_seconds: float, usual_seconds: int | None = None
) -> Simulated:
    """Simulate one import.

    Args:
        contender: The contender.
        job_seconds: The duration of the job, from its creation.
        poll_seconds: The duration of one poll, from its invocation to its end.
        usual_seconds: The duration of earlier imports of the dataset. Default: there are none.
    """
    next_poll = partial(_by_schedule, usual_seconds) if contender is OURS else _NEXT_POLL[contender]
    # crhelper's rule invokes its function for the first time after one interval; the others poll at once.
    started_at = next_poll(0, 0) if contender in (CRHELPER_1, CRHELPER_2) else 0.0
    polls = 1
    while (ended_at := started_at + poll_seconds) < job_seconds:
        started_at = next_poll(started_at, ended_at)
        polls += 1
    return Simulated(ended_at - job_seconds, polls)


def simulate_all(contender: Contender, jobs: Sequence[float], poll_seconds: float) -> list[Simulated]:
    """Simulate imports, one after the other."""
    return [simulate(contender, job_seconds, poll_seconds) for job_seconds in jobs]


def simulate_repeated(earlier: Sequence[int], poll_seconds: float) -> list[Simulated]:
    """Simulate this construct's imports of datasets with one earlier import each, given the durations of those."""
    shares = [1 + SPREAD * ((number + 0.5) * 2 / _STEPS - 1) for number in range(_STEPS)]
    return [simulate(OURS, usual * share, poll_seconds, usual) for usual in earlier for share in shares]


def _by_schedule(usual_seconds: int | None, _started_at: float, ended_at: float) -> float:
    return ended_at + seconds_until_next_poll(ended_at, usual_seconds)


def _after(interval: float, _started_at: float, ended_at: float) -> float:
    return ended_at + interval


def _by_rule(interval: float, started_at: float, _ended_at: float) -> float:
    return started_at + interval


_NEXT_POLL: Final[Mapping[Contender, Callable[[float, float], float]]] = {
    PROVIDER_5: partial(_after, 5),
    PROVIDER_30: partial(_after, 30),
    CRHELPER_1: partial(_by_rule, 60),
    CRHELPER_2: partial(_by_rule, 120),
}
"""For each other contender, a function of the start and the end of a poll that returns the start of the next one."""
