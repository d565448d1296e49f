"""Random sequences of operations and faults of a stack."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def simulate(number: int, run: Callable[..., int], *arguments: st.SearchStrategy[Any]) -> str:
    """Simulate sequences, simplify a failing one, and return a text with the number of operations and rollbacks.

    Args:
        number: Number of sequences.
        run: Simulates a sequence, and returns the number of its rollbacks.
        arguments: Generate the arguments of `run`, of which the first is the list of operations.
    """
    simulated: list[tuple[int, int]] = []

    # No random seed. Sequences still differ between runs, because hypothesis takes constants from the loaded modules.
    @settings(max_examples=number, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.tuples(*arguments))
    def search(generated: tuple[Any, ...]) -> None:
        simulated.append((len(generated[0]), run(*generated)))

    search()
    operations, rollbacks = map(sum, zip(*simulated, strict=True))
    return (
        f"{len(simulated)} sequences with {operations} operations and {rollbacks} rollbacks, rows compared after each"
    )
