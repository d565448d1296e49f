"""Markdown tables of figures, and of goals with the figures reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A goal, the figure, and whether it reaches the goal."""

    goal: str
    measured: str
    reached: bool
    bound: str = ""
    """The reason if the goal is missed, with the measurement that shows it."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; columns of numbers are right-aligned."""
    lines = [[str(cell) for cell in row] for row in rows]
    is_figure = [all(line[at][:1].isdigit() for line in lines) for at in range(len(head))]
    under = ["---:" if figure else "---" for figure in is_figure]
    return "".join(f"| {' | '.join(line)} |\n" for line in [list(head), under, *lines])


def goals_table(goals: Iterable[Goal]) -> str:
    """Return a table of goals and figures."""
    rows = [(each.goal, each.measured, _reached(each)) for each in goals]
    return table(["goal", "measured", "reached"], rows)


def _reached(goal: Goal) -> str:
    if goal.reached:
        return "yes"
    return f"no: {goal.bound}" if goal.bound else "no"
