"""The benchmark of the checks: all contenders apply the same rules, and the tables show what was measured."""

from pathlib import Path

import pytest

from bench import checks
from bench.check_programs import CHECK, CSV, PANDAS, READERS, CheckProgram, many_items, run_program
from bench.data import CLEAN, KINDS, write_data, write_schema
from bench.part import Scale

SIZE = 300_000
FAULTS = {
    "id-missing": "user-1,,1600000000,view,1.5",
    "value-missing": "user-1,item-1,1600000000,,1.5",
    "wrong-type": "user-1,item-1,yesterday,view,1.5",
    "metadata-wrong-type": "user-1,item-1,1600000000,view,good",
    "id-too-long": f"{'u' * 257},item-1,1600000000,view,1.5",
    "value-too-long": f"user-1,item-1,1600000000,{'v' * 1001},1.5",
    "milliseconds": "user-1,item-1,1600000000000,view,1.5",
    "microseconds": "user-1,item-1,1600000000000000,view,1.5",
    "nanoseconds": "user-1,item-1,1600000000000000000,view,1.5",
    "date-as-number": "user-1,item-1,20231114120000,view,1.5",
    "before-1990": "user-1,item-1,600000000,view,1.5",
    "far-future": "user-1,item-1,16000000000,view,1.5",
    "null-word": "user-1,item-1,1600000000,view,NULL",
    "id-from-float": "12.0,item-1,1600000000,view,1.5",
    "reserved-value": "user-1,item-1,1600000000,EVENT_TYPE,1.5",
    "field-count": "user-1,item-1,1600000000,view,1.5,",
}
"""Rows that each violate one rule."""
FOUND = {
    "milliseconds": ("milliseconds", "TIMESTAMP"),
    "ISO dates": ("wrong-type", "TIMESTAMP"),
    "null words": ("null-word", "RATING"),
    r"\N": ("null-word", "RATING"),
    "ids with .0": ("id-from-float", "USER_ID"),
    "a value too many": ("field-count", None),
    'doubled quotes ("")': ("doubled-quotes", "ITEM_ID"),
}
"""The rule that each kind of data violates in every row, and the column."""


def write_faulty_data(path: Path, size: int) -> dict[str, int]:
    """Write rows, some of which violate a rule; return the line number of each violation by rule."""
    write_data(path, size)
    rows = path.read_text().splitlines()
    lines = {rule: (number + 1) * len(rows) // (len(FAULTS) + 2) for number, rule in enumerate(FAULTS)}
    for rule, line in lines.items():
        rows[line - 1] = FAULTS[rule]
    path.write_text("\n".join(rows) + "\n")
    return lines


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    write_schema(path)
    return path


@pytest.mark.parametrize("contender", [CHECK, CSV, PANDAS], ids=lambda contender: contender.name)
def test_each_contender_finds_each_seeded_fault_on_its_line_and_nothing_else(
    contender: CheckProgram, schema: Path, tmp_path: Path
) -> None:
    lines = write_faulty_data(tmp_path / "data.csv", SIZE)
    assert lines.keys() == FAULTS.keys()

    ran = run_program(contender, tmp_path / "data.csv", schema)

    assert {rule: (line, count) for rule, _, line, count in ran.findings} == {
        rule: (line, 1) for rule, line in lines.items()
    }


def test_the_check_finds_nothing_in_clean_data_and_one_fault_in_every_row_of_the_other_kinds(
    schema: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data.csv"
    assert FOUND.keys() | {CLEAN} == KINDS.keys()
    for kind in KINDS:
        write_data(data, SIZE, kind)
        rows = data.read_bytes().count(b"\n") - 1
        findings = run_program(CHECK, data, schema).findings
        assert findings == ({(*FOUND[kind], 2, rows)} if kind in FOUND else set())


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_readers_read_all_rows(reader: CheckProgram, schema: Path, tmp_path: Path) -> None:
    write_data(tmp_path / "data.csv", SIZE)
    rows = (tmp_path / "data.csv").read_bytes().count(b"\n") - 1
    assert run_program(reader, tmp_path / "data.csv", schema).rows == rows


def test_generated_items_have_as_many_bytes_as_asked_for_and_violate_no_rule(schema: Path, tmp_path: Path) -> None:
    ran = run_program(many_items(10_000_000), tmp_path, schema)
    assert ran.rows * 50 < 10_000_000 < ran.rows * 80
    assert ran.findings == set()


@pytest.mark.parametrize("size", [10_000_000, pytest.param(10_000_000_000, marks=pytest.mark.nightly)])
def test_repeated_ids_are_found_within_500_mb_in_data_of_any_size(size: int, schema: Path, tmp_path: Path) -> None:
    ran = run_program(many_items(size, times=2), tmp_path, schema)
    repeated = ran.rows // 2
    assert ran.findings == {("repeated-id", "ITEM_ID", repeated + 2, repeated)}
    assert ran.peak_bytes <= 500_000_000


@pytest.mark.nightly
def test_different_ids_of_10_gb_are_compared_within_500_mb(schema: Path, tmp_path: Path) -> None:
    ran = run_program(many_items(10_000_000_000), tmp_path, schema)
    assert ran.findings == set()
    assert ran.peak_bytes <= 500_000_000


@pytest.mark.nightly
def test_the_tables_have_all_contenders_and_goals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_SIZE_QUICK", SIZE)
    monkeypatch.setattr(checks, "_ITEMS_QUICK", 10 * SIZE)
    text = checks.run(tmp_path, Scale(quick=True, large=True)).text
    assert all(f"| {kind} | {CHECK.name} |" in text for kind in KINDS)
    assert all(f"| {CLEAN} | {contender.name} |" in text for contender in (CSV, PANDAS, *READERS))
    assert "| items with ids | the check of generated items |" in text
    assert text.count("| yes |") + text.count("| no") == 1 + (len(KINDS) - 1) + 4 + 1


def test_a_contender_that_fails_is_an_error(schema: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="personalize-import check ended with 2"):
        run_program(CHECK, tmp_path / "nowhere.csv", schema)
