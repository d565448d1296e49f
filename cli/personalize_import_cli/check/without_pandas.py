"""Keep pyarrow from importing pandas.

pyarrow imports pandas, if it is installed, to recognize pandas objects among its arguments. There are none here, and
the import takes longer than the check of a hundred megabytes.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType


class _NoPandas:
    """A finder of modules for `sys.meta_path` by which pandas isn't installed."""

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Prevent imports of pandas in the block."""
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
