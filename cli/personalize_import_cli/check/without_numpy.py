"""Keep pyarrow from importing NumPy and pandas.

pyarrow imports them, if they are installed, to recognize their objects among its arguments. There are none here, and
the imports take longer than the check of a hundred megabytes. https://arrow.apache.org/docs/python/numpy.html
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_numpy() -> Iterator[None]:
    """Prevent imports of NumPy and pandas in the block, unless they or pyarrow are imported already."""
    # pyarrow with NumPy fails if pandas is hidden.
    hidden = set() if "pyarrow" in sys.modules else {"numpy", "pandas"} - sys.modules.keys()
    # A module that is None can't be imported: https://docs.python.org/3/reference/import.html#the-module-cache
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
