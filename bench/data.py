"""Interactions to measure with: few users and items make most of them, and one column is mostly empty."""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

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
FAULTS: Final[Mapping[str, str]] = {
    "value-missing": "user-1,,view,1600000000,Economy,",
    "wrong-type": "user-1,item-1,view,yesterday,Economy,",
    "metadata-wrong-type": "user-1,item-1,view,1600000000,Economy,good",
    "id-too-long": f"{'u' * 257},item-1,view,1600000000,Economy,",
    "value-too-long": f"user-1,item-1,view,1600000000,{'c' * 1001},",
    "milliseconds": "user-1,item-1,view,1600000000000,Economy,",
    "far-future": "user-1,item-1,view,16000000000,Economy,",
    "reserved-value": "user-1,item-1,view,1600000000,EVENT_TYPE,",
    "field-count": "user-1,item-1,view,1600000000,Economy,,",
}
"""Rows that each break one rule."""

_BATCH: Final = 20_000
_EVENTS: Final = ("view", "click", "purchase")
_CABINS: Final = ("Economy", "Business", "First")
_FIRST_TIME: Final = 1_500_000_000


def write_data(path: Path, size: int) -> None:
    """Write a header and rows, of about so many bytes; the same size gives the same rows."""
    written = 0
    with path.open("w", encoding="ascii") as file:
        for batch in _batches(random.Random(size), users=max(100, size // 3_000), items=max(50, size // 50_000)):
            file.write(batch if written else f"{HEADER}\n{batch}")
            written += len(batch)
            if written >= size:
                break


def write_faulty_data(path: Path, size: int) -> dict[str, int]:
    """Write rows of which some break rules; give the lines of those."""
    write_data(path, size)
    rows = path.read_text().splitlines()
    lines = {rule: (number + 1) * len(rows) // (len(FAULTS) + 2) for number, rule in enumerate(FAULTS)}
    for rule, line in lines.items():
        rows[line - 1] = FAULTS[rule]
    path.write_text("\n".join(rows) + "\n")
    return lines


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


def _batches(chance: random.Random, users: int, items: int) -> Iterator[str]:
    time = _FIRST_TIME
    while True:
        user = [int(users * chance.random() ** 3) for _ in range(_BATCH)]
        item = [int(items * chance.random() ** 4) for _ in range(_BATCH)]
        events = chance.choices(_EVENTS, (80, 15, 5), k=_BATCH)
        cabins = chance.choices(_CABINS, (85, 12, 3), k=_BATCH)
        ratings = chance.choices(["", "1.5", "2.75", "3.0", "4.25", "5.0"], (90, 2, 2, 2, 2, 2), k=_BATCH)
        rows = zip(user, item, events, range(time, time + _BATCH), cabins, ratings, strict=True)
        yield "".join(f"user-{u},item-{i},{e},{t},{c},{r}\n" for u, i, e, t, c, r in rows)
        time += _BATCH // 50
