"""The row checker of import jobs: it stores the rows, and checks them only by the rules that fail a job."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.aggregates import BlockReport
from personalize_import_handler.data_checks.column_checks import (
    IDEOGRAPHS_MAX,
    TEXT_LENGTH_MAX,
    Check,
    Column,
    Columns,
)
from personalize_import_handler.data_checks.row_checker import RowChecker, violations
from personalize_import_handler.data_checks.rows import Block, PlainValues
from personalize_import_handler.data_checks.rules import Severity
from personalize_local.personalize.importing.records import Records

_NO_VALUE: Final = frozenset({rules.METADATA_WRONG_TYPE, rules.NULL_WORD})
"""The rules whose violations leave a number or a boolean without a value."""


class RowReader(RowChecker):
    """A row checker that adds the rows to records; if it has findings, the records are of no use."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self._records = records

    def check(self, block: Block, columns: Columns, total: BlockReport) -> BlockReport:  # noqa: ARG002 - nothing is counted
        """Check the rows of a block, and add them to the records."""
        rows = self.rows_of(block, columns)
        if rows.lines:
            for column in columns.imported:
                checks = [check for check in column.checks if check.rule.severity is Severity.ERROR]
                rows.findings.add_all(violations(rows, column, checks))
            self._store(columns.imported, rows.values)
        return BlockReport(findings=rows.findings, lines=rows.line_count)

    def _store(self, columns: Sequence[Column], values: Mapping[int, PlainValues]) -> None:
        if len(columns) == len(self._records.columns):
            self._records.add([_stored(column, values[column.place]) for column in columns])


def _stored(column: Column, values: PlainValues) -> Sequence[str]:
    """Return the values of a column as they are stored: texts truncated, numbers empty if they are none."""
    is_number = any(check.rule is rules.METADATA_WRONG_TYPE for check in column.checks)
    for check in column.checks:
        if check.rule is rules.TEXT_TOO_LONG:
            values = _replaced(check, values, partial(_truncated, check))
        elif is_number and check.rule in _NO_VALUE:
            values = _replaced(check, values, lambda _: "")
    return values


def _replaced(check: Check, values: PlainValues, replacement: Callable[[str], str]) -> PlainValues:
    """Return the values with those that violate a rule replaced."""
    holds = check.condition.holds
    replaced = {value: replacement(value) for value in values.distinct if value and holds(value)}
    return PlainValues(replaced.get(value, value) for value in values) if replaced else values


def _truncated(check: Check, text: str) -> str:
    """Return a text truncated to the limit; that of Chinese or Japanese text is lower."""
    start = text[:TEXT_LENGTH_MAX]
    return start[:IDEOGRAPHS_MAX] if check.condition.holds(start) else start
