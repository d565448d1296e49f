"""Schemas and CSV data of the conformance tests."""

import json
from collections.abc import Mapping
from typing import Any, Final

_USERS: Final[list[dict[str, Any]]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "AGE", "type": "int"},
    {"name": "CITY", "type": ["null", "string"], "categorical": True},
]
_INTERACTIONS: Final[list[dict[str, Any]]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
FIELDS: Final[Mapping[str, list[dict[str, Any]]]] = {"Users": _USERS, "Interactions": _INTERACTIONS}
"""The fields of the schema of each dataset type."""
USERS: Final = "USER_ID,AGE,CITY\nu1,30,Rome\nu2,40,Oslo\n"
"""Valid data for a Users dataset, which has no minimum of records."""
MINIMUM_OF_INTERACTIONS: Final = 1000
"""https://docs.aws.amazon.com/personalize/latest/dg/limits.html."""


def schema(dataset_type: str) -> str:
    """Return the Avro schema of a dataset type."""
    record = {"type": "record", "name": dataset_type, "namespace": "com.amazonaws.personalize.schema"}
    return json.dumps({**record, "fields": FIELDS[dataset_type], "version": "1.0"})


def interactions(count: int, last_timestamp: str = "1700000000") -> str:
    """Return a number of interactions, of which the last one has the given TIMESTAMP."""
    rows = [f"u{row % 100},i{row % 50},{1_600_000_000 + row}" for row in range(count - 1)]
    return "\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *rows, f"u1,i1,{last_timestamp}", ""])
