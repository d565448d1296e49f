"""The rows of a block, the checks of their values, and the counts for the rules on all data."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Check, Column, Columns
from personalize_import_handler.data_checks.conditions import IsEmpty
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rules import Rule
from personalize_import_handler.data_checks.tokenizer import (
    Lines,
    Record,
    has_doubled_quotes,
    raw_fields,
    value_of,
)


@dataclass(frozen=True)
class Wanted:
    """The counts that more blocks may change."""

    categories: frozenset[str] = frozenset()
    """The columns whose different values are counted."""
    times: int = 0
    """The number of different times to look for."""
    rows: int = 0
    """The number of different rows to look for."""


@dataclass(kw_only=True)
class BlockReport:
    """The result of checking one block: its findings, and counts that are added to those of other blocks."""

    rows: int = 0
    findings: Sequence[Finding] = ()
    empty: Counter[str] = field(default_factory=Counter)
    """The number of empty values in each column that may be sparse."""
    categories: dict[str, set[str]] = field(default_factory=dict)
    """The different values of the columns that are wanted."""
    event_types: Counter[str] = field(default_factory=Counter)
    """The number of rows of each event type that the recommenders of the domain need."""
    times: set[tuple[str, ...]] = field(default_factory=set)
    """Different times, no more than are wanted."""
    different: set[tuple[str, ...]] = field(default_factory=set)
    """Different rows, no more than are wanted."""


@dataclass(frozen=True)
class Block:
    """Consecutive lines of a file that hold whole records."""

    file: str
    lines: Lines
    records: Sequence[Record] | None = None
    """The records; None if the row checker splits the lines itself."""


@dataclass
class Rows(ABC):
    """The well-formed rows of a block, and what was found. The row checkers differ in how they hold the values."""

    file: str
    lines: Sequence[int]
    """The line of each row."""
    findings: Findings

    @abstractmethod
    def violations(self, column: Column, checks: Iterable[Check]) -> Iterator[tuple[Rule, int, str, int]]:
        """Yield the violated rules, each with the first row, its value, and the number of rows that violate it."""

    @abstractmethod
    def empty(self, column: Column) -> int:
        """Return the number of empty values."""

    @abstractmethod
    def counts(self, column: Column) -> Mapping[str, int]:
        """Return the number of rows of each value."""

    @abstractmethod
    def different(self, columns: Sequence[Column], limit: int) -> set[tuple[str, ...]]:
        """Return the different combinations of values in some columns, at most `limit`."""

    def check(self, column: Column, checks: Iterable[Check]) -> None:
        """Add a finding for each violated rule."""
        for rule, first, value, count in self.violations(column, checks):
            self.findings.add(
                Finding(rule=rule, file=self.file, line=self.lines[first], column=column.name, value=value, count=count)
            )

    def report(self, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the values of all columns, and count what is wanted."""
        report = BlockReport(rows=len(self.lines))
        if self.lines:
            for column in columns.imported:
                checks: Sequence[Check] = column.checks
                if column.name in wanted.categories:
                    different = report.categories[column.name] = set(self.counts(column))
                    checks = [check for check in checks if any(map(check.condition.holds, different))]
                self.check(column, checks)
            self._count(report, columns, wanted)
        report.findings = list(self.findings)
        return report

    def _count(self, report: BlockReport, columns: Columns, wanted: Wanted) -> None:
        report.empty.update({column.name: self.empty(column) for column in columns.imported if column.may_be_sparse})
        if columns.event_type:
            for value, count in self.counts(columns.event_type).items():
                if (name := value.casefold()) in columns.needed_event_types:
                    report.event_types[name] += count
        if columns.time and wanted.times:
            report.times = self.different([columns.time], wanted.times)
        if wanted.rows:
            report.different = self.different(columns.imported, wanted.rows)


@dataclass
class PlainRows(Rows):
    """Rows with the values of each column in a sequence."""

    values: Sequence[Sequence[str]]
    """The values of each column by its place; empty without rows."""

    def violations(self, column: Column, checks: Iterable[Check]) -> Iterator[tuple[Rule, int, str, int]]:
        """Yield the violated rules."""
        values = self.values[column.place]
        for check in checks:
            holds = check.condition.holds
            if isinstance(check.condition, IsEmpty):
                places = [place for place, value in enumerate(values) if not value] if "" in values else []
            else:
                places = [place for place, value in enumerate(values) if value and holds(value)]
            if places:
                yield check.rule, places[0], values[places[0]], len(places)

    def empty(self, column: Column) -> int:
        """Return the number of empty values."""
        return self.values[column.place].count("")

    def counts(self, column: Column) -> Mapping[str, int]:
        """Return the number of rows of each value."""
        return Counter(self.values[column.place])

    def different(self, columns: Sequence[Column], limit: int) -> set[tuple[str, ...]]:
        """Return different combinations of values."""
        rows = zip(*(self.values[column.place] for column in columns), strict=True)
        return set(islice(dict.fromkeys(rows), limit))


def rows_of(block: Block, columns: Columns) -> PlainRows:
    """Split records into values; malformed ones are findings."""
    file, findings = block.file, Findings()
    lines: list[int] = []
    rows: list[Sequence[str]] = []
    for line, text in block.records or ():
        if text is None:
            findings.add(Finding(rule=rules.MALFORMED_QUOTES, file=file, line=line))
            continue
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
    return PlainRows(file, lines, findings, list(zip(*rows, strict=True)))


def field_count(file: str, line: int, fields: int, width: int, count: int = 1) -> Finding:
    """Return the finding about rows with more or fewer values than the header."""
    return Finding(rule=rules.FIELD_COUNT, file=file, line=line, detail=f"{fields} instead of {width}", count=count)
