"""The checks of data compared with handwritten checks and bare readers: CPU time, time, and memory."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.check_programs import CHECK, CSV, PANDAS, READERS, CheckProgram, ProgramRun, many_items, run_program
from bench.data import CLEAN, KINDS, MILLISECONDS, write_data, write_schema
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_INTRODUCTION: Final = """Contenders run one after the other on the same interactions with five columns, each in a
separate process: seconds are measured from its start to its end, CPU seconds are those of all its threads, memory is
the peak resident size. Except clean data, each kind of data has the same fault in every row. Kinds that only the check
reads have a quarter of the rows, and are compared with as many clean ones. Readers read all columns as strings. The
check and the readers take turns with each file, and of their three runs, the one with the fewest CPU seconds counts.
pandas gets a quarter of the rows, and the csv module a twentieth, because they take so long. All modules have been
compiled by an earlier run.
"""
_MEGABYTE: Final = 1_000_000
_SIZE: Final = 1000 * _MEGABYTE
_SIZE_QUICK: Final = 20 * _MEGABYTE
_SIZE_COMPILING: Final = 5 * _MEGABYTE
"""Enough for all modules to be loaded, and so compiled, before anything is measured."""
_RUNS: Final = 3
"""Runs of the check and of the readers, in turn; other load on the machine only adds to what they take."""
_PANDAS_PART: Final = 4
_CSV_PART: Final = 20
"""Contenders that take long get one row in so many."""
_ITEMS: Final = 10_000 * _MEGABYTE
_ITEMS_QUICK: Final = 100 * _MEGABYTE
_READER_TIMES_MAX: Final = 1.5
_CLEAN_TIMES_MAX: Final = 2.0
_FASTER_MIN: Final = 10.0
_MEMORY_MAX: Final = 500 * _MEGABYTE
_COMPARED: Final = (CLEAN, MILLISECONDS)
"""The kinds of data that all contenders check."""
_OTHERS: Final = tuple(kind for kind in KINDS if kind not in _COMPARED)
"""The kinds that only the check reads."""
_PART: Final = 4
"""Of these kinds, one row in so many is enough, because they are compared with as many clean ones."""
_CLEAN_PART: Final = "clean, a quarter of the rows"


@dataclass(frozen=True)
class MeasuredProgram:
    """The run of a contender on a kind of data."""

    kind: str
    size: int
    """The size of the data in bytes."""
    rows: int
    """The number of rows, including the ones that a contender doesn't count because they are faulty."""
    run: ProgramRun

    @property
    def cpu_per_row(self) -> float:
        """CPU seconds per row, including the start of the process."""
        return self.run.cpu_seconds / self.rows

    @property
    def seconds_per_row(self) -> float:
        """Seconds per row, including the start of the process."""
        return self.run.seconds / self.rows

    @property
    def row(self) -> tuple[str, ...]:
        """The row of the table."""
        return (
            self.kind,
            self.run.contender.name,
            f"{self.size / _MEGABYTE:,.0f}",
            f"{self.run.cpu_seconds:.1f}",
            f"{self.run.seconds:.1f}",
            f"{1 / self.seconds_per_row:,.0f}",
            f"{self.run.peak_bytes / _MEGABYTE:,.0f}",
        )


def measure(folder: Path, *, quick: bool = False, large: bool = False) -> Iterator[MeasuredProgram]:
    """Measure all contenders; the data is written to the folder."""
    size = _SIZE_QUICK if quick else _SIZE
    compiling = _Data(folder, CLEAN, _SIZE_COMPILING)
    for contender in (CHECK, *READERS, PANDAS, CSV):
        compiling.measured(contender)
    for kind in _COMPARED:
        yield from _Data(folder, kind, size).best(CHECK, *(READERS if kind == CLEAN else ()))
        yield _Data(folder, kind, size // _PANDAS_PART).measured(PANDAS)
        yield _Data(folder, kind, size // _CSV_PART).measured(CSV)
    for kind in (CLEAN, *_OTHERS):
        (part,) = _Data(folder, kind, size // _PART).best(CHECK)
        yield replace(part, kind=_CLEAN_PART) if kind == CLEAN else part
    if large:
        items = _ITEMS_QUICK if quick else _ITEMS
        run = run_program(many_items(items), folder, folder)
        yield MeasuredProgram("items with ids", items, run.rows, run)


class _Data:
    """Data of a kind, which replaces the data before it in the folder."""

    def __init__(self, folder: Path, kind: str, size: int) -> None:
        self._kind, self._path, self._schema = kind, folder / "interactions.csv", folder / "schema.json"
        self._rows = write_data(self._path, size, kind)
        write_schema(self._schema)

    def measured(self, contender: CheckProgram) -> MeasuredProgram:
        """Run a contender."""
        run = run_program(contender, self._path, self._schema)
        return MeasuredProgram(self._kind, self._path.stat().st_size, self._rows, run)

    def best(self, *contenders: CheckProgram) -> list[MeasuredProgram]:
        """Run contenders in turn; return the run of each with the fewest CPU seconds."""
        rounds = [[self.measured(each) for each in contenders] for _ in range(_RUNS)]
        return [min(runs, key=lambda each: each.run.cpu_seconds) for runs in zip(*rounds, strict=True)]


def goals(measured: list[MeasuredProgram]) -> Iterator[Goal]:
    """Yield the goals and the figures."""
    by_run = {(each.kind, each.run.contender): each for each in measured}
    clean = by_run[CLEAN, CHECK]
    reader = min((by_run[CLEAN, each] for each in READERS), key=lambda each: each.cpu_per_row)
    times = clean.cpu_per_row / reader.cpu_per_row
    goal = f"clean data: at most {_READER_TIMES_MAX} times the CPU seconds of the faster reader"
    yield Goal(goal, f"{times:.2f} times", times <= _READER_TIMES_MAX)
    for kind, compared in {MILLISECONDS: CLEAN, **dict.fromkeys(_OTHERS, _CLEAN_PART)}.items():
        times = by_run[kind, CHECK].cpu_per_row / by_run[compared, CHECK].cpu_per_row
        goal = f"{kind}: at most {_CLEAN_TIMES_MAX:.0f} times the CPU seconds of clean data"
        yield Goal(goal, f"{times:.2f} times", times <= _CLEAN_TIMES_MAX)
    for other in (PANDAS, CSV):
        for kind in _COMPARED:
            ours, theirs = by_run[kind, CHECK], by_run[kind, other]
            faster = theirs.seconds_per_row / ours.seconds_per_row
            cpu = theirs.cpu_per_row / ours.cpu_per_row
            goal = f"{kind}: {_FASTER_MIN:.0f} times as many rows per second as {other.name}"
            yield Goal(goal, f"{faster:.1f} times (per CPU second: {cpu:.1f})", faster >= _FASTER_MIN)
    peak = max(each.run.peak_bytes for each in measured if each.run.contender not in (CSV, PANDAS, *READERS))
    yield Goal(f"at most {_MEMORY_MAX // _MEGABYTE} MB of memory", f"{peak / _MEGABYTE:.0f} MB", peak <= _MEMORY_MAX)


def run(folder: Path, scale: Scale) -> Section:
    """Measure all contenders."""
    measured = []
    for each in measure(folder, quick=scale.quick, large=scale.large):
        measured.append(each)
        sys.stderr.write(f"{' | '.join(each.row)}\n")
    head = ("data", "contender", "MB", "CPU s", "s", "rows/s", "peak MB")
    figures = table(head, [each.row for each in measured])
    return Section(f"{_INTRODUCTION}\n{figures}\n{goals_table(goals(measured))}")
