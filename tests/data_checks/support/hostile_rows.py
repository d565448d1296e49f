"""Files that keep all rules, or break one at their very end, and take long to read where time isn't linear."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_NUMBER: Final = "9876"


@dataclass(frozen=True)
class Rows:
    """A file for a schema of users: ids, numbers, and a text."""

    numbers: int
    rows: str

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields of the schema, in Avro."""
        names = [f"N{number}" for number in range(self.numbers)]
        text: dict[str, Any] = {"name": "TEXT", "type": ["null", "string"], "categorical": True}
        numbers = [{"name": name, "type": ["null", "double"]} for name in names]
        return [{"name": "USER_ID", "type": "string"}, *numbers, text]

    @property
    def file(self) -> str:
        """The file, with its header."""
        return f"{','.join(field['name'] for field in self.fields)}\n{self.rows}"


def row(number: int, numbers: list[str], text: str = "a") -> str:
    return f"u{number},{','.join(numbers)},{text}\n"


def many_numbers(rows: int) -> Rows:
    """Twelve numbers in each row, and a text in quotes, so that each is matched."""
    return Rows(12, "".join(row(number, [_NUMBER] * 12, '"a"') for number in range(rows)))


def many_columns(columns: int) -> Rows:
    """As many columns with numbers, and a line that is no row."""
    return Rows(columns, row(1, [_NUMBER] * columns) + row(2, [_NUMBER] * columns, '"a'))


def long_number(digits: int) -> Rows:
    """A number of that many digits that turns out to be none."""
    return Rows(2, row(1, ["1", "2"]) + row(2, ["9" * digits, "9" * digits + "x"]))


def long_fraction(digits: int) -> Rows:
    """A number of that many digits on both sides of its point, with an exponent that turns out to be none."""
    return Rows(1, row(1, [f"{'9' * digits}.{'9' * digits}e{'9' * digits}x"]))


def many_quotes(quotes: int) -> Rows:
    """A text of that many quotes, and one that is not closed."""
    doubled = '""' * quotes
    return Rows(1, row(1, ["1"], f'"{doubled}"') + row(2, ["1"], f'"{doubled}'))


def many_backslashes(backslashes: int) -> Rows:
    """Texts of that many backslashes, in quotes and without, and one that ends with half an escape."""
    escaped = "\\" * 2 * backslashes
    return Rows(1, row(1, ["1"], escaped) + row(2, ["1"], f'"{escaped}') + row(3, ["1"], escaped + "\\"))


def many_quoted_values(values: int) -> Rows:
    """A row with that many values in quotes too many, all but the last of them closed."""
    return Rows(1, row(1, ["1"], ",".join(['"a,"'] * values) + ',"a,'))


def many_empty_values(rows: int) -> Rows:
    """Rows without any number."""
    return Rows(12, "".join(row(number, [""] * 12) for number in range(rows)))


HOSTILE: Final[dict[str, tuple[Callable[[int], Rows], int]]] = {
    "many numbers": (many_numbers, 250),
    "many columns": (many_columns, 20),
    "a long number": (long_number, 4000),
    "a long fraction": (long_fraction, 2000),
    "many quotes": (many_quotes, 2000),
    "many backslashes": (many_backslashes, 2000),
    "many quoted values": (many_quoted_values, 1000),
    "many empty values": (many_empty_values, 500),
}
"""For each kind of file: how to make it of a size, and the size to start with."""


def schema_of(rows: Rows) -> str:
    """Return the schema of a file."""
    return json.dumps({"type": "record", "name": "Users", "namespace": "a", "fields": rows.fields, "version": "1.0"})
