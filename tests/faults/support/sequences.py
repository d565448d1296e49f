"""Random sequences of what may happen to a stack, and how many of them were simulated."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def simulate(number: int, play: Callable[..., int], *arguments: st.SearchStrategy[Any]) -> str:
    """Simulate so many sequences, simplify one that fails, and return how many steps and rollbacks they had.

    Args:
        number: How many sequences.
        play: Simulates one, and returns the number of its rollbacks.
        arguments: Generate the arguments of `play`, of which the first is the list of steps.
    """
    played: list[tuple[int, int]] = []

    # The same sequences in each run, so that a change fails over what it changes and over nothing else.
    @settings(max_examples=number, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.tuples(*arguments))
    def search(generated: tuple[Any, ...]) -> None:
        played.append((len(generated[0]), play(*generated)))

    search()
    turns, rollbacks = map(sum, zip(*played, strict=True))
    return f"{len(played)} of {turns} turns, {rollbacks} rollbacks, the rows compared after each"
