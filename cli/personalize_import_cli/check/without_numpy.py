"""Keep pyarrow from importing NumPy and pandas.

pyarrow imports them, if they are installed, to recognize their objects among its arguments. There are none here, and
the imports take longer than the check of a hundred megabytes. https://arrow.apache.org/docs/python/numpy.html
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType


class _NoNumpy:
    """A finder of modules for `sys.meta_path` by which neither is installed."""

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> None:
        if name in ("numpy", "pandas"):
            raise ModuleNotFoundError(name)


@contextmanager
def without_numpy() -> Iterator[None]:
    """Prevent imports of NumPy and pandas in the block."""
    finder = _NoNumpy()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
