"""One block in DuckDB: its lines split into values, and checked in SQL."""

from collections.abc import Iterator
from typing import Any, Final

import duckdb

from personalize_import_cli.check.duckdb_conditions import sql_of, text
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Check, Column, Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import BlockReport
from personalize_import_handler.data_checks.tokenizer import (
    ESCAPE,
    FIELD_AND_COMMA,
    LINE,
    WITHOUT_DOUBLED_QUOTES,
    Block,
)

LINES: Final = """
SELECT unnest(lines) AS line, unnest(range($first, $first + len(lines))) AS n
FROM (SELECT string_split($text, chr(10)) AS lines)
"""
_WITHOUT_QUOTES: Final = "string_split(line, ',')"
_WITH_QUOTES: Final = f"""
CASE WHEN NOT contains(line, '"') AND NOT contains(line, chr(92)) THEN {_WITHOUT_QUOTES}
     WHEN regexp_full_match(line, {text(LINE)}) THEN regexp_extract_all(line || ',', {text(FIELD_AND_COMMA)}, 1)
END
"""


class DuckDbBlock:
    """The rows of a block, in temporary tables of one connection."""

    values: Final = "block_values"
    """The table with a column `c0`, `c1`, ... for each imported column, by its place, and `n`, the line."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, block: Block, columns: Columns) -> None:
        self._cursor = cursor
        self._block = block
        self._columns = columns
        self._has_quotes = '"' in block.text or "\\" in block.text
        raw = _WITH_QUOTES if self._has_quotes else _WITHOUT_QUOTES
        lines = f"SELECT n, {raw} AS raw FROM ({LINES}) WHERE line <> ''"
        parameters = {"text": block.text, "first": block.first_line}
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE block_rows AS {lines}", parameters)
        values = [f"{self._value(column)} AS c{column.place}" for column in columns.imported]
        rows = f"SELECT {', '.join(['n', *values])} FROM block_rows WHERE len(raw) = {columns.width}"
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {self.values} AS {rows}")

    def report(self, counted: frozenset[str]) -> BlockReport:
        """Check the rows."""
        empty = [column for column in self._columns.imported if column.is_metadata and column.nullable]
        rows, *empties = self._one(
            f"SELECT {', '.join(['count(*)', *(_count(_is_empty(each)) for each in empty)])} FROM {self.values}"
        )
        return BlockReport(
            rows=rows,
            findings=[*self._misshapen_rows(), *self._doubled_quotes(), *self._broken_checks()],
            empty={column.name: count for column, count in zip(empty, empties, strict=True)} if rows else {},
            values={
                column.name: self._different(column)
                for column in self._columns.imported
                if column.name in counted and rows
            },
        )

    def _misshapen_rows(self) -> Iterator[Finding]:
        file, width = self._block.file, self._columns.width
        of_quotes, of_count = "raw IS NULL", f"len(raw) <> {width}"
        quotes, quotes_line, counts, counts_line, found = self._one(
            f"SELECT {_count(of_quotes)}, {_first('n', of_quotes)}, {_count(of_count)}, {_first('n', of_count)}, "
            f"{_first('len(raw)', of_count)} FROM block_rows"
        )
        if quotes:
            yield Finding(rule=rules.MALFORMED_QUOTES, file=file, line=quotes_line, count=quotes)
        if counts:
            detail = f"{found} instead of {width}"
            yield Finding(rule=rules.FIELD_COUNT, file=file, line=counts_line, count=counts, detail=detail)

    def _doubled_quotes(self) -> Iterator[Finding]:
        for column in self._columns.imported if self._has_quotes else ():
            raw = f"raw[{column.place + 1}]"
            well = f"regexp_full_match({_inner(raw)}, {text(WITHOUT_DOUBLED_QUOTES)})"
            condition = f"len(raw) = {self._columns.width} AND starts_with({raw}, '\"') AND NOT {well}"
            count, line = self._one(f"SELECT {_count(condition)}, {_first('n', condition)} FROM block_rows")
            if count:
                file = self._block.file
                yield Finding(rule=rules.DOUBLED_QUOTES, file=file, line=line, column=column.name, count=count)

    def _broken_checks(self) -> Iterator[Finding]:
        checks = [
            (column, check, sql_of(check.condition, f"c{column.place}"))
            for column in self._columns.imported
            for check in column.checks
        ]
        if not checks:
            return
        counts = self._one(f"SELECT {', '.join(_count(sql) for _, _, sql in checks)} FROM {self.values}")
        for (column, check, sql), count in zip(checks, counts, strict=True):
            if count:
                yield self._first_broken(column, check, sql, count)

    def _first_broken(self, column: Column, check: Check, sql: str, count: int) -> Finding:
        line, value = self._one(f"SELECT {_first('n', sql)}, {_first(f'c{column.place}', sql)} FROM {self.values}")
        return Finding(rule=check.rule, file=self._block.file, line=line, column=column.name, value=value, count=count)

    def _different(self, column: Column) -> set[str]:
        name = f"c{column.place}"
        found = self._cursor.execute(f"SELECT DISTINCT {name} FROM {self.values} WHERE {name} <> ''").fetchall()
        return {value for (value,) in found}

    def _value(self, column: Column) -> str:
        """Return the SQL for the value of a field, without quotes and backslashes."""
        raw = f"raw[{column.place + 1}]"
        if not self._has_quotes:
            return raw
        unescaped = text(r"\1\2")
        quoted = f"regexp_replace({_inner(raw)}, {text(ESCAPE)}, {unescaped}, 'g')"
        unquoted = f"regexp_replace({raw}, {text(ESCAPE)}, {unescaped}, 'g')"
        return (
            f"CASE WHEN starts_with({raw}, '\"') THEN {quoted} WHEN contains({raw}, chr(92)) THEN {unquoted} "
            f"ELSE {raw} END"
        )

    def _one(self, sql: str) -> tuple[Any, ...]:
        row = self._cursor.execute(sql).fetchone()
        if row is None:
            raise LookupError(sql)  # an aggregate always has one
        return row


def _is_empty(column: Column) -> str:
    return f"c{column.place} = ''"


def _count(condition: str) -> str:
    return f"count_if({condition})"


def _first(expression: str, condition: str) -> str:
    """Return the SQL for an expression in the first line for which a condition holds."""
    return f"arg_min({expression}, n) FILTER (WHERE {condition})"


def _inner(raw: str) -> str:
    return f"substring({raw}, 2, length({raw}) - 2)"
