"""A fast check for blocks without findings, so that only the other blocks are checked row by row.

Most blocks violate no rule, and matching a block with one regular expression is many times faster than splitting its
lines into values. The expression is stricter than the rules: a block that doesn't match may still be valid.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from personalize_import_handler.data_checks.column_checks import Column, Columns
from personalize_import_handler.data_checks.conditions import IsBetween, IsNoneOf, IsOneOf, NotInteger, NotMatching

LENGTH_MAX: Final = 256
"""The length up to which a value is valid in every column."""
_KNOWN_MAX: Final = 64

_PLAIN: Final = r'[^,"\\\n]'
_SHORT_INTEGER: Final = {32: "[+-]?[0-9]{1,9}", 64: "[+-]?[0-9]{1,18}"}
_TIME: Final = "[0-9]{1,9}|[1-3][0-9]{9}"
"""A pattern for epoch seconds until the year 2096."""


@dataclass
class Sieve:
    """A sieve for the files of one check; `learn` adds known categories."""

    _known: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, values: Mapping[str, set[str]]) -> None:
        """Add values that have been counted, so that lines with them pass."""
        for name, found in values.items():
            self._known.setdefault(name, set()).update(found)

    def pattern(self, columns: Columns, counted: frozenset[str], repeated: str = f"{{1,{LENGTH_MAX}}}") -> str | None:
        """Return the pattern of a line that passes; None if no line can pass.

        Args:
            columns: The columns of the file.
            counted: The names of columns whose values are counted; only their known values pass.
            repeated: The quantifier for the characters of a string; `+` if all lines are short.
        """
        fragments = [f"{_PLAIN}*"] * columns.width
        for column in columns.imported:
            known = self._known.get(column.name, set()) if column.name in counted else None
            if known is not None and not 0 < len(known) <= _KNOWN_MAX:
                return None
            fragments[column.place] = _fragment(column, known, repeated)
        return ",".join(fragments) if columns.width > 1 else None


def has_reserved_words(lines: str, columns: Columns) -> bool:
    """Return whether lines contain words that may be reserved values.

    Searching for a letter is many times faster than for a word, and most data lacks a letter of each reserved word.
    """
    is_there: dict[str, bool] = {}
    for word in _reserved_words(columns):
        for letter in sorted(set(word), reverse=True):  # `_` first, because most reserved words contain it
            if letter not in is_there:
                is_there[letter] = letter in lines
            if not is_there[letter]:
                break
        else:
            if word in lines:
                return True
    return False


def _reserved_words(columns: Columns) -> frozenset[str]:
    conditions = [check.condition for column in columns.imported for check in column.checks]
    return frozenset(word for condition in conditions if isinstance(condition, IsOneOf) for word in condition.values)


def empty_values(lines: str, columns: Columns) -> dict[str, int]:
    """Return the number of empty values in each nullable metadata column, in lines that have passed."""
    sparse = [column for column in columns.imported if column.is_metadata and column.nullable]
    never_empty = {column.place for column in columns.imported if not column.nullable}
    between = set(range(1, columns.width - 1)) - never_empty
    return {column.name: _empty_values(lines, column.place, columns.width, between) for column in sparse}


def _empty_values(lines: str, place: int, width: int, between: set[int]) -> int:
    if place == 0:
        return lines.count("\n,") + lines.startswith(",")
    if place == width - 1:
        return lines.count(",\n") + lines.endswith(",")
    if ",," not in lines:
        return 0
    if between == {place}:  # no other column between two commas can be empty
        return lines.count(",,")
    return sum(1 for _ in re.finditer(rf"^(?:[^,\n]*,){{{place}}},", lines, re.MULTILINE))


def _fragment(column: Column, known: set[str] | None, repeated: str) -> str:
    pattern = f"{_PLAIN}{repeated}"
    for check in column.checks:
        match check.condition:
            case NotInteger(bits):
                pattern = _SHORT_INTEGER[bits]
            case NotMatching(form):
                pattern = form
            case IsBetween():
                pattern = _TIME
            case IsNoneOf(allowed):
                pattern = _any_of(allowed)
    if known is not None:
        pattern = _any_of({value for value in known if re.fullmatch(f"(?:{pattern})", value)})
    return f"(?:{pattern})?" if column.nullable else f"(?:{pattern})"


def _any_of(values: set[str] | frozenset[str]) -> str:
    return "|".join(re.escape(value) for value in sorted(values, reverse=True)) or "[^\\s\\S]"
