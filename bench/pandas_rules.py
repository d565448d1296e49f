"""The rules in pandas: chunks of rows, and whole columns at once.

All rules that apply to the data, except those on how values are quoted, which pandas doesn't show. It skips rows with
too many values, with a warning, and fills rows with too few values without one.
"""

import re
import sys
import warnings

import numpy as np
import pandas as pd

from bench.data import HEADER
from bench.program_findings import DATE, DATE_LENGTHS, ID_FROM_FLOAT, RESERVED, TEXT_LENGTHS, TIMES, ProgramFindings
from personalize_import_handler.data_checks.aggregates import INTERACTIONS_MIN
from personalize_import_handler.data_checks.column_checks import NULL_WORDS
from personalize_import_handler.data_checks.conditions import DECIMAL

_CHUNK = 250_000
_SKIPPED = re.compile(r"Skipping line (\d+)")
_INTEGER = "[+-]?[0-8]?[0-9]{1,18}"
_TIMES_ENOUGH = 2


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
    if len(found.times) < _TIMES_ENOUGH:
        found.times.update(chunk["TIMESTAMP"].unique()[:_TIMES_ENOUGH])
    if len(found.different) < INTERACTIONS_MIN:
        different = chunk.drop_duplicates().head(INTERACTIONS_MIN)
        found.different.update(different.itertuples(index=False, name=None))
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
            _check_ratings(filled, found)
        else:
            _check_texts(name, filled, found)


def _check_times(values: pd.Series, found: ProgramFindings) -> None:
    times = pd.to_numeric(values, errors="coerce")
    if times.dtype != "int64":  # not all are integers
        right = values.str.fullmatch(_INTEGER)
        _add(found, "wrong-type", "TIMESTAMP", ~right)
        values = values[right]
        times = pd.to_numeric(values)
    is_date = values.str.len().isin(DATE_LENGTHS)
    if is_date.any():
        is_date &= values.str.fullmatch(DATE.pattern)
        _add(found, "date-as-number", "TIMESTAMP", is_date)
    for rule, (low, high) in TIMES.items():
        wrong = (times >= low) & (times < high)
        if wrong.any():
            _add(found, rule, "TIMESTAMP", wrong & ~is_date & (times != 0))


def _check_ratings(values: pd.Series, found: ProgramFindings) -> None:
    numbers = pd.to_numeric(values, errors="coerce")
    if not np.isfinite(numbers).all():
        words = values.isin(NULL_WORDS)
        _add(found, "null-word", "RATING", words)
        others = values[~words]
        _add(found, "metadata-wrong-type", "RATING", ~others.str.fullmatch(DECIMAL.pattern))


def _check_texts(name: str, values: pd.Series, found: ProgramFindings) -> None:
    too_long = "id-too-long" if name.endswith("_ID") else "value-too-long"
    _add(found, too_long, name, values.str.len() > TEXT_LENGTHS[name])
    _add(found, "reserved-value", name, values.isin(RESERVED))
    _add(found, "null-word", name, values.isin(NULL_WORDS))
    if name == "EVENT_TYPE":
        found.event_types.update(values.unique())
        return
    from_float = values.str.endswith(".0")
    if from_float.any():
        _add(found, "id-from-float", name, from_float & values.str.fullmatch(ID_FROM_FLOAT.pattern))
    if name == "USER_ID" and not found.has_users:
        again = values[values.duplicated()].unique()
        seen = set(values.unique())
        found.users_with_two |= {*again, *(seen & found.users)}
        found.users |= seen


def _add(found: ProgramFindings, rule: str, name: str | None, broken: "pd.Series[bool]") -> None:
    if broken.any():
        found.add(rule, name, int(str(broken.idxmax())), int(broken.sum()))


if __name__ == "__main__":
    check(sys.argv[1]).report()
