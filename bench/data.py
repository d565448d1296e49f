"""Generated interactions: few users and items have most of them, and one column is mostly empty."""

import json
from pathlib import Path
from typing import Final

import duckdb

HEADER: Final = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,CABIN_TYPE,RATING"
SCHEMA: Final = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "CABIN_TYPE", "type": "string", "categorical": True},
        {"name": "RATING", "type": ["null", "float"]},
    ],
    "version": "1.0",
}
_ROW_BYTES: Final = 44
"""The approximate size of a row."""
# Times repeatedly rise and fall, as in collected data: each 20,000 rows start 400 seconds after the previous ones.
_ROWS: Final = """
SELECT 'user-' || CAST(floor({users} * {user} ** 3) AS BIGINT) AS USER_ID,
  'item-' || CAST(floor({items} * {item} ** 4) AS BIGINT) AS ITEM_ID,
  CASE WHEN {event} < 0.8 THEN 'view' WHEN {event} < 0.95 THEN 'click' ELSE 'purchase' END AS EVENT_TYPE,
  1500000000 + row // 20000 * 400 + row % 20000 AS TIMESTAMP,
  CASE WHEN {cabin} < 0.85 THEN 'Economy' WHEN {cabin} < 0.97 THEN 'Business' ELSE 'First' END AS CABIN_TYPE,
  CASE WHEN {rating} >= 0.1 THEN NULL ELSE ['1.5', '2.75', '3.0', '4.25', '5.0'][1 + CAST(floor({rating} * 50) AS INT)]
  END AS RATING
FROM range({count}) AS rows(row)"""


def write_data(path: Path, size: int) -> None:
    """Write a header and rows of about this size in bytes; the same size results in the same rows."""
    rows = _ROWS.format(
        user=_chance(0),
        users=max(100, size // 3_000),
        item=_chance(1),
        items=max(50, size // 50_000),
        event=_chance(2),
        cabin=_chance(3),
        rating=_chance(4),
        count=size // _ROW_BYTES,
    )
    with duckdb.connect() as database:
        database.execute(f"COPY ({rows}) TO '{path}' (HEADER, DELIMITER ',')")


def write_repeated(path: Path, source: Path, times: int) -> None:
    """Write the rows of a file several times, under one header."""
    with path.open("wb") as file:
        for number in range(times):
            with source.open("rb") as rows:
                header = rows.readline()
                file.write(b"" if number else header)
                while chunk := rows.read(1 << 24):
                    file.write(chunk)


def write_schema(path: Path) -> None:
    """Write the schema of the data."""
    path.write_text(json.dumps(SCHEMA))


def _chance(column: int) -> str:
    """Return SQL for a reproducible pseudo-random number from 0 to 1 for each row."""
    return f"(hash(row * 5 + {column}) / 18446744073709551616.0)"
