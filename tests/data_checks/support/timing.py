"""How time grows with the size of an input."""

import gc
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final

Grown = Callable[[int], Callable[[], object]]
"""Given a size, returns what is to be timed for an input of that size."""

SMALL: Final = 256
LARGE: Final = 1 << 17
FACTOR_MAX: Final = 32.0
"""For eight times the size: 8 where time is linear, 64 where it is quadratic."""
_RUNS: Final = 3
_LONG_SECONDS: Final = 0.1
_TRIES: Final = 4


def best_seconds(run: Callable[[], object]) -> float:
    """Return the shortest time of several runs, for what disturbs a run makes it longer; of a long one, two suffice."""
    first = min(_seconds(run), _seconds(run))
    return first if first > _LONG_SECONDS else min(first, *(_seconds(run) for _ in range(_RUNS)))


def growth(grown: Grown, size: int = SMALL, seconds: float = 0.0005) -> tuple[int, list[float]]:
    """Return a size that takes some time at least, and the factors by which it grows for 2, 4 and 8 times the size.

    What takes less even if it is large has no factors: they would be those of the memory's allocation.
    """
    while (shortest := best_seconds(grown(size))) < seconds and size < LARGE:
        size *= 2
    if shortest < seconds:
        return size, []
    tries = []
    for _ in range(_TRIES):
        times = [best_seconds(grown(size * factor)) for factor in (1, 2, 4, 8)]
        tries.append(times)
        if times[3] / times[0] < FACTOR_MAX:
            break
    times = min(tries, key=lambda each: each[3] / each[0])
    return size, [after / before for before, after in pairwise(times)]


def _seconds(run: Callable[[], object]) -> float:
    gc.disable()
    try:
        begun = time.process_time()
        run()
        return time.process_time() - begun
    finally:
        gc.enable()
