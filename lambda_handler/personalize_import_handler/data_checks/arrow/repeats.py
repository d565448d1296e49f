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
SELECT file, min(line), arg_min(id, line), count(*) FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY file, line) AS time FROM ids
    WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1)
) WHERE time > 1 GROUP BY file ORDER BY file
"""
_COUNT: Final = "SELECT count(*) FROM (SELECT id FROM ids GROUP BY id HAVING count(*) > 1 LIMIT $1)"


class Repeats:
    """The values of a column with ids; not for several threads at once."""

    def __init__(self, closing: ExitStack, column: str) -> None:
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
        self._connection.execute("CREATE TABLE ids (id VARCHAR, file INTEGER, line BIGINT)")
        self._column = column
        self._files: dict[str, int] = {}

    def add(self, file: str, ids: pa.StringArray, lines: pa.Int64Array) -> None:
        """Add the ids of some rows."""
        number = self._files.setdefault(file, len(self._files))
        with _python_errors():
            self._connection.register("batch", pa.table({"id": ids, "line": lines}))
            self._connection.execute("INSERT INTO ids SELECT id, $1, line FROM batch WHERE id <> ''", [number])
            self._connection.unregister("batch")

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about repeated ids, one for each file."""
        files = list(self._files)
        with _python_errors():
            found = self._connection.execute(_REPEATED).fetchall()
        for file, line, value, count in found:
            yield Finding(
                rule=rules.REPEATED_ID, file=files[file], line=line, column=self._column, value=value, count=count
            )

    def count(self, limit: int) -> int:
        """Return the number of repeated ids, at most `limit`."""
        with _python_errors():
            row: Any = self._connection.execute(_COUNT, [limit]).fetchone()
        return int(row[0])


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
