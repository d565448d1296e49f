"""Blocks of lines as columns of values.

pyarrow's parser takes records of one line, and records in which quotes stand only around values. What else a block may
hold (blank lines, quotes within values, quotes that don't end) is split in Python, as in the plain row checker.
https://arrow.apache.org/docs/python/csv.html
"""

import functools
import itertools
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.arrow.facts import contains
from personalize_import_handler.data_checks.arrow.values import ArrowValues
from personalize_import_handler.data_checks.column_checks import Columns
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rows import Block, Rows, field_count
from personalize_import_handler.data_checks.tokenizer import DATABASE_NULL

_FIELD: Final = r'(?:"(?:[^"\\]|\\.|"")*"|(?:[^,"\\\n]|\\[^\n])*)'
_RECORDS: Final = rf"^(?s:(?:{_FIELD}[,\n])*{_FIELD})$"
"""Records in which quotes stand only around values, in RE2, which reads it in one pass."""
_NULL: Final = DATABASE_NULL.encode()
_STRING: Final = pa.string()


def is_well_formed(content: bytes) -> bool:
    """Return whether pyarrow's parser reads these lines as Personalize does."""
    if b"\r" in content:
        return False
    if b"\\" in content:
        if _NULL in content:  # the parser would unescape it
            return False
        if b'\\"' in content and b'""' in content:  # a quote may have been escaped in either way
            return False
    text = pa.StringArray.from_buffers(1, pa.py_buffer(array("i", (0, len(content)))), pa.py_buffer(content))
    return bool(pc.match_substring_regex(text, _RECORDS)[0].as_py())


def cut(lines: bytes) -> tuple[bytes, bytes]:
    """Return the lines of the last record apart if its quotes are open, judging by the number of quotes."""
    if (lines.count(b'"') - lines.count(b'\\"')) % 2 == 0:
        return lines, b""
    begin = lines.rfind(b"\n", 0, lines.rfind(b'"')) + 1
    return lines[:begin], lines[begin:]


def parsed_rows(block: Block, columns: Columns) -> Rows[ArrowValues] | None:
    """Return the rows by pyarrow's parser; None if it can't read them, or if their lines are unknown."""
    content = block.lines
    has_quotes, has_escapes = b'"' in content, b"\\" in content
    has_nulls = has_escapes and _NULL in content  # a search for two bytes takes fifty times as long as for one
    if b"\r" in content or (has_escapes and not (has_nulls or has_quotes) and not is_well_formed(content)):
        return None
    if not (has_quotes or has_escapes) and (rows := _rows_of_another_width(block, columns)):
        return rows
    places = range(columns.width) if has_quotes else [column.place for column in columns.imported]
    arrays, wrong = _read(content, columns.width, places, quotes=has_quotes, escapes=has_escapes and not has_nulls)
    if _has_blank_lines(content, arrays) or (has_nulls and _has_escapes(content, arrays)):
        return None
    count = len(next(iter(arrays.values())))
    line_count = content.count(b"\n") if has_quotes else count + len(wrong)
    lines = range(count) if count == line_count else _lines_of_rows([*arrays.values()], wrong, line_count)
    if lines is None:
        return None
    findings = Findings(rows=count)
    for row in wrong:
        findings.add(field_count(block.file, row.number - 1, row.actual_columns, columns.width))
    values = {place: ArrowValues(array) for place, array in arrays.items()}
    rows = Rows(block.file, lines, line_count, findings, values)
    if has_quotes and b'""' in content:
        findings.add_all(_doubled_quotes(rows, columns))
    return rows


def _rows_of_another_width(block: Block, columns: Columns) -> Rows[ArrowValues] | None:
    """Return no rows, and one finding, if all have the same wrong number of values; None otherwise."""
    width = block.lines.count(b",", 0, block.lines.find(b"\n")) + 1
    if width == columns.width:
        return None
    arrays, wrong = _read(block.lines, width, [0], quotes=False, escapes=False)
    if wrong or _has_blank_lines(block.lines, arrays):
        return None
    count, findings = len(arrays[0]), Findings()
    findings.add(field_count(block.file, 0, width, columns.width, count))
    return Rows(block.file, (), count, findings, {})


def _has_blank_lines(content: bytes, arrays: Mapping[int, pa.StringArray]) -> bool:
    """Return whether there is a blank line, which the parser takes for a row of empty values."""
    return all(array.null_count for array in arrays.values()) and (content.startswith(b"\n") or b"\n\n" in content)


def _has_escapes(content: bytes, arrays: Mapping[int, pa.StringArray]) -> bool:
    """Return whether there may be a backslash that is an escape, because it isn't that of a null."""
    escaped = [array for array in arrays.values() if contains(array, "\\")]
    nulls = sum(pc.equal(array, DATABASE_NULL).true_count for array in escaped)
    return bool(content.count(b"\\") != nulls)


def _read(
    content: bytes, width: int, places: Sequence[int], *, quotes: bool, escapes: bool
) -> tuple[dict[int, pa.StringArray], list[csv.InvalidRow]]:
    """Return the columns at some places of all rows with so many values, and the other rows."""
    wrong: list[csv.InvalidRow] = []

    def skip(row: csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    names = [f"c{place}" for place in range(width)]
    included = [names[place] for place in places]
    table = csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
        parse_options=csv.ParseOptions(
            ignore_empty_lines=False,
            quote_char='"' if quotes else False,
            escape_char="\\" if escapes else False,
            newlines_in_values=quotes,
            invalid_row_handler=skip,
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(included, _STRING),
            include_columns=included,
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    ).combine_chunks()
    arrays = [column.chunk(0) if column.num_chunks else pa.array([], type=_STRING) for column in table.columns]
    return dict(zip(places, arrays, strict=True)), wrong


def _lines_of_rows(
    arrays: Sequence[pa.StringArray], wrong: Sequence[csv.InvalidRow], line_count: int
) -> Sequence[int] | None:
    """Return the line of each row if there are values of several lines, or wrong rows; None if both may be the case."""
    breaks = [pc.fill_null(pc.count_substring(array, "\n"), 0) for array in arrays]
    more = functools.reduce(pc.add, breaks)
    several = pc.sum(more).as_py() or 0
    if len(more) + several + len(wrong) != line_count or (several and wrong):
        return None
    if several:
        steps = itertools.accumulate(more.to_pylist(), initial=0)
        return [index + step for index, step in enumerate(itertools.islice(steps, len(more)))]
    numbers = {row.number - 1 for row in wrong}
    return [number for number in range(line_count) if number not in numbers]


def _doubled_quotes(rows: Rows[ArrowValues], columns: Columns) -> Iterator[Finding]:
    """Yield the findings about quotes in values, which were all escaped by doubling."""
    for column in columns.imported:
        array = rows.values[column.place].array
        if contains(array, '"'):
            found = pc.match_substring(array, '"')
            line = rows.lines[pc.index(found, True).as_py()]
            count = found.true_count
            yield Finding(rule=rules.DOUBLED_QUOTES, file=rows.file, line=line, column=column.name, count=count)
