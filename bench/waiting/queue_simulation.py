"""Figures of many imports at once, simulated with the handler's decisions and the limits of the services.

Hundreds of imports take most of a day, so they can't be deployed during a benchmark.
"""

import heapq
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.waiting.queued_imports import SLOTS, QueuedImports

BURST_SECONDS: Final = 900
"""The time after the start that isn't steady: all imports make their first calls."""
_JOB_SECONDS: Final = (240.0, 1020.0)


@dataclass
class QueueFigures:
    """The figures of one simulated queue."""

    imports: int
    occupied: float
    """The share of the slots that was used while imports were queued."""
    longest_wait: float
    """The longest wait of an import, as a multiple of its wait if all started in order of arrival."""
    rates: dict[str, float]
    """The requests per second of each operation in the steady state."""
    timed_out: int
    hours: float


def simulate_queue(imports: int, timeout: float = 36 * 3600, seed: int = 1) -> QueueFigures:
    """Simulate imports that begin within a minute, with jobs of 4 to 17 minutes and the same timeout, in seconds."""
    random = Random(seed)
    jobs = [random.uniform(*_JOB_SECONDS) for _ in range(imports)]
    queued = QueuedImports(jobs, timeout, seed)
    queued.run()
    last = max(queued.started.values())
    steady = [operation for at, operation in queued.requests if BURST_SECONDS <= at <= last]
    return QueueFigures(
        imports=imports,
        occupied=_occupied(queued, last),
        longest_wait=max(
            (queued.started[number] - queued.arrivals[number]) / (start - queued.arrivals[number])
            for number, start in enumerate(_in_order(queued))
            if number in queued.started and start > queued.arrivals[number]
        ),
        rates={operation: count / max(1, last - BURST_SECONDS) for operation, count in Counter(steady).items()},
        timed_out=queued.timed_out,
        hours=last / 3600,
    )


def _occupied(queued: QueuedImports, last: float) -> float:
    first = min(queued.started.values())
    used = sum(min(at + queued.jobs[number], last) - at for number, at in queued.started.items())
    return used / (SLOTS * (last - first))


def _in_order(queued: QueuedImports) -> list[float]:
    """Return the time at which each import would start if all started in order of arrival, without any delay."""
    free = [0.0] * SLOTS
    starts = []
    for arrived_at, seconds in zip(queued.arrivals, queued.jobs, strict=True):
        start = max(arrived_at, heapq.heappop(free))
        heapq.heappush(free, start + seconds)
        starts.append(start)
    return starts
