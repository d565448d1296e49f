"""For each rule that synth can see, a fault in 30,000 rows that are shipped is reported with its exact line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from personalize_import import DatasetSchema
from personalize_import.schema import fields
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks import files
from personalize_import_handler.data_checks.rules import RULES, Rule, Scope, Severity
from personalize_import_handler.data_checks.schema import Schema
from tests.constructs.support.checked import add_asset_job, errors_of, warnings_of, write
from tests.constructs.support.stacks import new_stack
from tests.data_checks.support.faulty import FAULTY, Faulty
from tests.data_checks.test_seeded_faults import ALSO

# What data that is shipped can't have, and why.
NOT_AT_SYNTH: Mapping[str, str] = {
    "no-data": "a folder without files is refused as an argument",
    "empty-file": "an empty file is refused as an argument",
    "location-without-slash": "the location is the construct's own",
    "location-too-long": "the location is the construct's own",
    "not-read": "only what is read is shipped",
}
SEEN = [rule for rule in RULES if rule.scope is not Scope.SCHEMA and rule.id not in NOT_AT_SYNTH]


def dataset_schema(schema: Schema) -> DatasetSchema:
    kind = schema.dataset_type
    assert kind is not None
    domain: Any = schema.domain
    return DatasetSchema(fields.schema_text(kind, schema.fields), domain)


def annotations_of(faulty: Faulty, folder: Path) -> tuple[list[str], list[str]]:
    for name, content in faulty.files.items():
        write(folder / name, content)
    stack = new_stack()
    add_asset_job(stack, folder, dataset_schema(faulty.schema), import_mode=faulty.import_mode)
    return errors_of(stack), warnings_of(stack)


def test_what_synth_can_not_see_are_rules_that_there_are() -> None:
    assert set(NOT_AT_SYNTH) < {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", SEEN, ids=lambda rule: str(rule.id))
def test_a_fault_in_what_is_shipped_is_told_at_synth_with_its_line(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files of a gigabyte would have to be read.
    monkeypatch.setitem(files._SIZES_MAX, ImportMode.INCREMENTAL, 10)
    faulty = FAULTY[rule.id]()

    errors, warnings = annotations_of(faulty, tmp_path / "data")

    by_rule = {each.partition(":")[0]: each for each in [*errors, *warnings]}
    told = by_rule.pop(rule.id)
    assert told in (errors if rule.severity is Severity.ERROR else warnings)
    assert rule.what in told
    assert rule.fix in told
    if faulty.line:
        assert f" in {faulty.file}, line {faulty.line}" in told
    if faulty.column:
        assert f"column {faulty.column}" in told
    assert by_rule.keys() <= ALSO.get(rule.id, set())
