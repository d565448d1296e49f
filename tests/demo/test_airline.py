"""The demo with real data: the airline sample, if it is next to the repository, unchanged and with errors."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.support.runs import ProcessResult, run

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

Row = list[str]


def deployed(folder: Path, data: Path, schema: Path) -> ProcessResult:
    return run("deploy", folder, "--data", str(data), "--schema", str(schema), "--import-seconds", "3")


def rewritten(source: Path, target: Path, change: Callable[[int, Row], Row]) -> Path:
    with source.open(newline="") as before, target.open("w", newline="") as after:
        csv.writer(after, lineterminator="\n").writerows(
            change(line, row) for line, row in enumerate(csv.reader(before), start=1)
        )
    return target


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        ("interactions", 34853),
        pytest.param("users", 24500, marks=pytest.mark.nightly),
        pytest.param("items", 352, marks=pytest.mark.nightly),
    ],
)
def test_each_file_of_the_sample_is_imported_whole(folder: Path, airline: Path, kind: str, records: int) -> None:
    ended = deployed(folder, airline / f"{kind}.csv", airline / f"{kind}.schema.json")
    assert ended.code == 0, ended.output
    assert ended.value("Status") == "ACTIVE"
    assert ended.value("Records") == str(records)
    assert f"PersonalizeDemo{kind.capitalize()}" in ended.value("Job")


def test_a_sample_without_item_ids_is_not_deployed(folder: Path, airline: Path, tmp_path: Path) -> None:
    data = rewritten(airline / "interactions.csv", tmp_path / "data.csv", lambda _, row: row[1:])
    ended = deployed(folder, data, airline / "interactions.schema.json")
    assert ended.code == 2
    assert "a field of the schema has no column, column ITEM_ID [column-missing]" in ended.output


def test_text_as_a_timestamp_is_reported_with_its_line(folder: Path, airline: Path, tmp_path: Path) -> None:
    def corrupt(line: int, row: Row) -> Row:
        return [*row[:2], "yesterday", *row[3:]] if line == 20_001 else row

    data = rewritten(airline / "interactions.csv", tmp_path / "data.csv", corrupt)
    ended = deployed(folder, data, airline / "interactions.schema.json")
    assert ended.code == 2
    assert f"{data}:20001: error: " in ended.output
    assert "column TIMESTAMP" in ended.output
