"""Assumptions: the mark of each conformance test."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = Path(__file__).parents[1]


class Mark(Enum):
    """The support for an assumption."""

    DOCUMENTED = "documented"
    """The documentation of AWS states it."""
    OBSERVED = "observed"
    """A public record of a real run shows it."""
    ASSUMED = "assumed"
    """No source states it; the local AWS needed some behavior."""


@dataclass(frozen=True)
class Assumption:
    """One assumption about AWS."""

    text: str
    mark: Mark
    source: str
    """The page that states it; empty for assumptions without a source."""
    jobs: int
    """The maximum number of import jobs that its test starts."""


def assumption(text: str, *, mark: Mark, source: str = "", jobs: int = 0) -> pytest.MarkDecorator:
    """Mark a test as the check of an assumption; the arguments are those of `Assumption`."""
    return pytest.mark.assumption(Assumption(text, mark, source, jobs))


def assumption_of(function: Callable[..., Any]) -> Assumption:
    """Return the assumption that a test function checks."""
    (found,) = [mark.args[0] for mark in getattr(function, "pytestmark", []) if mark.name == "assumption"]
    assert isinstance(found, Assumption)
    return found


def all_assumptions() -> dict[str, Assumption]:
    """Return all assumptions by the names of their tests, in the order of the files."""
    found: dict[str, Assumption] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        module = importlib.import_module(f"tests.conformance.{path.stem}")
        for name, function in vars(module).items():
            if name.startswith("test_"):
                assert name not in found, f"two tests have the name {name}"
                found[name] = assumption_of(function)
    return found
