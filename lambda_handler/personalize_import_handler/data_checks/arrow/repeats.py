"""Ids that occur more than once, in data of any size: DuckDB keeps what exceeds its memory in a temporary folder.

DuckDB runs in a separate thread, because Python handles signals in the main thread only: an exception that a handler
raises while DuckDB calls Python, KeyboardInterrupt for example, is lost or aborts the process.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.findings import Finding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY: Final = "150MB"
# Both number the rows of each id, which takes little memory; GROUP BY lacks memory for 130 million ids.
_REPEATED: Final = """
SELECT file, min(line), arg_min(id, line), count(*) FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY file, line) AS time FROM ids
) WHERE time > 1 GROUP BY file ORDER BY file
"""
_COUNT: Final = """
SELECT count(*) FROM (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY id) AS time FROM ids) WHERE time = 2 LIMIT $1
)
"""


class Repeats:
    """The values of a column with ids; not for several threads at once."""

    def __init__(self, closing: ExitStack, column: str) -> None:
        """Open a database that is removed when `closing` is closed."""
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="personalize-import-"))
        self._thread = closing.enter_context(ThreadPoolExecutor(max_workers=1))
        self._connection = self._thread.submit(_connect, folder).result()
        closing.callback(self._thread.submit, self._connection.close)
        closing.callback(self._connection.interrupt)
        self._column = column
        self._files: dict[str, int] = {}

    def add(self, file: str, ids: pa.StringArray, lines: pa.Int64Array) -> None:
        """Add the ids of some rows."""
        number = self._files.setdefault(file, len(self._files))
        self._thread.submit(_insert, self._connection, pa.table({"id": ids, "line": lines}), number).result()

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about repeated ids, one for each file."""
        files = list(self._files)
        for file, line, value, count in self._thread.submit(_rows, self._connection, _REPEATED).result():
            yield Finding(
                rule=rules.REPEATED_ID, file=files[file], line=line, column=self._column, value=value, count=count
            )

    def count(self, limit: int) -> int:
        """Return the number of repeated ids, at most `limit`."""
        return int(self._thread.submit(_rows, self._connection, _COUNT, limit).result()[0][0])


def _connect(folder: str) -> "DuckDBPyConnection":
    import duckdb  # in the thread, like its calls

    with _database_errors():
        connection = duckdb.connect(
            config={
                "threads": 2,
                "memory_limit": _MEMORY,
                "temp_directory": folder,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        return connection.execute("CREATE TABLE ids (id VARCHAR, file INTEGER, line BIGINT)")


def _insert(connection: "DuckDBPyConnection", batch: pa.Table, file: int) -> None:
    with _database_errors():
        connection.register("batch", batch)
        connection.execute("INSERT INTO ids SELECT id, $1, line FROM batch WHERE id <> ''", [file])
        connection.unregister("batch")


def _rows(connection: "DuckDBPyConnection", query: str, *values: int) -> list[Any]:
    with _database_errors():
        return connection.execute(query, values).fetchall()


@contextmanager
def _database_errors() -> Iterator[None]:
    """Raise OSError if DuckDB lacks memory or disk space."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]  # advice about settings of DuckDB follows
        raise OSError(f"the ids of all records can't be compared: {reason}") from error
