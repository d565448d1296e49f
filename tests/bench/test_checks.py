"""The benchmark of the checks: all contenders apply the same rules, and the tables have all figures."""

from pathlib import Path

import pytest

from bench import checks
from bench.contenders import CONTENDERS, CSV, DUCKDB, PANDAS, PLAIN, READING, Contender, run
from bench.data import write_data, write_schema

SIZE = 300_000
FAULTS = {
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
"""Rows that each violate one rule."""


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


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.name)
def test_each_contender_finds_each_seeded_fault_on_its_line_and_nothing_else(
    contender: Contender, schema: Path, tmp_path: Path
) -> None:
    lines = write_faulty_data(tmp_path / "data.csv", SIZE)

    ran = run(contender, tmp_path / "data.csv", schema)

    found = {rule: (line, count) for rule, _, line, count in ran.findings if rule != "column-sparse"}
    assert found == {rule: (line, 1) for rule, line in lines.items()}
    assert ("column-sparse", "RATING", None, 1) in ran.findings
    assert len(ran.findings) == len(FAULTS) + 1


@pytest.mark.nightly
def test_all_contenders_read_the_same_rows_and_are_in_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_SIZES_QUICK", (SIZE,))
    monkeypatch.setattr(checks, "_LARGE_TIMES", 2)
    *each, large = checks.measure(tmp_path, quick=True, large=True)

    assert [one.run.contender for one in each] == [DUCKDB, PLAIN, CSV, PANDAS, READING]
    (rows,) = {one.run.rows for one in each}
    assert large.run.rows == 2 * rows
    assert all(one.run.seconds > 0 and one.run.peak_bytes > 1_000_000 for one in [*each, large])
    table = checks.table([*each, large])
    assert all(f"| {contender.name} |" in table for contender in (*CONTENDERS, READING))
    assert table.count("| yes |") + table.count("| no |") == 4


@pytest.mark.nightly
def test_a_slow_contender_is_measured_with_a_part_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_SIZES_QUICK", (4 * SIZE, 160 * SIZE))
    monkeypatch.setattr(checks, "_SECONDS_MAX", 0)
    measured = list(checks.measure(tmp_path, quick=True))

    assert [one.run for one in measured[4:8]] == [one.run for one in measured[:4]]
    assert "(part: 1 MB)" in measured[4].row


def test_a_contender_that_fails_ends_the_benchmark(schema: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="personalize-import check ended with 2"):
        run(DUCKDB, tmp_path / "nowhere.csv", schema)
