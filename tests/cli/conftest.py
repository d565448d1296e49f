"""Valid data, which tests make invalid."""

import json
from pathlib import Path

import pytest

SCHEMA = {
    "type": "record",
    "name": "Items",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": "float"},
        {"name": "COLOUR", "type": ["null", "string"], "categorical": True},
    ],
    "version": "1.0",
}
HEADER = "ITEM_ID,PRICE,COLOUR"
GOOD = f"{HEADER}\n1,2.5,red\n2,3.5,blue\n"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "items.schema.json"
    path.write_text(json.dumps(SCHEMA))
    return path


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text(GOOD)
    return path
