"""What a part of the benchmarks is, and how goals stand beside figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_HEAD: Final = "| goal | measured | reached |\n| --- | --- | --- |\n"


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    quick: bool = False
    large: bool = False


@dataclass(frozen=True)
class Section:
    """What a part has come to: its text, and files that the text refers to, by name."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One part of the benchmarks."""

    name: str
    """By which it is asked for alone."""
    title: str
    measure: Callable[[Path, Scale], Section]
    """Measures, in a folder for whatever it needs."""


@dataclass(frozen=True)
class Goal:
    """What was aimed at, and what was measured."""

    text: str
    figure: str
    reached: bool


def goals_table(goals: Iterable[Goal]) -> str:
    """Write goals beside figures."""
    rows = [f"| {goal.text} | {goal.figure} | {'yes' if goal.reached else 'no'} |\n" for goal in goals]
    return f"{_HEAD}{''.join(rows)}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]], *, left: int) -> str:
    """Write a table; the first columns, so many, are set left, all others right."""
    names = list(head)
    marks = ["---" if number < left else "---:" for number in range(len(names))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (names, marks, *rows))
