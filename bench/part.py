"""What a part of the benchmarks is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


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


def of_text(name: str, title: str, run: Callable[..., str]) -> Part:
    """Make a part of a function that gives text: it takes a folder, and whether to be `quick`."""
    return Part(name, title, lambda folder, scale: Section(run(folder, quick=scale.quick)))
