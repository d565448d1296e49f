"""Generated interactions, clean or with the same fault in every row: few users and items have most of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

HEADER: Final = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,RATING"
SCHEMA: Final = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "RATING", "type": ["null", "float"]},
    ],
    "version": "1.0",
}
CLEAN: Final = "clean"
MILLISECONDS: Final = "milliseconds"
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    CLEAN: {},
    MILLISECONDS: {"TIMESTAMP": "1000 * time"},
    "ISO dates": {"TIMESTAMP": "strftime(make_timestamp(1000000 * time), '%Y-%m-%dT%H:%M:%SZ')"},
    "null words": {"RATING": "'NULL'"},
    r"\N": {"RATING": r"'\N'"},
    "ids with .0": {"USER_ID": "user || '.0'"},
    "a value too many": {"RATING": "rating || ','"},
    'doubled quotes ("")': {"ITEM_ID": """'"item ""' || item || '""\"'"""},
}
"""For each kind of data the columns that differ from clean data, in SQL."""

_ROW_BYTES: Final = 37
"""The approximate size of a row."""
_COLUMNS: Final[Mapping[str, str]] = {
    "USER_ID": "'user-' || user",
    "ITEM_ID": "'item-' || item",
    "TIMESTAMP": "time",
    "EVENT_TYPE": "CASE WHEN event < 0.8 THEN 'view' WHEN event < 0.95 THEN 'click' ELSE 'purchase' END",
    "RATING": "rating",
}
# Times repeatedly rise and fall, as in collected data: each 20,000 rows start 400 seconds after the previous ones.
_ROWS: Final = """
SELECT CAST(floor({users} * {user} ** 3) AS BIGINT) AS user, CAST(floor({items} * {item} ** 4) AS BIGINT) AS item,
  1500000000 + row // 20000 * 400 + row % 20000 AS time, {event} AS event,
  format('{{:.2f}}', 5 * {rating}) AS rating
FROM range({count}) AS rows(row)"""
# A line is one value: neither its commas nor its quotes mean anything to DuckDB.
_COPY: Final = """COPY (SELECT {line} AS "{header}" FROM ({rows})) TO '{path}' (HEADER, DELIMITER '\x01', QUOTE '')"""


def write_data(path: Path, size: int, kind: str = CLEAN) -> int:
    """Write a header and rows; return their number.

    Clean data has about this size in bytes, other kinds have as many rows.
    """
    count = size // _ROW_BYTES
    rows = _ROWS.format(
        user=_chance(0),
        users=max(100, size // 3_000),
        item=_chance(1),
        items=max(50, size // 50_000),
        event=_chance(2),
        rating=_chance(3),
        count=count,
    )
    line = " || ',' || ".join(f"({each})" for each in {**_COLUMNS, **KINDS[kind]}.values())
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        database.execute(_COPY.format(line=line, header=HEADER, rows=rows, path=path))
    return count


def write_schema(path: Path) -> None:
    """Write the schema of the data."""
    path.write_text(json.dumps(SCHEMA))


def _chance(column: int) -> str:
    """Return SQL for a reproducible pseudo-random number from 0 to 1 for each row."""
    return f"(hash(row * 5 + {column}) / 18446744073709551616.0)"
