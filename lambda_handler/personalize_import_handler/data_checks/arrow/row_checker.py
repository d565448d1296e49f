"""The row checker with pyarrow, for large files."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.arrow.parsing import Table, split, table_of
from personalize_import_handler.data_checks.arrow.violations import Values, violations
from personalize_import_handler.data_checks.column_checks import Check, Column, Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import USERS_ENOUGH, Block, BlockReport, Wanted
from personalize_import_handler.data_checks.tokenizer import Lines

if TYPE_CHECKING:
    from personalize_import_handler.data_checks.arrow.repeats import Repeats

_BLOCK_BYTES: Final = 1 << 21
"""Larger blocks are hardly faster, and need more memory."""
_KEPT_BYTES: Final = 16 << 20
"""glibc doesn't return memory of up to the size of the largest freed block to the system, and so takes it only once.

https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD)
"""
_WORKERS_MAX: Final = 4
"""More would need more memory; reading the file is slower than four."""


class ArrowRowChecker:
    """The `RowChecker` with pyarrow."""

    def __init__(self, workers: int | None = None, block_bytes: int = _BLOCK_BYTES) -> None:
        self.workers = workers or min(os.cpu_count() or 1, _WORKERS_MAX)
        self.block_bytes = block_bytes
        bytes(_KEPT_BYTES)  # allocated and freed at once
        self._closing = ExitStack()
        self._lock = Lock()
        self._repeats: Repeats | None = None
        self._users_with_two: set[str] = set()

    def __enter__(self) -> Self:
        """Return the checker."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove temporary files."""
        self._closing.close()

    def count_lines(self, content: bytes) -> int:
        """Return the number of lines; `bytes.count` takes half as long again."""
        array = pa.Array.from_buffers(pa.uint8(), len(content), [None, pa.py_buffer(content)])
        return int(pc.equal(array, pa.scalar(ord("\n"), pa.uint8())).true_count) + 1

    def split(self, file: str, lines: Lines, *, is_last: bool) -> tuple[Block, Lines | None]:
        """Return the whole records of some lines, and the lines of a record that isn't finished, if there is one."""
        return split(file, lines, is_last=is_last)

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
        table = table_of(block, columns)
        report = BlockReport(rows=len(table.lines))
        if table.lines:
            for column in columns.imported:
                checks: Sequence[Check] = column.checks
                if column.name in wanted.categories:
                    different = pc.unique(table.values[column.place])
                    report.categories[column.name] = set(_strings(different)) - {""}
                    checks = _violated(checks, different)
                table.findings.add_all(_found(block.file, column, table, checks))
            _count(report, columns, table, wanted)
            self._remember(block.file, columns, table)
        report.findings = list(table.findings)
        return report

    def repeated_ids(self) -> Iterator[Finding]:
        """Return the findings about repeated ids."""
        if self._repeats:
            yield from self._repeats.findings()

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        if len(self._users_with_two) < USERS_ENOUGH and self._repeats:
            return self._repeats.users_with_two(USERS_ENOUGH)
        return min(len(self._users_with_two), USERS_ENOUGH)

    def _remember(self, file: str, columns: Columns, table: Table) -> None:
        if columns.key:
            ids, lines = table.values[columns.key.place], pa.array(table.lines, type=pa.int64())
            with self._lock:
                self._kept().add_ids(file, columns.key.name, ids, lines)
        if columns.user and len(self._users_with_two) < USERS_ENOUGH:
            users = pc.value_counts(table.values[columns.user.place].drop_null())
            ids, rows = users.field("values"), users.field("counts")
            several = ids.filter(pc.greater(rows, 1))
            with self._lock:
                self._users_with_two.update(several[:USERS_ENOUGH].to_pylist())
                if len(self._users_with_two) < USERS_ENOUGH:  # rare: then they are counted over all blocks
                    self._kept().add_users(ids, rows)

    def _kept(self) -> "Repeats":
        if self._repeats is None:
            # DuckDB takes a while to load, and most interactions don't need it.
            from personalize_import_handler.data_checks.arrow.repeats import Repeats

            self._repeats = Repeats(self._closing)
        return self._repeats


def _found(file: str, column: Column, table: Table, checks: Sequence[Check]) -> Iterator[Finding]:
    """Yield a finding for the first value of a column that violates a rule, with the number of such values."""
    values = Values(table.values[column.place], checks)
    for check in checks:
        places = violations(check.condition, values)
        if len(places):
            first = pc.min(places).as_py()
            yield Finding(
                rule=check.rule,
                file=file,
                line=table.lines[first],
                column=column.name,
                value=values.array[first].as_py() or "",
                count=len(places),
            )


def _violated(checks: Sequence[Check], different: pa.StringArray) -> list[Check]:
    """Return the checks that some of the different values of a column violate."""
    values = Values(different, checks)
    return [check for check in checks if len(violations(check.condition, values))]


def _count(report: BlockReport, columns: Columns, table: Table, wanted: Wanted) -> None:
    for column in columns.imported:
        if column.may_be_sparse:
            report.empty[column.name] = table.values[column.place].null_count
    if columns.event_type:
        report.event_types = _event_types(columns.needed_event_types, table.values[columns.event_type.place])
    if columns.time and wanted.times:
        report.times = set(_strings(pc.unique(table.values[columns.time.place])[:2]))
    if wanted.rows:
        report.different = _different(columns, table, wanted.rows)


def _strings(values: pa.StringArray) -> list[str]:
    return [value or "" for value in values.to_pylist()]


def _event_types(needed: frozenset[str], values: pa.StringArray) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in pc.value_counts(values.drop_null()).to_pylist():
        name = each["values"].casefold()
        if name in needed:
            found[name] += each["counts"]
    return found


def _different(columns: Columns, table: Table, limit: int) -> set[tuple[str, ...]]:
    """Return different rows, at most `limit`."""
    rows = pa.table({f"c{column.place}": table.values[column.place] for column in columns.imported})
    head = rows.slice(0, limit).to_pylist()
    found = {tuple(row.values()) for row in head}
    if len(found) < limit < len(rows):
        found = {
            tuple(row.values()) for row in rows.group_by(rows.column_names).aggregate([]).slice(0, limit).to_pylist()
        }
    return found
