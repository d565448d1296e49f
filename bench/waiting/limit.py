"""The least mean lag that a number of polls can reach, if a job ends at each moment of a window with equal likelihood.

With at most n polls, the mean lag is least if each interval is shorter than the one before by the same amount, and the
last one is equal to that amount. In a window of w seconds, the mean number of polls is then (n + 2) / 3, and the mean
lag w (2 n + 1) / (3 n (n + 1)). If windows differ, the mean lag of all is least if that amount is the same in all.
"""

import math
from collections.abc import Sequence
from typing import Final

from bench.waiting.figures import mean

_AMOUNTS: Final = [1.15**exponent for exponent in range(-40, 50)]


def least_lags(windows: Sequence[float]) -> list[tuple[float, float]]:
    """Return the mean number of polls and the least mean lag in seconds, in order of the polls.

    Args:
        windows: The width of the window of each job, in seconds.
    """
    points = {_of_amount(windows, amount) for amount in _AMOUNTS}
    return sorted(points)


def _of_amount(windows: Sequence[float], amount: float) -> tuple[float, float]:
    polls = [max(1, round((math.sqrt(1 + 8 * width / amount) - 1) / 2)) for width in windows]
    lags = [width * (2 * n + 1) / (3 * n * (n + 1)) for width, n in zip(windows, polls, strict=True)]
    return mean((n + 2) / 3 for n in polls), mean(lags)
