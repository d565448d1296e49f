"""What a part of the benchmarks is: a module with a function `run`, which takes a folder and a `Scale`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
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
    module: str
    """Loaded when the part is measured: what others load would be in its figures."""

    def run(self, folder: Path, scale: Scale) -> Section:
        """Measure, in a folder for whatever it needs."""
        section: Section = import_module(self.module).run(folder, scale)
        return section
