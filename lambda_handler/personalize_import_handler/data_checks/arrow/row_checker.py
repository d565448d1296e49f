"""The row checker with pyarrow, for large files."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.arrow.parsing import rows_of, split
from personalize_import_handler.data_checks.arrow.rows import ArrowRows
from personalize_import_handler.data_checks.column_checks import Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import USERS_ENOUGH
from personalize_import_handler.data_checks.rows import Block, BlockReport, Wanted
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


class ArrowRowChecker(ExitStack):
    """The `RowChecker` with pyarrow; its temporary files are removed at the end of its context."""

    def __init__(self, workers: int | None = None, block_bytes: int = _BLOCK_BYTES) -> None:
        super().__init__()
        self.workers = workers or min(os.cpu_count() or 1, _WORKERS_MAX)
        self.block_bytes = block_bytes
        bytes(_KEPT_BYTES)  # allocated and freed at once
        self._lock = Lock()
        self._repeats: Repeats | None = None
        self._users_with_two: set[str] = set()

    def split(self, file: str, lines: Lines, *, is_last: bool) -> tuple[Block, Lines | None]:
        """Return the whole records of some lines, and the lines of a record that isn't finished, if there is one."""
        return split(file, lines, is_last=is_last)

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
        rows = rows_of(block, columns)
        report = rows.report(columns, wanted)
        if rows.lines:
            self._remember(columns, rows)
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

    def _remember(self, columns: Columns, rows: ArrowRows) -> None:
        if columns.key:
            ids, lines = rows.values[columns.key.place], pa.array(rows.lines, type=pa.int64())
            with self._lock:
                self._kept().add_ids(rows.file, columns.key.name, ids, lines)
        if columns.user and len(self._users_with_two) < USERS_ENOUGH:
            users = pc.value_counts(rows.values[columns.user.place].drop_null())
            ids, counts = users.field("values"), users.field("counts")
            several = ids.filter(pc.greater(counts, 1))
            with self._lock:
                self._users_with_two.update(several[:USERS_ENOUGH].to_pylist())
                if len(self._users_with_two) < USERS_ENOUGH:  # rare: then they are counted over all blocks
                    self._kept().add_users(ids, counts)

    def _kept(self) -> "Repeats":
        if self._repeats is None:
            # DuckDB takes a while to load, and most interactions don't need it.
            from personalize_import_handler.data_checks.arrow.repeats import Repeats

            self._repeats = Repeats(self)
        return self._repeats
