"""Problems of the schema are reported first; data is checked only if the schema allows it."""

import json
from pathlib import Path

from tests.cli.conftest import SCHEMA
from tests.cli.support.runs import run


def test_without_a_dataset_type_the_data_is_not_checked(tmp_path: Path, schema: Path) -> None:
    schema.write_text(json.dumps({**SCHEMA, "name": "Things"}))
    ended = run("check", tmp_path / "none.csv", "--schema", schema)
    first, *_, summary = ended.output.splitlines()
    assert ended.code == 1
    assert first.startswith(f"{schema}: error: the record name is not a dataset type")
    assert first.endswith("[schema-name]")
    assert summary == "Data not checked: fix the schema first (1 error, 0 warnings)"


def test_with_json_that_is_no_schema_the_data_is_not_checked(items: Path, schema: Path) -> None:
    schema.write_text('["ITEM_ID"]')
    ended = run("check", items, "--schema", schema)
    assert ended.code == 1
    assert ended.output.startswith(f"{schema}: error: the schema is not a flat Avro record")
    assert "Data not checked" in ended.output


def test_data_is_checked_for_a_schema_that_breaks_other_rules(items: Path, schema: Path) -> None:
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "SIZE", "type": "int"}]
    twice = [*fields, {"name": "SI_ZE", "type": "int"}]
    schema.write_text(json.dumps({**SCHEMA, "fields": twice}))
    ended = run("check", items, "--schema", schema)
    assert ended.code == 1
    assert f"{schema}: error: two fields have the same letters and digits" in ended.output
    assert f"{items}:1: error: a field of the schema has no column, column SIZE" in ended.output


def test_a_domain_requires_other_fields(items: Path, schema: Path) -> None:
    ended = run("check", items, "--schema", schema, "--domain", "ECOMMERCE")
    assert ended.code == 1
    assert f"{schema}: error: a required field is missing" in ended.output
    assert "CATEGORY_L1" in ended.output
    assert run("check", items, "--schema", schema).code == 0
