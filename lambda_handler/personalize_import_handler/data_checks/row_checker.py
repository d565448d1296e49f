"""Checks of rows with only the standard library, in Lambda and where no faster checker is installed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Check, Column, Columns
from personalize_import_handler.data_checks.conditions import IsEmpty, holds, may_hold
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.sieve import Sieve, empty_values, has_reserved_words
from personalize_import_handler.data_checks.tokenizer import Block, has_doubled_quotes, raw_fields, value_of

USERS_ENOUGH: Final = 25
"""The number of users with two interactions that training needs; no more are counted."""


@dataclass(kw_only=True)
class BlockReport:
    """The result of checking one block: its findings, and counts that are added to those of other blocks."""

    rows: int
    findings: Sequence[Finding] = ()
    empty: dict[str, int] = field(default_factory=dict)
    """The number of empty values in each nullable metadata column."""
    values: dict[str, set[str]] = field(default_factory=dict)
    """The different values of the counted columns; values from earlier blocks may be missing."""


class RowChecker(Protocol):
    """Checks rows, one block at a time, in several threads at once if `workers` is greater than one."""

    workers: int
    block_bytes: int
    """The size of a block; one invalid value makes its whole block slower to check."""

    def check(self, block: Block, columns: Columns, counted: frozenset[str]) -> BlockReport:
        """Check the rows of a block; report the different values of the columns in `counted`."""
        ...

    def repeated_ids(self) -> Iterable[Finding]:
        """Return a finding for each file with repeated ids, with the first line, in the order of the files."""
        ...

    def users_with_two(self) -> int:
        """Return the number of users with two interactions, at most `USERS_ENOUGH`."""
        ...


@dataclass
class PlainRowChecker:
    """The `RowChecker` in Python; it checks one block after the other."""

    workers: int = 1
    block_bytes: int = 1 << 18
    _sieve: Sieve = field(default_factory=Sieve)
    _ids: set[str] = field(default_factory=set)
    _repeated: Findings = field(default_factory=Findings)
    _users: set[str] = field(default_factory=set)
    _users_with_two: set[str] = field(default_factory=set)

    def check(self, block: Block, columns: Columns, counted: frozenset[str]) -> BlockReport:
        """Check the rows of a block."""
        if self._passes(block, columns, counted):
            if columns.key or (columns.user and self.users_with_two() < USERS_ENOUGH):
                self._remember(block, columns, _rows_without_quotes(block, columns))
            return BlockReport(rows=block.count, empty=empty_values(block.text, columns))
        findings = Findings()
        rows = _rows(block, columns, findings)
        report = BlockReport(rows=len(rows.lines))
        for column in columns.imported if rows.lines else ():
            values = rows.by_place[column.place]
            for check in column.checks:
                findings.add_all(_broken(check, column, values, rows.lines, block.file))
            if column.is_metadata and column.nullable:
                report.empty[column.name] = values.count("")
            if column.name in counted:
                report.values[column.name] = set(values) - {""}
        self._remember(block, columns, rows)
        self._sieve.learn(report.values)
        report.findings = list(findings)
        return report

    def repeated_ids(self) -> Iterable[Finding]:
        """Return the findings about repeated ids."""
        return self._repeated

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        return min(len(self._users_with_two), USERS_ENOUGH)

    def _passes(self, block: Block, columns: Columns, counted: frozenset[str]) -> bool:
        line = self._sieve.pattern(columns, counted)
        if line is None or has_reserved_words(block.text, columns):
            return False
        return re.fullmatch(f"(?:{line}\n)*+{line}", block.text) is not None

    def _remember(self, block: Block, columns: Columns, rows: "Rows") -> None:
        if columns.key and rows.lines:
            self._remember_ids(block, columns.key, rows)
        if columns.user and rows.lines and len(self._users_with_two) < USERS_ENOUGH:
            for value in rows.by_place[columns.user.place]:
                (self._users_with_two if value in self._users else self._users).add(value)
            self._users_with_two.discard("")

    def _remember_ids(self, block: Block, key: Column, rows: "Rows") -> None:
        values = rows.by_place[key.place]
        ids = set(values)
        if len(ids) == len(values) and self._ids.isdisjoint(ids):  # most blocks have no repeated id
            self._ids |= ids
            return
        for line, value in zip(rows.lines, values, strict=True):
            if value in self._ids and value:
                found = Finding(rule=rules.REPEATED_ID, file=block.file, line=line, column=key.name, value=value)
                self._repeated.add(found)
            self._ids.add(value)


@dataclass(frozen=True)
class Rows:
    """The well-formed rows of a block: their line numbers, and the values of each column."""

    lines: Sequence[int]
    by_place: Mapping[int, Sequence[str]]


def _rows_without_quotes(block: Block, columns: Columns) -> Rows:
    """Return the ids in a block that passed the sieve, so no line is blank or contains a quote or a backslash."""
    lines = block.text.split("\n")
    places = [column.place for column in (columns.key, columns.user) if column]
    values = {place: [line.split(",", place + 1)[place] for line in lines] for place in places}
    return Rows(range(block.first_line, block.first_line + len(lines)), values)


def _rows(block: Block, columns: Columns, findings: Findings) -> Rows:
    """Split lines into values, without blank lines and malformed rows, which are added to `findings`."""
    lines: list[int] = []
    values: list[Sequence[str]] = []
    for number, line in enumerate(block.text.split("\n"), start=block.first_line):
        if not line:
            continue
        raw = raw_fields(line)
        if raw is None:
            findings.add(Finding(rule=rules.MALFORMED_QUOTES, file=block.file, line=number))
        elif len(raw) != columns.width:
            detail = f"{len(raw)} instead of {columns.width}"
            findings.add(Finding(rule=rules.FIELD_COUNT, file=block.file, line=number, detail=detail))
        else:
            lines.append(number)
            values.append(_values(raw, number, block, columns, findings) if '"' in line or "\\" in line else raw)
    return Rows(lines, dict(enumerate(zip(*values, strict=True))))


def _values(raw: Sequence[str], number: int, block: Block, columns: Columns, findings: Findings) -> Sequence[str]:
    for column in columns.imported:
        if has_doubled_quotes(raw[column.place]):
            findings.add(Finding(rule=rules.DOUBLED_QUOTES, file=block.file, line=number, column=column.name))
    return [value_of(each) for each in raw]


def _broken(check: Check, column: Column, values: Sequence[str], lines: Sequence[int], file: str) -> Iterator[Finding]:
    """Yield a finding for the first value that violates a rule, with the number of such values."""
    if isinstance(check.condition, IsEmpty):
        places = [place for place, value in enumerate(values) if not value] if "" in values else []
    else:
        filled = [value for value in values if value] if "" in values else values
        if not filled or not may_hold(check.condition, filled):
            return
        places = [place for place, value in enumerate(values) if value and holds(check.condition, value)]
    if places:
        first = places[0]
        yield Finding(
            rule=check.rule, file=file, line=lines[first], column=column.name, value=values[first], count=len(places)
        )
