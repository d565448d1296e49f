"""Findings: one for each rule, file and column, with the first line and the number of violations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from personalize_import_handler.contract.printable import printable
from personalize_import_handler.data_checks.rules import Rule, Severity

_LENGTH_MAX: Final = 300
_FILE_LENGTH_MAX: Final = 1024
"""The maximum length of a key in S3."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violated rule: the file and column, the first line, and the number of violations."""

    rule: Rule
    file: str | None = None
    line: int | None = None
    """The line number; the header is line 1."""
    column: str | None = None
    value: str | None = None
    """The invalid value; it is customer data and must not be logged."""
    detail: str = ""
    """Details in addition to the rule's text, without data: names, numbers, limits."""
    count: int = 1

    def moved(self, lines: int) -> "Finding":
        """Return the finding with its line so many lines later."""
        return replace(self, line=lines + (self.line or 0))

    @property
    def place(self) -> str:
        """The place, such as `items.csv, line 80000, column PRICE`, with names that are safe to show."""
        file = None if self.file is None else _shown(self.file, _FILE_LENGTH_MAX)
        line = None if self.line is None else f"line {self.line}"
        column = None if self.column is None else f"column {_shown(self.column) or '(without a name)'}"
        return ", ".join(part for part in (file, line, column) if part)

    @property
    def message(self) -> str:
        """The message: problem, place and number of violations, without data, safe to show anywhere."""
        detail = f" ({_shown(self.detail)})" if self.detail else ""
        place = f" in {self.place}" if self.place else ""
        often = f", {self.count} times" if self.count > 1 else ""
        return f"{self.rule.what}{detail}{place}{often}"


def _shown(text: str, length: int = _LENGTH_MAX) -> str:
    """Return a name from the data on one line, truncated: a column's name may have a megabyte."""
    shown = printable(text[: length + 1])
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


@dataclass
class Findings:
    """A collection of findings, merged by rule, file and column."""

    rows: int = 0
    """The number of rows that were checked."""

    _found: dict[tuple[str, str | None, str | None], Finding] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Add a finding; for the same rule, file and column, keep the first line and add the counts."""
        key = (finding.rule.id, finding.file, finding.column)
        known = self._found.get(key)
        if known is None:
            self._found[key] = finding
            return
        first = min(known, finding, key=lambda one: one.line or 0)
        self._found[key] = replace(first, count=known.count + finding.count)

    def add_all(self, findings: Iterable[Finding]) -> None:
        """Add several findings."""
        for finding in findings:
            self.add(finding)

    def __iter__(self) -> Iterator[Finding]:
        """Iterate with errors first, then by file and line."""
        return iter(sorted(self._found.values(), key=_order))


def _order(finding: Finding) -> tuple[bool, str, int, str, str]:
    return (
        finding.rule.severity is not Severity.ERROR,
        finding.file or "",
        finding.line or 0,
        finding.column or "",
        finding.rule.id,
    )
