"""The rules in pandas: chunks of rows, and whole columns at once.

pandas skips rows with too many values, with a warning, and fills rows with too few values without one.
"""

import re
import sys
import warnings

import pandas as pd

from bench.data import HEADER
from bench.program_findings import MILLISECONDS_MIN, RESERVED, TEXT_LENGTHS, YEAR_2100, ProgramFindings
from personalize_import_handler.data_checks.conditions import DECIMAL

_CHUNK = 250_000
_SKIPPED = re.compile(r"Skipping line (\d+)")
_INTEGER = "[+-]?[0-9]{1,18}"


def check(path: str) -> ProgramFindings:
    """Check a file."""
    found = ProgramFindings()
    line = 2
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", pd.errors.ParserWarning)
        for chunk in pd.read_csv(
            path, dtype=str, keep_default_na=False, escapechar="\\", chunksize=_CHUNK, on_bad_lines="warn"
        ):
            skipped = {int(number) for each in said for number in _SKIPPED.findall(str(each.message))}
            said.clear()
            for number in sorted(skipped):
                found.add("field-count", None, number)
            lines = range(line, line + len(chunk) + len(skipped))
            chunk.index = pd.Index([number for number in lines if number not in skipped] if skipped else lines)
            line = lines.stop
            _check_chunk(chunk, found)
    return found


def _check_chunk(chunk: pd.DataFrame, found: ProgramFindings) -> None:
    found.rows += len(chunk)
    for name in HEADER.split(","):
        values = chunk[name]
        empty = values == ""
        if name == "RATING":
            found.empty_ratings += int(empty.sum())
        else:
            _add(found, "value-missing" if name == "EVENT_TYPE" else "id-missing", name, empty)
        filled = values[~empty] if empty.any() else values
        if name == "TIMESTAMP":
            _check_times(filled, found)
        elif name == "RATING":
            _add(found, "metadata-wrong-type", name, ~filled.str.fullmatch(DECIMAL.pattern))
        else:
            _check_texts(name, filled, found)


def _check_times(values: pd.Series, found: ProgramFindings) -> None:
    right = values.str.fullmatch(_INTEGER)
    _add(found, "wrong-type", "TIMESTAMP", ~right)
    times = pd.to_numeric(values[right])
    _add(found, "milliseconds", "TIMESTAMP", times >= MILLISECONDS_MIN)
    _add(found, "far-future", "TIMESTAMP", (times >= YEAR_2100) & (times < MILLISECONDS_MIN))


def _check_texts(name: str, values: pd.Series, found: ProgramFindings) -> None:
    too_long = "id-too-long" if name.endswith("_ID") else "value-too-long"
    _add(found, too_long, name, values.str.len() > TEXT_LENGTHS[name])
    _add(found, "reserved-value", name, values.isin(RESERVED))
    if name == "EVENT_TYPE":
        found.event_types.update(values.unique())
    elif name == "USER_ID" and not found.has_users:
        again = values[values.duplicated()].unique()
        seen = set(values.unique())
        found.users_with_two |= {*again, *(seen & found.users)}
        found.users |= seen


def _add(found: ProgramFindings, rule: str, name: str | None, broken: "pd.Series[bool]") -> None:
    if broken.any():
        found.add(rule, name, int(str(broken.idxmax())), int(broken.sum()))


if __name__ == "__main__":
    check(sys.argv[1]).report()
