"""Invalid input ends with one line and exit code 2, before anything is started."""

import gzip
import re
from pathlib import Path

import pytest
from demo.sample import SCHEMA
from demo.schema import DemoSchema

from tests.demo.support.runs import ROOT, run

HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("USER_ID\na\n")
    return path


def error_of(folder: Path, *arguments: str) -> str:
    ended = run("deploy", folder, *arguments)
    assert ended.code == 2
    assert len(ended.output.splitlines()) == 1, ended.output
    assert not (folder / "state").exists()
    return ended.output.strip()


def test_data_that_does_not_exist(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "nothing [b].csv"
    expected = f"DATA must be a CSV file or a folder of CSV files: {path} not found (in {ROOT})"
    assert error_of(folder, "--data", str(path)) == expected


def test_a_name_that_cannot_be_a_key(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "my data.csv"
    data.touch()
    reason = error_of(folder, "--data", str(data))
    assert reason.startswith("DATA must be a name that ends in .csv, of letters, digits, ")
    assert reason.endswith("got 'my data.csv'")


def test_a_folder_without_csv_files(folder: Path, tmp_path: Path) -> None:
    expected = f"{tmp_path} has no CSV files (*.csv) directly in it; subfolders are not imported"
    with pytest.raises(ValueError, match=re.escape(expected)):
        DemoSchema.proposed_for(tmp_path)


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (f"\ufeff{HEADER}".encode(), "the file begins with a byte order mark [byte-order-mark]"),
        (HEADER.replace(",", ";").encode(), "(semicolons separate the names, not commas) [not-a-header]"),
        (gzip.compress(HEADER.encode()), "the file is not text (gzip). Store the data as plain CSV"),
    ],
    ids=["byte order mark", "semicolons", "gzip"],
)
def test_findings_of_the_check_are_reported_before_anything_starts(
    folder: Path, tmp_path: Path, content: bytes, finding: str
) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes(content)
    ended = run("deploy", folder, "--data", str(data), "--schema", str(SCHEMA))
    assert ended.code == 2
    assert ended.output.startswith(f"Checking {data}\n")
    assert finding in ended.output
    assert ended.output.endswith("Nothing was deployed: fix the errors above first\n")
    assert not (folder / "state").exists()


def test_a_schema_is_proposed_for_the_data(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("USER_ID,ITEM_ID,TIMESTAMP\n1,2,874724710\n")  # too few records
    ended = run("deploy", folder, "--data", str(data))
    assert ended.code == 2
    proposed = folder / "generated" / "schema.json"
    assert f"Proposed schema for {data}, to be reviewed:\n{proposed.read_text()}" in ended.output
    assert DemoSchema.from_file(proposed).dataset_type == "Interactions"
    assert ended.output.endswith("Nothing was deployed: fix the errors above first\n")


def test_a_schema_that_is_not_json(folder: Path, tmp_path: Path, data: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text("{")
    reason = error_of(folder, "--data", str(data), "--schema", str(schema))
    assert reason.startswith(f"{schema} is not a schema: it is not JSON: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "is not a schema: it must be a JSON object with a name"),
        ("{}", "is not a schema: it must be a JSON object with a name"),
        ('{"name": "Nobody"}', "the name of the schema must be one of Interactions, Items, Users, got 'Nobody'"),
        ('{"name": ["Users"]}', "the name of the schema must be one of Interactions, Items, Users, got ['Users']"),
    ],
)
def test_a_schema_of_an_unknown_dataset_type(tmp_path: Path, text: str, problem: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(text)
    with pytest.raises(ValueError, match=re.escape(problem)) as refused:
        DemoSchema.from_file(schema)
    assert str(refused.value).startswith(str(schema))


def test_a_schema_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape("none.json: No such file or directory")):
        DemoSchema.from_file(tmp_path / "none.json")


def test_a_schema_without_data(folder: Path) -> None:
    assert error_of(folder, "--schema", str(SCHEMA)).startswith("SCHEMA requires DATA")


@pytest.mark.parametrize(("value", "shown"), [("-1", "-1.0"), ("soon", "'soon'")])
def test_a_duration_that_is_not_allowed(folder: Path, data: Path, value: str, shown: str) -> None:
    reason = error_of(folder, "--data", str(data), "--import-seconds", value)
    assert reason == f"IMPORT_SECONDS must be a number from 0 to 3600, got {shown}"


def test_destroy_without_a_deploy_is_no_error(folder: Path) -> None:
    ended = run("destroy", folder)
    assert (ended.code, ended.output) == (0, "The demo has been removed.\n")
    assert not folder.exists()
