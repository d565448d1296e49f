"""The rules in pandas: chunks of rows, and whole columns at once."""

import sys

import pandas as pd

from bench.data import HEADER
from bench.found import CATEGORICAL, RESERVED, TEXT_LENGTHS, Found
from personalize_import_handler.data_checks.columns import MILLISECONDS_MIN, YEAR_2100
from personalize_import_handler.data_checks.conditions import DECIMAL
from personalize_import_handler.data_checks.summary import CATEGORIES_MAX

_CHUNK = 250_000
_INTEGER = "[+-]?[0-9]{1,18}"


def check(path: str) -> Found:
    """Check a file."""
    found = Found()
    line = 2
    for chunk in pd.read_csv(
        path, dtype=str, keep_default_na=False, escapechar="\\", chunksize=_CHUNK, skip_blank_lines=False
    ):
        chunk.index = pd.RangeIndex(line, line + len(chunk))
        line += len(chunk)
        # Of a row with too few values, pandas fills in the last one.
        short = chunk["RATING"].isna()
        if short.any():
            _add(found, "field-count", None, short)
            chunk = chunk[~short]
        _check_chunk(chunk, found)
    return found


def _check_chunk(chunk: pd.DataFrame, found: Found) -> None:
    found.rows += len(chunk)
    for name in HEADER.split(","):
        values = chunk[name]
        empty = values == ""
        if name == "RATING":
            found.empty_ratings += int(empty.sum())
        else:
            _add(found, "value-missing", name, empty)
        filled = values[~empty] if empty.any() else values
        if name == "TIMESTAMP":
            _check_times(filled, found)
        elif name == "RATING":
            _add(found, "metadata-wrong-type", name, ~filled.str.fullmatch(DECIMAL))
        else:
            _check_texts(name, filled, found)


def _check_times(values: pd.Series, found: Found) -> None:
    right = values.str.fullmatch(_INTEGER)
    _add(found, "wrong-type", "TIMESTAMP", ~right)
    times = pd.to_numeric(values[right])
    _add(found, "milliseconds", "TIMESTAMP", times >= MILLISECONDS_MIN)
    _add(found, "far-future", "TIMESTAMP", (times >= YEAR_2100) & (times < MILLISECONDS_MIN))


def _check_texts(name: str, values: pd.Series, found: Found) -> None:
    too_long = "id-too-long" if name.endswith("_ID") else "value-too-long"
    _add(found, too_long, name, values.str.len() > TEXT_LENGTHS[name])
    _add(found, "reserved-value", name, values.isin(RESERVED))
    if name in CATEGORICAL:
        if len(found.categories[name]) <= CATEGORIES_MAX:
            found.categories[name].update(part for value in values.unique() for part in value.split("|"))
    elif name == "USER_ID" and not found.has_users:
        again = values[values.duplicated()].unique()
        seen = set(values.unique())
        found.users_with_two |= {*again, *(seen & found.users)}
        found.users |= seen


def _add(found: Found, rule: str, name: str | None, broken: "pd.Series[bool]") -> None:
    if broken.any():
        found.add(rule, name, int(broken.idxmax()), int(broken.sum()))


if __name__ == "__main__":
    check(sys.argv[1]).report()
