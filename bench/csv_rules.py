"""The rules with the csv module: a loop over rows and values, as users would write it for their own data."""

import csv
import re
import sys

from bench.data import HEADER
from bench.program_findings import MILLISECONDS_MIN, RESERVED, TEXT_LENGTHS, YEAR_2100, ProgramFindings
from personalize_import_handler.data_checks.conditions import DECIMAL

_COLUMNS = HEADER.split(",")
_INTEGER = re.compile("[+-]?[0-9]{1,30}")
_LONG_MAX = 2**63 - 1


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
            found.rows += 1
            for name, value in zip(_COLUMNS, row, strict=True):
                if not value:
                    _check_empty(name, line, found)
                elif name == "TIMESTAMP":
                    _check_time(value, line, found)
                elif name == "RATING":
                    if not DECIMAL.fullmatch(value):
                        found.add("metadata-wrong-type", name, line)
                else:
                    _check_text(name, value, line, found)
    return found


def _check_empty(name: str, line: int, found: ProgramFindings) -> None:
    if name == "RATING":
        found.empty_ratings += 1
    else:
        found.add("value-missing" if name == "EVENT_TYPE" else "id-missing", name, line)


def _check_time(value: str, line: int, found: ProgramFindings) -> None:
    if not _INTEGER.fullmatch(value) or abs(time := int(value)) > _LONG_MAX:
        found.add("wrong-type", "TIMESTAMP", line)
    elif time >= MILLISECONDS_MIN:
        found.add("milliseconds", "TIMESTAMP", line)
    elif time >= YEAR_2100:
        found.add("far-future", "TIMESTAMP", line)


def _check_text(name: str, value: str, line: int, found: ProgramFindings) -> None:
    if len(value) > TEXT_LENGTHS[name]:
        found.add("id-too-long" if name.endswith("_ID") else "value-too-long", name, line)
    if value in RESERVED:
        found.add("reserved-value", name, line)
    if name == "EVENT_TYPE":
        found.event_types.add(value)
    elif name == "USER_ID" and not found.has_users:
        (found.users_with_two if value in found.users else found.users).add(value)


if __name__ == "__main__":
    check(sys.argv[1]).report()
