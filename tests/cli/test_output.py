"""`--output` writes a file, whole or not at all."""

from pathlib import Path

from tests.cli.conftest import HEADER
from tests.cli.support.runs import run


def test_the_report_goes_into_a_file_and_a_summary_to_the_output(tmp_path: Path, items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER}\n,2.5,red\n")
    report = tmp_path / "report.txt"
    report.write_text("an older and much longer report " * 100)
    ended = run("check", items, "--schema", schema, "--output", report)
    assert ended.code == 1
    assert ended.output == "1 file, 30 bytes, 1 row: 1 error, 0 warnings\n"
    assert report.read_text() == run("check", items, "--schema", schema).output


def test_a_check_that_cannot_run_does_not_change_the_file(tmp_path: Path, schema: Path) -> None:
    older, new = tmp_path / "older.json", tmp_path / "new.json"
    older.write_text("{}")
    for report in (older, new):
        assert run("check", tmp_path / "none.csv", "--schema", schema, "--output", report).code == 2
    assert older.read_text() == "{}"
    assert not new.exists()


def test_a_report_never_overwrites_what_is_checked(tmp_path: Path, items: Path, schema: Path) -> None:
    for data, output in [(items, items), (items, schema), (tmp_path, items), (tmp_path, tmp_path / "new.csv")]:
        failure = run("check", data, "--schema", schema, "--output", output).failure
        assert failure == f"{output}: the report would overwrite the data or the schema"
    assert items.read_text().startswith(HEADER)
