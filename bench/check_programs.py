"""The contenders, each run in a separate process so that its CPU time and memory can be measured."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[1]
_SOURCES: Final = (".", "cli", "lambda_handler")

Finding = tuple[str, str | None, int | None, int]
"""A rule, a column, the first line, and the number of occurrences."""


@dataclass(frozen=True)
class CheckProgram:
    """A program that checks data, or only reads it."""

    name: str
    command: Callable[[Path, Path], list[str]]
    """Return the arguments for the data and its schema."""


@dataclass(frozen=True)
class ProgramRun:
    """The result of a contender."""

    contender: CheckProgram
    rows: int
    seconds: float
    """The time from the start of the process to its end."""
    cpu_seconds: float
    """The time that all its threads took together."""
    peak_bytes: int
    findings: frozenset[Finding]


CHECK: Final = CheckProgram(
    "personalize-import check",
    lambda data, schema: ["personalize_import_cli", "check", str(data), "--schema", str(schema), "--format", "json"],
)
CSV: Final = CheckProgram("handwritten rules with the csv module", lambda data, _: ["bench.csv_rules", str(data)])
PANDAS: Final = CheckProgram("handwritten rules in pandas chunks", lambda data, _: ["bench.pandas_rules", str(data)])
READERS: Final = (
    CheckProgram("pyarrow's own reader, without rules", lambda data, _: ["bench.read_pyarrow", str(data)]),
    CheckProgram("DuckDB's own reader, without rules", lambda data, _: ["bench.read_duckdb", str(data)]),
)
"""Readers without rules."""


def many_items(size: int, *, times: int = 1) -> CheckProgram:
    """Return the check of generated items, which are not written to a disk.

    Args:
        size: The size of the items in bytes.
        times: The number of rows that each id occurs in.
    """
    command = ["bench.many_items", str(size), str(times)]
    return CheckProgram("the check of generated items", lambda _data, _schema: command)


def run_program(contender: CheckProgram, data: Path, schema: Path) -> ProgramRun:
    """Run a contender on data."""
    path = os.pathsep.join(str(_ROOT / source) for source in _SOURCES)
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *contender.command(data, schema)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    output = process.stdout.read() if process.stdout else ""
    # wait4 returns the usage of this child; RUSAGE_CHILDREN has the sum or the largest of all children.
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1) or not output:
        raise RuntimeError(f"{contender.name} ended with {process.returncode}: {output}")
    report = json.loads(output)
    return ProgramRun(
        contender=contender,
        rows=report["rows"] if "rows" in report else report["data"]["rows"],
        seconds=seconds,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_bytes=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        findings=frozenset(_found(each) for each in report["findings"]),
    )


def _found(finding: Any) -> Finding:  # noqa: ANN401 - parsed JSON
    if isinstance(finding, list):
        rule, column, line, count = finding
    else:
        rule, column, line, count = (finding[key] for key in ("rule", "column", "line", "count"))
    return (rule, column, line, count)
