"""The row checker on DuckDB: on all cores and in bounded memory.

A block either passes the sieve, which is one regular expression, or is split into values that SQL checks.
"""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final, Self

import duckdb

from personalize_import_cli.check.duckdb_block import LINES, DuckDbBlock
from personalize_import_cli.check.duckdb_conditions import text
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import USERS_ENOUGH, BlockReport
from personalize_import_handler.data_checks.sieve import LENGTH_MAX, Sieve, empty_values, has_reserved_words
from personalize_import_handler.data_checks.tokenizer import Block

_BLOCK_BYTES: Final = 1 << 20
_MEMORY: Final = "500MB"
_REPEATED_IDS: Final = """
SELECT file, "column", min(line), arg_min(id, line), count(*) FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY file, line) AS time FROM ids
    WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1)
) WHERE time > 1 GROUP BY file, "column" ORDER BY file
"""


class DuckDbRowChecker:
    """The `RowChecker` on DuckDB. Data beyond its memory limit goes to a temporary folder."""

    def __init__(self, workers: int | None = None, block_bytes: int = _BLOCK_BYTES) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.block_bytes = block_bytes
        self._closing = ExitStack()
        self._connection = duckdb.connect(config=self._configuration())
        self._closing.callback(self._connection.close)
        self._connection.execute('CREATE TABLE ids (id VARCHAR, file INTEGER, line BIGINT, "column" VARCHAR)')
        self._connection.execute("CREATE TABLE users (id VARCHAR)")
        self._of_thread = threading.local()
        self._lock = threading.Lock()
        self._sieve = Sieve()
        self._files: dict[str, int] = {}
        self._blocks_of_users = 0
        self._users_with_two = 0

    def __enter__(self) -> Self:
        """Return the checker."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the database and remove its folder."""
        self._closing.close()

    def check(self, block: Block, columns: Columns, counted: frozenset[str]) -> BlockReport:
        """Check the rows of a block."""
        cursor = self._cursor()
        if self._passes(cursor, block, columns, counted):
            self._remember(cursor, block, columns, *_values_of_lines(block, columns))
            return BlockReport(rows=block.count, empty=empty_values(block.text, columns))
        rows = DuckDbBlock(cursor, block, columns)
        report = rows.report(counted)
        self._remember(cursor, block, columns, rows.values, {})
        with self._lock:
            self._sieve.learn(report.values)
        return report

    def repeated_ids(self) -> Iterator[Finding]:
        """Return the findings of repeated ids."""
        files = list(self._files)
        for file, column, line, value, count in self._connection.execute(_REPEATED_IDS).fetchall():
            yield Finding(rule=rules.REPEATED_ID, file=files[file], line=line, column=column, value=value, count=count)

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        if self._users_with_two < USERS_ENOUGH:
            self._count_users(self._connection)
        return self._users_with_two

    def _count_users(self, connection: duckdb.DuckDBPyConnection) -> None:
        again = f"SELECT id FROM users GROUP BY id HAVING count(*) > 1 LIMIT {USERS_ENOUGH}"
        self._users_with_two = max(self._users_with_two, len(connection.execute(again).fetchall()))

    def _configuration(self) -> dict[str, str | bool | int | float | list[str]]:
        folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="personalize-import-"))
        return {
            "threads": self.workers,
            "memory_limit": _MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._of_thread, "cursor"):
            self._of_thread.cursor = self._connection.cursor()
        cursor: duckdb.DuckDBPyConnection = self._of_thread.cursor
        return cursor

    def _passes(
        self, cursor: duckdb.DuckDBPyConnection, block: Block, columns: Columns, counted: frozenset[str]
    ) -> bool:
        with self._lock:
            # RE2 is slow for counted repetitions, so the length of lines is checked separately.
            line = self._sieve.pattern(columns, counted, repeated="+")
        if line is None or has_reserved_words(block.text, columns) or _has_long_lines(block.text):
            return False
        lines = text(f"(?:{line}\n)*{line}")
        found = cursor.execute(f"SELECT regexp_full_match($1, {lines})", [block.text]).fetchone()
        return bool(found and found[0])

    def _remember(
        self,
        cursor: duckdb.DuckDBPyConnection,
        block: Block,
        columns: Columns,
        values: str,
        parameters: Mapping[str, Any],
    ) -> None:
        """Store ids and, until there are enough, users: they are counted over all blocks."""
        if columns.key:
            with self._lock:
                file = self._files.setdefault(block.file, len(self._files))
            of = f"c{columns.key.place} AS id, {file}, n, {text(columns.key.name)}"
            cursor.execute(f"INSERT INTO ids SELECT {of} FROM {values} WHERE id <> ''", parameters)
        if columns.user and self._users_with_two < USERS_ENOUGH:
            users = f"SELECT c{columns.user.place} AS id FROM {values} WHERE id <> ''"
            cursor.execute(f"INSERT INTO users {users}", parameters)
            self._blocks_of_users += 1
            if self._blocks_of_users.bit_count() == 1:  # more and more rarely, because it takes longer each time
                self._count_users(cursor)


def _values_of_lines(block: Block, columns: Columns) -> tuple[str, Mapping[str, Any]]:
    """Return a table of the values of lines without quotes and backslashes, in SQL."""
    places = [column.place for column in (columns.key, columns.user) if column]
    values = ", ".join(f"split_part(line, ',', {place + 1}) AS c{place}" for place in places)
    return f"(SELECT n, {values} FROM ({LINES}))", {"text": block.text, "first": block.first_line}


def _has_long_lines(lines: str) -> bool:
    # Jump from line end to line end; the local variables are for speed.
    begin, last, find = 0, len(lines) - LENGTH_MAX, lines.rfind
    while begin < last:
        end = find("\n", begin, begin + LENGTH_MAX + 1)
        if end < 0:
            return True
        begin = end + 1
    return False
