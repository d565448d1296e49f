"""The rules with the csv module: a loop over rows and values, as users would write it for their own data."""

import csv
import re
import sys

from bench.data import HEADER
from bench.program_findings import DATE, DATE_LENGTHS, ID_FROM_FLOAT, RESERVED, TEXT_LENGTHS, TIMES, ProgramFindings
from personalize_import_handler.data_checks.aggregates import INTERACTIONS_MIN
from personalize_import_handler.data_checks.column_checks import NULL_WORDS
from personalize_import_handler.data_checks.conditions import DECIMAL

_COLUMNS = HEADER.split(",")
_INTEGER = re.compile("[+-]?[0-9]{1,30}")
_LONG_MAX = 2**63 - 1
_TIMES_ENOUGH = 2


def check(path: str) -> ProgramFindings:
    """Check a file."""
    found = ProgramFindings()
    with open(path, newline="", encoding="utf-8") as file:  # noqa: PTH123
        rows = csv.reader(file, escapechar="\\")
        next(rows)
        for line, row in enumerate(rows, start=2):
            if len(row) != len(_COLUMNS):
                found.add("field-count", None, line)
                continue
            _count(row, found)
            for name, value in zip(_COLUMNS, row, strict=True):
                if not value:
                    _check_empty(name, line, found)
                elif name == "TIMESTAMP":
                    _check_time(value, line, found)
                elif name == "RATING":
                    if not DECIMAL.fullmatch(value):
                        found.add("null-word" if value in NULL_WORDS else "metadata-wrong-type", name, line)
                else:
                    _check_text(name, value, line, found)
    return found


def _count(row: list[str], found: ProgramFindings) -> None:
    found.rows += 1
    if len(found.different) < INTERACTIONS_MIN:
        found.different.add(tuple(row))


def _check_empty(name: str, line: int, found: ProgramFindings) -> None:
    if name == "RATING":
        found.empty_ratings += 1
    else:
        found.add("value-missing" if name == "EVENT_TYPE" else "id-missing", name, line)


def _check_time(value: str, line: int, found: ProgramFindings) -> None:
    if len(found.times) < _TIMES_ENOUGH:
        found.times.add(value)
    if not _INTEGER.fullmatch(value) or abs(time := int(value)) > _LONG_MAX:
        found.add("wrong-type", "TIMESTAMP", line)
    elif len(value) in DATE_LENGTHS and DATE.fullmatch(value):
        found.add("date-as-number", "TIMESTAMP", line)
    elif time:
        for rule, (low, high) in TIMES.items():
            if low <= time < high:
                found.add(rule, "TIMESTAMP", line)


def _check_text(name: str, value: str, line: int, found: ProgramFindings) -> None:
    if len(value) > TEXT_LENGTHS[name]:
        found.add("id-too-long" if name.endswith("_ID") else "value-too-long", name, line)
    if value in RESERVED:
        found.add("reserved-value", name, line)
    if value in NULL_WORDS:
        found.add("null-word", name, line)
    if name == "EVENT_TYPE":
        found.event_types.add(value)
        return
    if value.endswith(".0") and ID_FROM_FLOAT.fullmatch(value):
        found.add("id-from-float", name, line)
    if name == "USER_ID" and not found.has_users:
        (found.users_with_two if value in found.users else found.users).add(value)


if __name__ == "__main__":
    check(sys.argv[1]).report()
