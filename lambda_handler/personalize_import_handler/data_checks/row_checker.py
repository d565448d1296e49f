"""Checks of rows with only the standard library: in Lambda, and for small files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.aggregates import (
    CATEGORIES_MAX,
    EVENTS_MIN,
    INTERACTIONS_MIN,
    TIMES_ENOUGH,
    USERS_ENOUGH,
    BlockReport,
)
from personalize_import_handler.data_checks.column_checks import EVENT_TYPE, TIMESTAMP, Check, Column, Columns
from personalize_import_handler.data_checks.conditions import IsEmpty
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rows import Block, PlainValues, Rows, Values, field_count
from personalize_import_handler.data_checks.tokenizer import (
    has_doubled_quotes,
    raw_fields,
    split_records,
    value_of,
)


class RowChecker:
    """Checks rows, one block at a time, or several in as many threads."""

    workers: int = 0
    """The number of threads; 0 for none besides the caller's."""
    is_cancelled: bool = False
    """True if the check has ended early: threads that split records into values in Python end, too."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()
        self._users_with_two: set[str] = set()
        self._repeated = Findings()

    def split(self, block: Block, *, is_last: bool) -> tuple[Block, bytes]:
        """Return the whole records of a block, and the lines of a record that isn't finished, if there is one."""
        records, rest = split_records(block.lines, is_last=is_last)
        whole = block.lines[: len(block.lines) - len(rest)]
        return replace(block, lines=whole, records=records), rest

    def check(self, block: Block, columns: Columns, total: BlockReport) -> BlockReport:
        """Check the rows of a block, and count what can still change the total of other blocks."""
        rows = self.rows_of(block, columns)
        report = BlockReport(findings=rows.findings, lines=rows.line_count)
        if not rows.lines:
            return report
        for column in columns.imported:
            checks = _count_values(rows.values[column.place], column, columns, report, total)
            rows.findings.add_all(violations(rows, column, checks))
        if columns.dataset_type.has_minimum:
            if len(total.times) < TIMES_ENOUGH and (time := columns.named(TIMESTAMP)):
                report.times = self.different(rows, [time], TIMES_ENOUGH)
            if len(total.different) < INTERACTIONS_MIN:
                report.different = self.different(rows, columns.imported, INTERACTIONS_MIN)
        report.rows = rows
        return report

    def rows_of(self, block: Block, columns: Columns) -> Rows[Any]:
        """Split the records of a block into values; malformed ones are findings."""
        file, findings = block.file, Findings()
        lines: list[int] = []
        cells: list[str] = []  # row by row; the garbage collector would visit a list for each row again and again
        for line, text in block.records or ():
            if self.is_cancelled:
                break
            if text is None:
                findings.add(Finding(rule=rules.MALFORMED_QUOTES, file=file, line=line))
                continue
            raw = raw_fields(text)
            if len(raw) != columns.width:
                findings.add(field_count(file, line, len(raw), columns.width))
                continue
            lines.append(line)
            if '""' in text:
                findings.add_all(
                    Finding(rule=rules.DOUBLED_QUOTES, file=file, line=line, column=column.name)
                    for column in columns.imported
                    if has_doubled_quotes(raw[column.place])
                )
            cells += [value_of(each) for each in raw] if '"' in text or "\\" in text else raw
        findings.rows = len(lines)
        values = {place: PlainValues(cells[place :: columns.width]) for place in range(columns.width) if lines}
        return Rows(file, lines, block.lines.count(b"\n"), findings, values)

    def different(self, rows: Rows[Any], columns: Sequence[Column], limit: int) -> set[tuple[str, ...]]:
        """Return the different combinations of values in some columns, at most `limit`."""
        combinations = zip(*(rows.values[column.place] for column in columns), strict=True)
        return set(islice(dict.fromkeys(combinations), limit))

    def find_repeated(self, rows: Rows[Any], column: Column, first_line: int) -> None:
        """Find the values of a column that are repeated, in a block and in those before: ids, or users."""
        for line, value in zip(rows.lines, rows.values[column.place], strict=True):
            if value not in self._seen:
                self._seen.add(value)
            elif value and column.is_key:
                repeated = Finding(rule=rules.REPEATED_ID, file=rows.file, line=line, column=column.name, value=value)
                self._repeated.add(repeated.moved(first_line))
            elif value and len(self._users_with_two) < USERS_ENOUGH:
                self._users_with_two.add(value)

    def repeated_ids(self) -> Iterable[Finding]:
        """Return a finding for each file with repeated ids, with the first line, in the order of the files."""
        return self._repeated

    def users_with_two(self) -> int:
        """Return the number of users with two interactions, at most `USERS_ENOUGH`."""
        return len(self._users_with_two)


def violations(rows: Rows[Any], column: Column, checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield a finding for each violated rule of a column."""
    values: Values = rows.values[column.place]
    for check in checks:
        if found := values.found(check.condition):
            first, count = found
            yield Finding(
                rule=check.rule,
                file=rows.file,
                line=rows.lines[first],
                column=column.name,
                value=values[first],
                count=count,
            )


def _count_values(
    values: Values, column: Column, columns: Columns, report: BlockReport, total: BlockReport
) -> Sequence[Check]:
    """Count the values of a column as far as rules need it; return the checks that these values may violate."""
    if column.may_be_sparse and (empty := values.found(IsEmpty())):
        report.empty[column.name] = empty[1]
    needed = {
        name for name in columns.needed_event_types if column.key == EVENT_TYPE and total.event_types[name] < EVENTS_MIN
    }
    if not needed and not (column.has_categories and len(total.categories.get(column.name, ())) <= CATEGORIES_MAX):
        return column.checks
    for value, count in values.counts().items() if needed else ():
        if (name := value.casefold()) in needed:
            report.event_types[name] += count
    if column.has_categories:
        report.categories[column.name] = {*values.distinct}
    return [check for check in column.checks if any(map(check.condition.holds, values.distinct))]
