"""Run the benchmarks, print the figures and write them to docs/benchmarks.md.

`python -m bench` runs all parts. With names of parts as arguments, it runs those and only prints. `QUICK=1` measures
less and only prints; `LARGE=1` adds the check of 10 GB.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.part import Part, Scale, Section

PARTS: Final = (
    Part("waiting", "Waiting", "bench.waiting"),
    Part("resources", "Resources", "bench.resources"),
    Part("synth", "Synth", "bench.synth"),
    Part("cold-start", "Cold start", "bench.cold_start"),
    Part("commands", "Commands", "bench.commands"),
    Part("local-aws", "Local AWS", "bench.local_aws"),
    Part("checks", "Checks of data", "bench.checks"),
    # The part "refresh" follows here.
)

_DOCS: Final = Path(__file__).parents[1] / "docs"
_PACKAGES: Final = ("aws-cdk-lib", "crhelper", "ministack", "duckdb", "pandas", "pyarrow")
_INTRODUCTION: Final = """# Benchmarks

`make bench` writes this page. `QUICK=1` measures less, `PARTS="..."` measures only these parts; both only print the
result. `LARGE=1` adds the check of 10 GB. Figures depend on the machine: compare only figures of the same run.
All sections are measured in one run, which should take at most 15 minutes.
"""


def main() -> None:
    """Run all parts, or the ones named on the command line."""
    quick, large = (os.environ.get(name, "") not in ("", "0") for name in ("QUICK", "LARGE"))
    parts = chosen(sys.argv[1:])
    begin = time.monotonic()
    sections = {part: _measure(part, Scale(quick=quick, large=large)) for part in parts}
    text = page(sections, time.monotonic() - begin)
    sys.stdout.write(text)
    if parts == PARTS and not quick:
        files = {name: content for section in sections.values() for name, content in section.files.items()}
        for name, content in {"benchmarks.md": text, **files}.items():
            (_DOCS / name).write_text(content)


def chosen(names: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts with these names, or all; exit with a message if a name is unknown."""
    known = [part.name for part in PARTS]
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"unknown part: {', '.join(unknown)}; parts are {', '.join(known)}")
    return tuple(part for part in PARTS if not names or part.name in names)


def page(sections: dict[Part, Section], seconds: float) -> str:
    """Return the page with these sections, which took `seconds` to measure."""
    parts = [f"## {part.title}\n\n{section.text}" for part, section in sections.items()]
    return "\n".join([_INTRODUCTION, f"{_machine()} The run took {seconds / 60:.0f} minutes.\n", *parts])


def _measure(part: Part, scale: Scale) -> Section:
    """Run a part in a separate process, because a process inherits the peak memory of its parent."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process,
    ):
        begin = time.monotonic()
        section = process.submit(part.run, Path(folder), scale).result()
        sys.stderr.write(f"{part.name}: {time.monotonic() - begin:.0f} s\n")
        return section


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, {packages}."
    )


if __name__ == "__main__":
    main()
