r"""CSV as Personalize takes it: commas, an unquoted header, text in double quotes with backslash escapes.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html

A record is one line. `""`, RFC 4180's escape, is none here: the first `"` ends the quotes, commas after it split the
value, and the error shows further on, as it does with the real service. Blank lines count as lines and as nothing else.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from personalize_local.personalize import messages
from personalize_local.personalize.importing.columns import CellProblem, Column, kept, problem_in

# Few enough to stay in the processor's cache: with eight times as many, a file takes twice as long.
_ROWS_AT_ONCE: Final = 512
_FIRST_LINE_OF_DATA: Final = 2

Row = Sequence[str]


class RowProblem(Exception):
    """A row that Personalize would not take; the text says what, in which column, file and line."""


@dataclass(frozen=True)
class CsvFile:
    """One file of a job: where it is, its header, and the columns to take out of it."""

    location: str
    header: tuple[str, ...]
    columns: tuple[Column, ...]

    def problem(self, what: str, line: int) -> RowProblem:
        """Return `what` with the place it was found at."""
        return RowProblem(messages.at_line(what, self.location, line))


@dataclass(frozen=True)
class _Block:
    """Consecutive well-formed rows with the line of each, and what is wrong with the row after them."""

    rows: Sequence[Row]
    lines: Sequence[int]
    problem: RowProblem | None


def header_of(line: bytes) -> tuple[str, ...]:
    """Split a header; names stay as they are, so quotes and a byte order mark make a column go missing."""
    return tuple(line.decode(errors="replace").rstrip("\r\n").split(","))


def missing_columns(header: Sequence[str], columns: Iterable[Column]) -> list[str]:
    """Return the columns of the schema that a header doesn't have."""
    names = frozenset(header)
    return [column.name for column in columns if column.name not in names]


def checked_columns(file: CsvFile, lines: Iterable[bytes]) -> Iterator[list[Sequence[str]]]:
    """Yield a file's data (`lines` without the header), many rows at a time, as one sequence of values per column.

    Raises `RowProblem` for the first row that isn't acceptable, after everything before it.
    """
    place_of = {name: place for place, name in reversed([*enumerate(file.header)])}  # of two, the first counts
    places = [place_of[column.name] for column in file.columns]
    for block in _blocks(file, lines):
        if block.rows:
            by_column = list(zip(*block.rows, strict=True))
            values = [by_column[place] for place in places]
            _require_good(file, values, block.lines)
            yield [kept(column, cells) for column, cells in zip(file.columns, values, strict=True)]
        if block.problem:
            raise block.problem


def _blocks(file: CsvFile, lines: Iterable[bytes]) -> Iterator[_Block]:
    reader = csv.reader(map(bytes.decode, lines), doublequote=False, escapechar="\\", strict=True)
    first_line = _FIRST_LINE_OF_DATA
    more = True
    while more:
        rows: list[Row] = []
        problem = None
        lines_before = reader.line_num
        try:
            rows.extend(islice(reader, _ROWS_AT_ONCE))  # what came before an error stays in the list
        except csv.Error as error:
            problem = file.problem(messages.malformed_row(str(error)), first_line + len(rows))
        except UnicodeDecodeError:
            problem = file.problem(messages.not_utf8(), first_line + len(rows))
        more = problem is None and len(rows) == _ROWS_AT_ONCE
        block = _Block(rows, range(first_line, first_line + len(rows)), problem)
        # Looking into every value for line breaks is slow; that there is one shows by the lines that were read.
        one_line_each = problem is None and reader.line_num - lines_before == len(rows)
        yield block if one_line_each and _fits(file, rows) else _well_formed(file, block)
        first_line += len(rows)


def _fits(file: CsvFile, rows: Sequence[Row]) -> bool:
    return set(map(len, rows)) <= {len(file.header)}


def _well_formed(file: CsvFile, block: _Block) -> _Block:
    """Return the block without blank lines, up to the first row of another shape than the header's."""
    width = len(file.header)
    rows: list[Row] = []
    lines: list[int] = []
    for row, line in zip(block.rows, block.lines, strict=True):
        if len(row) not in (0, width) or _goes_on(row):
            return _Block(rows, lines, file.problem(_shape_problem(file, row), line))
        if row:
            rows.append(row)
            lines.append(line)
    return _Block(rows, lines, block.problem)


def _goes_on(row: Row) -> bool:
    return "\n" in "".join(row)


def _shape_problem(file: CsvFile, row: Row) -> str:
    """Say what is wrong; as with the real service, bad quoting shows as a value that is too long, if it is."""
    limits = {column.name: column.limit for column in file.columns}
    for name, cell in zip(file.header, row, strict=False):
        if len(cell) > limits.get(name, len(cell)):
            return messages.too_long(name, limits[name])
    for name, cell in zip(file.header, row, strict=False):
        if "\n" in cell:
            return messages.line_break_in_value(name)
    return messages.wrong_field_count(len(row), len(file.header))


def _require_good(file: CsvFile, values: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    """Raise the problem that comes first in the file, whichever column it is in."""
    problems: list[CellProblem] = []
    for column, cells in zip(file.columns, values, strict=True):
        problem = problem_in(column, cells)
        if problem is not None:
            problems.append(problem)
    if problems:
        first = min(problems, key=lambda problem: problem.index)
        raise file.problem(first.what, lines[first.index])
