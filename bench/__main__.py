"""Measure, print what was measured, and write it to docs/benchmarks.md.

`QUICK=1` takes small data and only prints, `LARGE=1` takes ten times as much as else.
"""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench import checks

_PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_PACKAGES: Final = ("duckdb", "pandas", "pyarrow")
_INTRODUCTION: Final = """# Benchmarks

Written by `make bench`. `QUICK=1` measures small data and only prints; `LARGE=1` adds data ten times as large.
Contenders run one after the other on the same data, each as a process of its own: seconds are from its start to its
end, memory is the most that was resident. Figures change with the machine; compare rows of one run.
"""


def main() -> None:
    """Run all parts."""
    quick, large = (os.environ.get(name, "") not in ("", "0") for name in ("QUICK", "LARGE"))
    measured = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for each in checks.measure(Path(folder), quick=quick, large=large):
            measured.append(each)
            sys.stderr.write(f"{each.row}\n")
    page = f"{_INTRODUCTION}\n{_machine()}\n\n## {checks.TITLE}\n\n{checks.table(measured)}"
    sys.stdout.write(page)
    if not quick:
        _PAGE.write_text(page)


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, {packages}."
    )


if __name__ == "__main__":
    main()
