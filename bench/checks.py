"""The checks of data compared with handwritten checks: seconds, rows per second, and memory."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.contenders import CONTENDERS, CSV, DUCKDB, PANDAS, READING, Contender, Run
from bench.contenders import run as run_contender
from bench.data import write_data, write_repeated, write_schema
from bench.part import Scale, Section
from bench.tables import Goal, goals_table

_INTRODUCTION: Final = """Contenders run one after the other on the same data, each in a separate
process: seconds are measured from its start to its end, memory is the peak resident size.
"""
_MEGABYTE: Final = 1_000_000
_SIZES: Final = (10 * _MEGABYTE, 100 * _MEGABYTE, 1000 * _MEGABYTE)
_SIZES_QUICK: Final = (1 * _MEGABYTE, 10 * _MEGABYTE)
_LARGE_TIMES: Final = 10
_SECONDS_MAX: Final = 100
"""A contender that would take longer is measured with part of the data."""
_FASTER_MIN: Final = 10
_MEMORY_MAX: Final = 1000 * _MEGABYTE
_SAME_MEMORY: Final = 1.1


@dataclass(frozen=True)
class Measured:
    """A run, and the size of the data that it represents."""

    size: int
    run: Run

    @property
    def row(self) -> str:
        """The row of the table."""
        part = "" if self.run.data_bytes > self.size * 0.9 else f" (part: {_size(self.run.data_bytes)})"
        cells = [
            f"{_size(self.size)}{part}",
            self.run.contender.name,
            f"{self.run.seconds:.1f}",
            f"{self.run.rows_per_second:,.0f}",
            f"{self.run.peak_bytes / _MEGABYTE:,.0f}",
        ]
        return f"| {' | '.join(cells)} |"


def measure(folder: Path, *, quick: bool = False, large: bool = False) -> Iterator[Measured]:
    """Measure all contenders with data of each size; the data is written to the folder."""
    schema = folder / "schema.json"
    write_schema(schema)
    before: dict[Contender, Run] = {}
    data = folder / "interactions.csv"
    for size in _SIZES_QUICK if quick else _SIZES:
        write_data(data, size)
        for contender in CONTENDERS:
            known = before.get(contender)
            if known and known.seconds * size / known.data_bytes > _SECONDS_MAX:
                yield Measured(size, known)
                continue
            before[contender] = run_contender(contender, data, schema)
            yield Measured(size, before[contender])
    yield Measured(size, run_contender(READING, data, schema))
    if large:
        repeated = folder / "repeated.csv"
        write_repeated(repeated, data, _LARGE_TIMES)
        yield Measured(repeated.stat().st_size, run_contender(DUCKDB, repeated, schema))
        repeated.unlink()


def table(measured: list[Measured]) -> str:
    """Return the table of figures, and the table of goals."""
    head = "| data | contender | seconds | rows/s | peak MB |\n| --- | --- | ---: | ---: | ---: |\n"
    rows = "\n".join(each.row for each in measured)
    return f"{head}{rows}\n\n{goals_table(_goals(measured))}\n{_bound(measured)}"


def _bound(measured: list[Measured]) -> str:
    """Describe how much time reading leaves for the rules."""
    (reading,) = [each for each in measured if each.run.contender is READING]
    seconds = {each.run.contender: each.run.seconds for each in measured if each.size == reading.size}
    return (
        f"{_FASTER_MIN} times {PANDAS.name} would be {seconds[PANDAS] / _FASTER_MIN:.1f} s at {_size(reading.size)}. "
        f"{READING.name}, takes {reading.run.seconds:.1f} s of that. The check takes {seconds[DUCKDB]:.1f} s: it "
        "matches a regular expression against every byte, checks lengths and types of all values, and counts users "
        "and categories.\n"
    )


def _goals(measured: list[Measured]) -> Iterator[Goal]:
    size = max(each.size for each in measured if each.run.contender is CSV)
    last = {each.run.contender: each.run for each in measured if each.size == size}
    for other in (CSV, PANDAS):
        faster = last[DUCKDB].rows_per_second / last[other].rows_per_second
        goal = f"{_FASTER_MIN} times as many rows per second as {other.name}, at {_size(size)}"
        yield Goal(goal, f"{faster:.1f} times", faster >= _FASTER_MIN)
    peaks = {each.size: each.run.peak_bytes for each in measured if each.run.contender is DUCKDB}
    peak = max(peaks.values())
    yield Goal(f"at most {_size(_MEMORY_MAX)} of memory", _size(peak), peak <= _MEMORY_MAX)
    if max(peaks) > size:
        more = peaks[max(peaks)] / peaks[size]
        goal = f"the same memory at {_size(max(peaks))} as at {_size(size)}"
        yield Goal(goal, f"{more:.2f} times", more <= _SAME_MEMORY)


def run(folder: Path, scale: Scale) -> Section:
    """Measure all contenders."""
    measured = []
    for each in measure(folder, quick=scale.quick, large=scale.large):
        measured.append(each)
        sys.stderr.write(f"{each.row}\n")
    return Section(f"{_INTRODUCTION}\n{table(measured)}")


def _size(size: float) -> str:
    return f"{size / 1e9:.0f} GB" if size >= 999 * _MEGABYTE else f"{size / _MEGABYTE:.0f} MB"
