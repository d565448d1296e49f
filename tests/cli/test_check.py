"""The findings of `check`, and its exit codes."""

import os
from pathlib import Path

import pytest

from personalize_import_cli.app import run as run_here
from tests.cli.conftest import GOOD, HEADER
from tests.cli.support.runs import run


def test_valid_data_ends_with_0(items: Path, schema: Path) -> None:
    ended = run("check", items, "--schema", schema)
    assert (ended.code, ended.output, ended.stderr) == (0, "1 file, 42 bytes, 2 rows: 0 errors, 0 warnings\n", "")


def test_an_error_ends_with_1_and_is_reported_with_its_place_and_fix(items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER}\n1,2.5,red\n,3.5,blue\n")
    ended = run("check", items, "--schema", schema)
    first, fix, page, summary = ended.output.splitlines()
    assert ended.code == 1
    assert first == f"{items}:3: error: an id or a time is missing, column ITEM_ID, '' [id-missing]"
    assert fix.strip().startswith("Fill it in")
    assert page.strip().startswith("https://docs.aws.amazon.com/personalize/")
    assert summary == "1 file, 41 bytes, 2 rows: 1 error, 0 warnings"


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)], ids=["by default", "strict"])
def test_warnings_are_allowed_unless_the_check_is_strict(
    items: Path, schema: Path, options: list[str], code: int
) -> None:
    items.write_text(f"{HEADER}\n1,much,red\n")
    ended = run("check", items, "--schema", schema, *options)
    assert ended.code == code
    assert "warning: a value of a metadata column is not of the field's type" in ended.output


@pytest.mark.parametrize("rows", [3, 400_000], ids=["a small file", "a large file"])
def test_lines_are_numbered_as_in_the_file(rows: int, items: Path, schema: Path) -> None:
    good = "".join(f"{number},2.5,red\n" for number in range(rows))
    items.write_text(f"{HEADER}\n{good}a,3.5\n0,4.5,\n")
    ended = run("check", items, "--schema", schema)
    assert ended.code == 1
    assert f"{items}:{rows + 2}: error: the row has more or fewer values than the header" in ended.output
    assert f"{items}:{rows + 3}: warning: an id occurs more than once" in ended.output


@pytest.mark.parametrize("content", [b"", GOOD.replace(",", ";").encode(), GOOD.replace("\n", "\r").encode()])
def test_a_file_that_is_no_csv_with_a_header_is_one_error_of_the_report(
    content: bytes, items: Path, schema: Path
) -> None:
    items.write_bytes(content)
    ended = run("check", items, "--schema", schema)
    assert (ended.code, ended.stderr) == (1, "")
    assert ended.output.endswith(": 1 error, 0 warnings\n")


def test_only_csv_files_directly_in_a_folder_are_checked(tmp_path: Path, schema: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.csv", "b.CSV", "notes.txt", "deeper/c.csv"):
        (folder / name).write_text(GOOD.replace("1,", f"{name},").replace("2,3", f"{name}2,3"))
    ended = run("check", folder, "--schema", schema)
    assert ended.code == 0
    assert f"{folder}: warning: the folder has files that are not read (deeper/, notes.txt)" in ended.output
    assert ended.output.endswith("2 files, 102 bytes, 4 rows: 0 errors, 1 warning\n")


def test_a_file_of_a_folder_is_reported_with_its_path(tmp_path: Path, schema: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.csv").write_text(f"{HEADER}\n,2.5,red\n")
    assert f"{folder / 'b.csv'}:2: error" in run("check", f"{folder}/", "--schema", schema).output


@pytest.mark.parametrize(("mode", "code"), [("FULL", 0), ("INCREMENTAL", 1)])
def test_the_import_mode_determines_the_size_limit(
    mode: str, code: int, items: Path, schema: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = {"FULL": 100, "INCREMENTAL": 10}
    monkeypatch.setattr("personalize_import_handler.data_checks.files._SIZES_MAX", limits)
    assert run_here(["check", str(items), "--schema", str(schema), "--import-mode", mode]) == code
    assert ("the files are larger than one import may be" in capsys.readouterr().out) is bool(code)


def test_only_some_of_many_places_are_shown_with_a_note(items: Path, schema: Path) -> None:
    more = [f"C{number}" for number in range(30)]
    items.write_text(f"{HEADER},{','.join(more)}\n1,2.5,red{',' * 30}\n")
    output = run("check", items, "--schema", schema).output
    assert output.count("[column-extra]") == 20
    assert "and 10 more places; --format json has all" in output


def test_control_characters_in_data_are_escaped(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "it\x1b[31ms.csv"
    path.write_text(f"{HEADER},[red]\x1b[2J\n1,\x1b]0;title\a{'9' * 100},red,\n")
    output = run("check", path, "--schema", schema).output
    assert "\x1b" not in output
    assert "[red]\\x1b[2J" in output
    assert "'\\x1b]0;title\\x079999999999" in output
    assert "9" * 50 not in output


def test_a_path_that_is_not_text_is_shown_with_escapes(tmp_path: Path, schema: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/it\xff.csv"))
    path.write_text(f"{HEADER}\n,2.5,red\n")
    for form in ("table", "json", "sarif", "junit"):
        ended = run("check", path, "--schema", schema, "--format", form)
        assert ended.code == 1, ended


@pytest.mark.parametrize(
    ("name", "findings"),
    [
        ("items", {"metadata-wrong-type": ("DurationDays", 2), "repeated-id": ("ITEM_ID", 3)}),
        ("interactions", {}),
        ("users", {}),
    ],
)
def test_the_airline_sample_of_aws_passes(airline: Path, name: str, findings: dict[str, tuple[str, int]]) -> None:
    ended = run("check", airline / f"{name}.csv", "--schema", airline / f"{name}.schema.json")
    assert ended.code == 0, ended.output
    for rule, (column, count) in findings.items():
        (line,) = [line for line in ended.output.splitlines() if f"[{rule}]" in line]
        assert f"column {column}," in line
        assert f"{count} times" in line
    assert ": error: " not in ended.output
