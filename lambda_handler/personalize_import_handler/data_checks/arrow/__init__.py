"""The row checker with pyarrow: on all cores, in bounded memory. It is not part of the Lambda functions.

It needs pyarrow and DuckDB. Without them, or for small files, the plain row checker is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from personalize_import_handler.data_checks.row_checker import RowChecker

_LARGE: Final = 4 << 20
"""Below, pyarrow takes longer to load than the standard library to check."""


@contextmanager
def row_checker_for(size: int) -> Iterator[RowChecker]:
    """Return the fastest row checker for data of so many bytes; all find the same."""
    if size < _LARGE or not (find_spec("pyarrow") and find_spec("duckdb")):
        yield RowChecker()
        return
    from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker

    with ArrowRowChecker() as checker:
        yield checker
