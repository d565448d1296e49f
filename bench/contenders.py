"""The contenders, each run in a separate process so that its memory can be measured."""

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
class Contender:
    """A program that checks data."""

    name: str
    command: Callable[[Path, Path], list[str]]
    """Return the arguments for the data and its schema."""


@dataclass(frozen=True)
class Run:
    """The result of a contender."""

    contender: Contender
    data_bytes: int
    rows: int
    seconds: float
    peak_bytes: int
    findings: frozenset[Finding]

    @property
    def rows_per_second(self) -> float:
        """Rows checked per second, including the start of the process."""
        return self.rows / self.seconds


def _command_line(engine: str) -> Callable[[Path, Path], list[str]]:
    options = ["--format", "json", "--engine", engine]
    return lambda data, schema: ["personalize_import_cli", "check", str(data), "--schema", str(schema), *options]


DUCKDB: Final = Contender("personalize-import check", _command_line("duckdb"))
PLAIN: Final = Contender("personalize-import check --engine plain", _command_line("plain"))
CSV: Final = Contender("the same rules with the csv module", lambda data, _: ["bench.csv_rules", str(data)])
PANDAS: Final = Contender("the same rules in pandas chunks", lambda data, _: ["bench.pandas_rules", str(data)])
CONTENDERS: Final = (DUCKDB, PLAIN, CSV, PANDAS)
READING: Final = Contender("DuckDB's own reader, without rules", lambda data, _: ["bench.reading", str(data)])
"""Not a contender, because it checks nothing; the difference is the time for the rules."""


def run(contender: Contender, data: Path, schema: Path) -> Run:
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
    # wait4 returns the usage of this child; RUSAGE_CHILDREN has only the largest of all children.
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{contender.name} ended with {process.returncode}: {output}")
    report = json.loads(output)
    return Run(
        contender=contender,
        data_bytes=data.stat().st_size,
        rows=report.get("rows") or report["data"]["rows"],
        seconds=seconds,
        peak_bytes=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        findings=frozenset(_found(each) for each in report["findings"]),
    )


def _found(finding: Any) -> Finding:  # noqa: ANN401 - parsed JSON
    if isinstance(finding, list):
        rule, column, line, count = finding
    else:
        rule, column, line, count = (finding[key] for key in ("rule", "column", "line", "count"))
    return (rule, column, line, count)
