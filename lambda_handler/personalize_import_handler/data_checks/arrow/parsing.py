"""Blocks of lines as columns of values.

pyarrow's parser takes records of one line, and records in which quotes stand only around values. What else a block may
hold (blank lines, quotes within values, quotes that don't end) is split in Python, as in the plain row checker.
https://arrow.apache.org/docs/python/csv.html
"""

import functools
import itertools
from array import array
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.arrow.values import ArrowValues, contains
from personalize_import_handler.data_checks.column_checks import Columns
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rows import Block, Rows, field_count
from personalize_import_handler.data_checks.tokenizer import DATABASE_NULL, Lines

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


def cut(lines: Lines) -> tuple[Lines, Lines] | None:
    """Return the lines of the last record apart if its quotes are open, judging by the number of quotes."""
    content = lines.content
    end = content.rfind(b"\n", 0, content.rfind(b'"'))
    if end < 0 or (content.count(b'"') - content.count(b'\\"')) % 2 == 0:
        return None
    whole = Lines(lines.first_line, content[:end])
    return whole, Lines(lines.first_line + whole.count, content[end + 1 :])


def parsed_rows(block: Block, columns: Columns) -> Rows[ArrowValues] | None:
    """Return the rows by pyarrow's parser; None if it can't read them, or if their lines are unknown."""
    lines, content = block.lines, block.lines.content
    has_quotes, has_escapes = b'"' in content, b"\\" in content
    has_nulls = has_escapes and _NULL in content  # a search for two bytes takes fifty times as long as for one
    if b"\r" in content or (has_escapes and not (has_nulls or has_quotes) and not is_well_formed(content)):
        return None
    width = content.count(b",", 0, content.find(b"\n") % (len(content) + 1)) + 1
    if width != columns.width and not (has_quotes or has_escapes):
        read, wrong = _read(content, width, [0])
        if not wrong and len(read[0].array) == lines.count:  # all rows have the same wrong number of values
            findings = Findings()
            findings.add(field_count(block.file, lines.first_line, width, columns.width, lines.count))
            return Rows(block.file, (), findings, {})
    read, wrong = _read(
        content, columns.width, range(columns.width) if has_quotes else [column.place for column in columns.imported]
    )
    count = len(next(iter(read.values())).array)
    rows = Rows(block.file, range(lines.first_line, lines.first_line + count), Findings(rows=count), read)
    if has_nulls:
        arrays = [values.array for values in read.values() if contains(values.array, "\\")]
        if content.count(b"\\") != sum(pc.equal(array, DATABASE_NULL).true_count for array in arrays):
            return None  # another backslash may be an escape
    if count != lines.count and not _find_lines(rows, lines, columns, wrong):
        return None
    if has_quotes and b'""' in content:
        rows.findings.add_all(_doubled_quotes(rows, columns))
    return rows


def _read(content: bytes, width: int, places: Sequence[int]) -> tuple[dict[int, ArrowValues], list[csv.InvalidRow]]:
    """Return the columns at some places of all rows with so many values, and the other rows."""
    wrong: list[csv.InvalidRow] = []

    def skip(row: csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    has_quotes = b'"' in content
    names = [f"c{place}" for place in range(width)]
    included = [names[place] for place in places]
    table = csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
        parse_options=csv.ParseOptions(
            quote_char='"' if has_quotes else False,
            escape_char="\\" if b"\\" in content and _NULL not in content else False,
            newlines_in_values=has_quotes,
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
    return dict(zip(places, map(ArrowValues, arrays), strict=True)), wrong


def _find_lines(rows: Rows[ArrowValues], lines: Lines, columns: Columns, wrong: Sequence[csv.InvalidRow]) -> bool:
    """Find the lines of records over several lines, and of records next to rows with wrong numbers of values."""
    count, first = len(rows.lines), lines.first_line
    breaks = [pc.fill_null(pc.count_substring(values.array, "\n"), 0) for values in rows.values.values()]
    more = functools.reduce(pc.add, breaks)
    several = pc.sum(more).as_py() or 0
    if count + several + len(wrong) != lines.count or (several and wrong):
        return False  # blank lines, or both
    if several:
        steps = itertools.accumulate(more.to_pylist(), initial=first)
        rows.lines = [line + index for index, line in enumerate(itertools.islice(steps, count))]
    else:
        numbers = {row.number - 1: row for row in wrong}
        rows.lines = [first + number for number in range(lines.count) if number not in numbers]
        for number, row in numbers.items():
            rows.findings.add(field_count(rows.file, first + number, row.actual_columns, columns.width))
    return True


def _doubled_quotes(rows: Rows[ArrowValues], columns: Columns) -> Iterator[Finding]:
    """Yield the findings about quotes in values, which were all escaped by doubling."""
    for column in columns.imported:
        array = rows.values[column.place].array
        if contains(array, '"'):
            found = pc.match_substring(array, '"')
            line = rows.lines[pc.index(found, True).as_py()]
            count = found.true_count
            yield Finding(rule=rules.DOUBLED_QUOTES, file=rows.file, line=line, column=column.name, count=count)
