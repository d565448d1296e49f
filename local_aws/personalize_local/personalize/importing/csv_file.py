r"""CSV in the format of Personalize: commas, an unquoted header, text in double quotes with backslash escapes.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html

A record is one line. `""`, RFC 4180's escape, is not supported: the first `"` ends the quotes, commas after it split
the value, and a later check fails, as with the real service. Blank lines are skipped, but counted as lines.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from personalize_local.personalize.importing import failure_reasons
from personalize_local.personalize.importing.columns import CellProblem, DatasetColumn, find_problem, stored_cells

# Small enough for the processor's cache: with eight times as many rows, reading takes twice as long.
_ROWS_AT_ONCE: Final = 512
_FIRST_LINE_OF_DATA: Final = 2

Row = Sequence[str]


class RowError(Exception):
    """An invalid row; the message is the failure reason, with column, file and line."""


@dataclass(frozen=True)
class CsvFile:
    """One file of a job: its location, its header, and the columns to read."""

    location: str
    header: tuple[str, ...]
    columns: tuple[DatasetColumn, ...]

    def row_error(self, reason: str, line: int) -> RowError:
        """Return the error for a row, with its location in the file."""
        return RowError(failure_reasons.at_line(reason, self.location, line))


@dataclass(frozen=True)
class _Block:
    """Consecutive well-formed rows with the line of each, and the error in the row after them."""

    rows: Sequence[Row]
    lines: Sequence[int]
    error: RowError | None


def split_header(line: bytes) -> tuple[str, ...]:
    """Split a header; quotes and a byte-order mark remain, so that their columns are missing."""
    return tuple(line.decode(errors="replace").rstrip("\r\n").split(","))


def missing_columns(header: Sequence[str], columns: Iterable[DatasetColumn]) -> list[str]:
    """Return the names of the columns that a header doesn't have."""
    names = frozenset(header)
    return [column.name for column in columns if column.name not in names]


def read_columns(file: CsvFile, lines: Iterable[bytes]) -> Iterator[list[Sequence[str]]]:
    """Yield blocks of a file's rows, each as one sequence of cells per column; `lines` don't include the header.

    Raises `RowError` for the first invalid row, after yielding the blocks before it.
    """
    place_of = {name: place for place, name in reversed([*enumerate(file.header)])}  # the first of two
    places = [place_of[column.name] for column in file.columns]
    for block in _blocks(file, lines):
        if block.rows:
            by_column = list(zip(*block.rows, strict=True))
            values = [by_column[place] for place in places]
            _require_valid(file, values, block.lines)
            yield [stored_cells(column, cells) for column, cells in zip(file.columns, values, strict=True)]
        if block.error:
            raise block.error


def _blocks(file: CsvFile, lines: Iterable[bytes]) -> Iterator[_Block]:
    reader = csv.reader(map(bytes.decode, lines), doublequote=False, escapechar="\\", strict=True)
    first_line = _FIRST_LINE_OF_DATA
    more = True
    while more:
        rows: list[Row] = []
        error = None
        lines_before = reader.line_num
        try:
            rows.extend(islice(reader, _ROWS_AT_ONCE))  # rows before an error stay in the list
        except csv.Error as malformed:
            error = file.row_error(failure_reasons.malformed_row(str(malformed)), first_line + len(rows))
        except UnicodeDecodeError:
            error = file.row_error(failure_reasons.NOT_UTF8, first_line + len(rows))
        more = error is None and len(rows) == _ROWS_AT_ONCE
        block = _Block(rows, range(first_line, first_line + len(rows)), error)
        # Searching every cell for line breaks is slow; the number of lines read shows whether there is one.
        one_line_each = error is None and reader.line_num - lines_before == len(rows)
        yield block if one_line_each and _has_header_width(file, rows) else _well_formed_part(file, block)
        first_line += len(rows)


def _has_header_width(file: CsvFile, rows: Sequence[Row]) -> bool:
    return set(map(len, rows)) <= {len(file.header)}


def _well_formed_part(file: CsvFile, block: _Block) -> _Block:
    """Return the block without blank lines, up to the first row that isn't well-formed."""
    width = len(file.header)
    rows: list[Row] = []
    lines: list[int] = []
    for row, line in zip(block.rows, block.lines, strict=True):
        if len(row) not in (0, width) or _has_line_break(row):
            return _Block(rows, lines, file.row_error(_malformed_reason(file, row), line))
        if row:
            rows.append(row)
            lines.append(line)
    return _Block(rows, lines, block.error)


def _has_line_break(row: Row) -> bool:
    return "\n" in "".join(row)


def _malformed_reason(file: CsvFile, row: Row) -> str:
    """Return the failure reason; as in the real service, an overlong value takes precedence over wrong quoting."""
    limits = {column.name: column.limit for column in file.columns}
    for name, cell in zip(file.header, row, strict=False):
        if len(cell) > limits.get(name, len(cell)):
            return failure_reasons.too_long(name, limits[name])
    for name, cell in zip(file.header, row, strict=False):
        if "\n" in cell:
            return failure_reasons.line_break_in_value(name)
    return failure_reasons.wrong_field_count(len(row), len(file.header))


def _require_valid(file: CsvFile, values: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    """Raise the error for the first invalid row, in any column."""
    problems: list[CellProblem] = []
    for column, cells in zip(file.columns, values, strict=True):
        problem = find_problem(column, cells)
        if problem is not None:
            problems.append(problem)
    if problems:
        first = min(problems, key=lambda problem: problem.index)
        raise file.row_error(first.reason, lines[first.index])
