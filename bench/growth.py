"""The duration of syntheses of different sizes in one process, which has loaded everything before.

`python -m bench.growth <way> <imports> <imports> ...` prints the seconds for each number of imports as JSON.
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Final

from bench.apps import make

_TURNS: Final = 3
"""Other load on the machine only adds to the duration, so the least counts."""


def seconds_of(way: str, numbers: Sequence[int]) -> list[float]:
    """Return the least duration for each number of imports."""
    make(way, 1).synth()  # loads everything
    turns = [[_seconds(way, number) for number in numbers] for _ in range(_TURNS)]
    return [min(each) for each in zip(*turns, strict=True)]


def _seconds(way: str, imports: int) -> float:
    begun = time.perf_counter()
    make(way, imports).synth()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seconds_of(sys.argv[1], list(map(int, sys.argv[2:])))))
