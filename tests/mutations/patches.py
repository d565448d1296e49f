"""Patches, each of which breaks one guard of the handler."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = "personalize_import_handler"
HANDLER: Final = ROOT / "lambda_handler" / PACKAGE
TESTS: Final = ROOT / "tests"


@dataclass(frozen=True)
class Patch:
    """One guard, its purpose, its text, and the text that replaces it."""

    file: str
    tests: str
    """Modules or tests in `tests/` that should fail. They run first, because all tests take longer."""
    guard: str
    before: str
    after: str

    def applied_to(self, source: str) -> str:
        """Break the guard; its text stands in the source once, or else the table is out of date."""
        times = source.count(self.before)
        if times != 1:
            raise ValueError(f"{self.guard}: {self.before!r} stands {times} times in {self.file}, and not once")
        return source.replace(self.before, self.after)
