"""Ids that occur more than once, in data of any size: DuckDB keeps what exceeds its memory in a temporary folder."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import duckdb
import pyarrow as pa

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.findings import Finding

_MEMORY: Final = "150MB"
_REPEATED: Final = """
SELECT file, "column", min(line), arg_min(id, line), count(*) FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY file, line) AS time FROM ids
    WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1)
) WHERE time > 1 GROUP BY file, "column" ORDER BY file
"""
_USERS: Final = "SELECT count(*) FROM (SELECT id FROM users GROUP BY id HAVING sum(rows) > 1 LIMIT $1)"


class Repeats:
    """The ids of records, and the users of interactions; not for several threads at once."""

    def __init__(self, closing: ExitStack) -> None:
        """Open a database that is removed when `closing` is closed."""
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="personalize-import-"))
        with _python_errors():
            self._connection = duckdb.connect(
                config={
                    "threads": 2,
                    "memory_limit": _MEMORY,
                    "temp_directory": folder,
                    "preserve_insertion_order": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                }
            )
        closing.callback(self._connection.close)
        self._connection.execute('CREATE TABLE ids (id VARCHAR, file INTEGER, line BIGINT, "column" VARCHAR)')
        self._connection.execute("CREATE TABLE users (id VARCHAR, rows BIGINT)")
        self._files: dict[str, int] = {}

    def add_ids(self, file: str, column: str, ids: pa.StringArray, lines: pa.Int64Array) -> None:
        """Add the ids of some rows."""
        number = self._files.setdefault(file, len(self._files))
        self._insert("ids SELECT id, $1, number, $2 FROM batch WHERE id <> ''", ids, lines, [number, column])

    def add_users(self, users: pa.StringArray, rows: pa.Int64Array) -> None:
        """Add users with their numbers of rows."""
        self._insert("users SELECT id, number FROM batch WHERE id <> ''", users, rows, [])

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about repeated ids, one for each file."""
        files = list(self._files)
        with _python_errors():
            found = self._connection.execute(_REPEATED).fetchall()
        for file, column, line, value, count in found:
            yield Finding(rule=rules.REPEATED_ID, file=files[file], line=line, column=column, value=value, count=count)

    def users_with_two(self, limit: int) -> int:
        """Return the number of users with two rows or more, at most `limit`."""
        with _python_errors():
            row: Any = self._connection.execute(_USERS, [limit]).fetchone()
        return int(row[0])

    def _insert(self, what: str, ids: pa.StringArray, numbers: pa.Int64Array, parameters: list[object]) -> None:
        with _python_errors():
            self._connection.register("batch", pa.table({"id": ids, "number": numbers}))
            self._connection.execute(f"INSERT INTO {what}", parameters)
            self._connection.unregister("batch")


@contextmanager
def _python_errors() -> Iterator[None]:
    """Raise OSError if DuckDB lacks memory or disk space, and KeyboardInterrupt for Ctrl-C."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]  # advice about settings of DuckDB follows
        raise OSError(f"the ids of all records can't be compared: {reason}") from error
    except RuntimeError as error:  # DuckDB replaces the exception that a signal raised during its call
        raise KeyboardInterrupt from error
