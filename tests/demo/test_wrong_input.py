"""Invalid input ends with one line and exit code 2, before anything is started."""

import re
from pathlib import Path

import pytest
from demo.sample import SCHEMA
from demo.schema import DemoSchema

from tests.demo.support.runs import run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data [a].csv"
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
    assert error_of(folder, "--data", str(path)) == f"DATA must be a CSV file, got {path}: No such file or directory"


def test_data_that_is_a_folder(folder: Path, tmp_path: Path) -> None:
    assert error_of(folder, "--data", str(tmp_path)) == f"DATA must be a CSV file, got {tmp_path}: Is a directory"


def test_a_schema_that_is_not_json(folder: Path, tmp_path: Path, data: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text("{")
    reason = error_of(folder, "--data", str(data), "--schema", str(schema))
    assert reason.startswith(f"{schema} is not a schema: JSONDecodeError")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "is not a schema: TypeError"),
        ("{}", "is not a schema: KeyError('name')"),
        ('{"name": "Nobody"}', "the name must be one of Interactions, Items, Users, got 'Nobody'"),
        ('{"name": ["Users"]}', "the name must be one of Interactions, Items, Users, got ['Users']"),
    ],
)
def test_a_schema_of_an_unknown_dataset_type(tmp_path: Path, text: str, problem: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(text)
    with pytest.raises(ValueError, match=re.escape(problem)) as refused:
        DemoSchema.from_file(schema)
    assert str(refused.value).startswith(str(schema))


def test_a_schema_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a schema: FileNotFoundError"):
        DemoSchema.from_file(tmp_path / "none.json")


def test_a_schema_without_data(folder: Path) -> None:
    assert error_of(folder, "--schema", str(SCHEMA)).startswith("SCHEMA requires DATA")


def test_an_import_that_ends_before_it_starts(folder: Path, data: Path) -> None:
    reason = error_of(folder, "--data", str(data), "--import-seconds", "-1")
    assert reason == "IMPORT_SECONDS must be a number from 0 to 3600, got -1.0"


def test_destroy_without_a_deploy_is_no_error(folder: Path) -> None:
    ended = run("destroy", folder)
    assert (ended.code, ended.output) == (0, "The demo has been removed.\n")
    assert not folder.exists()
