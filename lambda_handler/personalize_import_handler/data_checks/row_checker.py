"""Checks of rows with only the standard library: in Lambda, and for small files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Check, Column, Columns
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.tokenizer import (
    Lines,
    Records,
    count_lines,
    has_doubled_quotes,
    raw_fields,
    split_records,
    value_of,
)

USERS_ENOUGH: Final = 25
"""The number of users with two interactions that training needs; no more are counted."""


@dataclass(frozen=True)
class Wanted:
    """The counts that more blocks may change."""

    categories: frozenset[str] = frozenset()
    """The columns whose different values are counted."""
    times: bool = False
    """True if all times so far are the same."""
    rows: int = 0
    """The number of different rows to look for."""


@dataclass(kw_only=True)
class BlockReport:
    """The result of checking one block: its findings, and counts that are added to those of other blocks."""

    rows: int
    findings: Sequence[Finding] = ()
    empty: dict[str, int] = field(default_factory=dict)
    """The number of empty values in each nullable metadata column."""
    categories: dict[str, set[str]] = field(default_factory=dict)
    """The different values of the columns that are wanted."""
    event_types: Counter[str] = field(default_factory=Counter)
    """The number of rows of each event type that the recommenders of the domain need."""
    times: set[str] = field(default_factory=set)
    """Different times, at most two."""
    different: set[tuple[str, ...]] = field(default_factory=set)
    """Different rows, no more than are wanted."""


@dataclass(frozen=True)
class Block:
    """Consecutive lines of a file that hold whole records."""

    file: str
    lines: Lines
    records: Records | None = None
    """The records; None if the row checker splits the lines itself."""


class RowChecker(Protocol):
    """Checks rows, one block at a time, in several threads at once if `workers` is greater than one."""

    workers: int
    block_bytes: int
    """The size of a block."""

    def count_lines(self, content: bytes) -> int:
        """Return the number of lines in the content of a block."""
        ...

    def split(self, file: str, lines: Lines, *, is_last: bool) -> tuple[Block, Lines | None]:
        """Return the whole records of some lines, and the lines of a record that isn't finished, if there is one."""
        ...

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
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
    _ids: set[str] = field(default_factory=set)
    _repeated: Findings = field(default_factory=Findings)
    _users: set[str] = field(default_factory=set)
    _users_with_two: set[str] = field(default_factory=set)

    def count_lines(self, content: bytes) -> int:
        """Return the number of lines."""
        return count_lines(content)

    def split(self, file: str, lines: Lines, *, is_last: bool) -> tuple[Block, Lines | None]:
        """Split lines into records."""
        records, rest = split_records(lines, is_last=is_last)
        return Block(file, lines, records), rest

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
        file, rows = block.file, rows_of(block, columns)
        report = BlockReport(rows=len(rows.lines))
        if rows.lines:
            for column in columns.imported:
                for check in column.checks:
                    rows.findings.add_all(violations(check, column, rows, file))
            self._remember(file, columns, rows)
            _count(report, columns, rows, wanted)
        report.findings = list(rows.findings)
        return report

    def repeated_ids(self) -> Iterable[Finding]:
        """Return the findings about repeated ids."""
        return self._repeated

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        return min(len(self._users_with_two), USERS_ENOUGH)

    def _remember(self, file: str, columns: Columns, rows: "Rows") -> None:
        if columns.key:
            for line, value in zip(rows.lines, rows.values[columns.key.place], strict=True):
                if value in self._ids and value:
                    self._repeated.add(
                        Finding(rule=rules.REPEATED_ID, file=file, line=line, column=columns.key.name, value=value)
                    )
                self._ids.add(value)
        if columns.user and len(self._users_with_two) < USERS_ENOUGH:
            for value in rows.values[columns.user.place]:
                (self._users_with_two if value in self._users else self._users).add(value)
            self._users_with_two.discard("")


@dataclass
class Rows:
    """The well-formed rows of a block: their lines, the values of each column by its place, and what was found."""

    lines: Sequence[int]
    values: Sequence[Sequence[str]]
    findings: Findings


def rows_of(block: Block, columns: Columns) -> Rows:
    """Split records into values; malformed ones are findings."""
    records, file, findings = block.records or Records(), block.file, Findings()
    for line in records.malformed:
        findings.add(Finding(rule=rules.MALFORMED_QUOTES, file=file, line=line))
    lines: list[int] = []
    rows: list[Sequence[str]] = []
    for line, text in records.well_formed:
        raw = raw_fields(text)
        if len(raw) != columns.width:
            findings.add(field_count(file, line, len(raw), columns.width))
            continue
        lines.append(line)
        if '"' in text or "\\" in text:
            if '""' in text:
                findings.add_all(
                    Finding(rule=rules.DOUBLED_QUOTES, file=file, line=line, column=column.name)
                    for column in columns.imported
                    if has_doubled_quotes(raw[column.place])
                )
            rows.append([value_of(each) for each in raw])
        else:
            rows.append(raw)
    return Rows(lines, list(zip(*rows, strict=True)), findings)


def field_count(file: str, line: int, fields: int, width: int, count: int = 1) -> Finding:
    """Return the finding about rows with more or fewer values than the header."""
    return Finding(rule=rules.FIELD_COUNT, file=file, line=line, detail=f"{fields} instead of {width}", count=count)


def violations(check: Check, column: Column, rows: Rows, file: str) -> Iterator[Finding]:
    """Yield a finding for the first value that violates a rule, with the number of such values."""
    values, holds = rows.values[column.place], check.condition.holds
    if check.of_empty:
        places = [place for place, value in enumerate(values) if not value] if "" in values else []
    else:
        places = [place for place, value in enumerate(values) if value and holds(value)]
    if places:
        line, value = rows.lines[places[0]], values[places[0]]
        yield Finding(rule=check.rule, file=file, line=line, column=column.name, value=value, count=len(places))


def _count(report: BlockReport, columns: Columns, rows: Rows, wanted: Wanted) -> None:
    for column in columns.imported:
        values = rows.values[column.place]
        if column.may_be_sparse:
            report.empty[column.name] = values.count("")
        if column.name in wanted.categories:
            report.categories[column.name] = set(values) - {""}
    if columns.event_type:
        found = Counter(value.casefold() for value in rows.values[columns.event_type.place])
        report.event_types = Counter({name: found[name] for name in columns.needed_event_types})
    if columns.time and wanted.times:
        report.times = set(islice(dict.fromkeys(rows.values[columns.time.place]), 2))
    if wanted.rows:
        imported = zip(*(rows.values[column.place] for column in columns.imported), strict=True)
        report.different = set(islice(dict.fromkeys(imported), wanted.rows))
