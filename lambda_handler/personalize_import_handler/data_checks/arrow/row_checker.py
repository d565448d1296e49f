"""The row checker with pyarrow, for large files."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.aggregates import USERS_ENOUGH
from personalize_import_handler.data_checks.arrow.facts import strings
from personalize_import_handler.data_checks.arrow.parsing import cut, is_well_formed, parsed_rows
from personalize_import_handler.data_checks.arrow.values import ArrowValues
from personalize_import_handler.data_checks.column_checks import Column, Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.rows import Block, Rows
from personalize_import_handler.data_checks.tokenizer import LINE_BYTES_MAX

if TYPE_CHECKING:
    from personalize_import_handler.data_checks.arrow.repeats import Repeats

_KEPT_BYTES: Final = 16 << 20
"""glibc doesn't return memory of up to the size of the largest freed block to the system, and so takes it only once.

https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD)
"""
_WORKERS_MAX: Final = 4
"""More would need more memory; reading the file is slower than four."""


class ArrowRowChecker(RowChecker, ExitStack):
    """The `RowChecker` with pyarrow; its temporary files are removed at the end of its context."""

    def __init__(self, workers: int | None = None) -> None:
        super().__init__()
        self.workers = workers or min(os.cpu_count() or 1, _WORKERS_MAX)
        bytes(_KEPT_BYTES)  # allocated and freed at once
        self._repeats: Repeats | None = None

    def split(self, block: Block, *, is_last: bool) -> tuple[Block, bytes]:
        """Return the whole records of a block; they need no splitting in Python if pyarrow can parse them."""
        if b'"' not in block.lines or is_well_formed(block.lines):
            return block, b""
        whole, rest = (b"", b"") if is_last else cut(block.lines)
        if whole and rest and len(rest) <= LINE_BYTES_MAX and is_well_formed(whole):
            return replace(block, lines=whole), rest
        return super().split(block, is_last=is_last)

    def rows_of(self, block: Block, columns: Columns) -> Rows[ArrowValues]:
        """Split the records of a block into values."""
        if block.records is None:
            if parsed := parsed_rows(block, columns):
                return parsed
            block = super().split(block, is_last=True)[0]
        plain = super().rows_of(block, columns)
        arrays = {
            place: ArrowValues(pa.array([value or None for value in values], type=pa.string()))
            for place, values in plain.values.items()
        }
        return Rows(block.file, plain.lines, plain.line_count, plain.findings, arrays)

    def different(self, rows: Rows[ArrowValues], columns: Sequence[Column], limit: int) -> set[tuple[str, ...]]:
        """Return different combinations of values; usually, there are enough in the first rows."""
        table = pa.table({column.name: rows.values[column.place].array for column in columns})
        found = _tuples(table.slice(0, limit))
        if len(found) < limit < len(table):
            found = _tuples(table.group_by(table.column_names).aggregate([]).slice(0, limit))
        return found

    def find_repeated(self, rows: Rows[ArrowValues], column: Column, first_line: int) -> None:
        """Find the repeated ids of records, or the users with two interactions."""
        ids = rows.values[column.place].array
        if not column.is_key:
            if len(self._users_with_two) < USERS_ENOUGH:
                users = pc.value_counts(ids.drop_null())
                several = users.field("values").filter(pc.greater(users.field("counts"), 1))
                self._users_with_two.update(several[:USERS_ENOUGH].to_pylist())
            if len(self._users_with_two) >= USERS_ENOUGH:
                return
        if self._repeats is None:
            # DuckDB takes a while to load, and most interactions don't need it.
            from personalize_import_handler.data_checks.arrow.repeats import Repeats

            self._repeats = Repeats(self, column.name)
        self._repeats.add(rows.file, ids, pc.add(pa.array(rows.lines, type=pa.int64()), first_line))

    def repeated_ids(self) -> Iterator[Finding]:
        """Return the findings about repeated ids."""
        if self._repeats:
            yield from self._repeats.findings()

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        if len(self._users_with_two) < USERS_ENOUGH and self._repeats:
            return self._repeats.count(USERS_ENOUGH)
        return min(len(self._users_with_two), USERS_ENOUGH)


def _tuples(rows: pa.Table) -> set[tuple[str, ...]]:
    return set(zip(*(strings(column) for column in rows.columns), strict=True))
