"""A `check` that cannot run ends with 2 and one line with the problem and its place."""

import gzip
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_import_cli.app import run as run_here
from tests.cli.conftest import GOOD
from tests.cli.support.runs import run, run_process

NOBODY = 65_534


def check(data: Path | str, schema: Path | str, *more: str | Path) -> str:
    return run("check", data, "--schema", schema, *more).failure


def test_a_file_that_does_not_exist(tmp_path: Path, schema: Path) -> None:
    assert check(tmp_path / "none.csv", schema) == f"{tmp_path}/none.csv: No such file or directory"


def test_a_folder_without_csv_files(tmp_path: Path, schema: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "notes.txt").touch()
    assert check(folder, schema).startswith(f"{folder}: there is no CSV file at the location (")


def test_a_broken_link_in_a_folder(tmp_path: Path, schema: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").symlink_to("nowhere")
    assert check(folder, schema) == f"{folder}/a.csv: No such file or directory"


@pytest.mark.parametrize(
    ("content", "format"), [(gzip.compress(GOOD.encode()), "gzip"), (b"ITEM_ID\0\1\2\n", "binary")], ids=["gzip", "0"]
)
def test_data_that_is_not_text(items: Path, schema: Path, content: bytes, format: str) -> None:
    items.write_bytes(content)
    assert check(items, schema) == f"{items}: the file is not text ({format}). Store the data as plain CSV"


def test_several_files_that_are_not_text(tmp_path: Path, schema: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_bytes(b"\0")
    failure = check(folder, schema)
    assert failure.startswith(f"{folder}/a.csv: the file is not text (binary)")
    assert failure.endswith("(and 2 more like that)")


def cpu_seconds() -> float:
    """Return the CPU time of this process and its children, which other processes of the machine don't change."""
    return sum(os.times()[:4])


def require_reported_quickly(data: Path, schema: Path) -> None:
    begun = cpu_seconds()
    failure = check(data, schema)
    assert failure.startswith(f"{data}, line 1: the line is longer than a record can be")
    assert cpu_seconds() - begun < 10


def test_a_line_of_20_megabytes(items: Path, schema: Path) -> None:
    items.write_bytes(b"a" * (20 << 20))
    require_reported_quickly(items, schema)


@pytest.mark.slow
def test_a_line_of_a_gigabyte(items: Path, schema: Path) -> None:
    with items.open("wb") as file:
        for _ in range(1 << 10):
            file.write(b"a" * (1 << 20))
    require_reported_quickly(items, schema)


def test_data_that_never_ends(schema: Path) -> None:
    assert check("/dev/zero", schema).startswith("/dev/zero")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not JSON: Expecting property name"),
        (b"", "not JSON: Expecting value"),
        (b"\xff\xfe\0", "this is not text"),
        (b"\0\0\0", "not JSON"),
        (b"[" * 100_000, ""),
        (b" " * (2 << 20), "too large for a schema"),
    ],
    ids=["no JSON", "empty", "no text", "binary", "too deep", "too large"],
)
def test_a_schema_that_is_not_json(items: Path, schema: Path, content: bytes, problem: str) -> None:
    schema.write_bytes(content)
    assert check(items, schema).startswith(f"{schema}: {problem}")


def test_a_schema_that_does_not_exist(items: Path, tmp_path: Path) -> None:
    assert check(items, tmp_path / "none") == f"{tmp_path}/none: No such file or directory"
    assert check(items, tmp_path) == f"{tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "xml"], "Invalid value for '--format': 'xml' is not one of 'table', 'json', 'sarif', 'junit'."),
        (["--domain", "shop"], "Invalid value for '--domain': 'shop' is not one of 'ECOMMERCE', 'VIDEO_ON_DEMAND'."),
        (["--import-mode", "ALL"], "Invalid value for '--import-mode': 'ALL' is not one of 'FULL', 'INCREMENTAL'."),
        (["--quick"], "No such option"),
        (["more.csv"], "Got unexpected extra argument (more.csv)"),
    ],
    ids=lambda each: each[0].strip("-") if isinstance(each, list) else "",
)
def test_unknown_options(items: Path, schema: Path, options: list[str], words: str) -> None:
    assert check(items, schema, *options).startswith(words)


def test_missing_arguments(items: Path) -> None:
    assert run("check", items).failure == "Missing option '--schema'."
    assert run("check").failure == "Missing argument 'DATA'."
    assert run("chck").failure.startswith("No such command 'chck'.")


def test_without_a_command_the_help_is_shown() -> None:
    ended = run()
    assert ended.code == 2
    assert "Commands:\n  check" in ended.output


@pytest.mark.parametrize("output", ["", "none/report.json"], ids=["a folder", "in no folder"])
def test_an_output_that_cannot_be_written_is_reported_before_the_check(
    tmp_path: Path, schema: Path, output: str
) -> None:
    assert check("none.csv", schema, "--output", tmp_path / output).startswith(str(tmp_path))


def test_a_full_disk(items: Path, schema: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    assert check(items, schema, "--output", "/dev/full") == "/dev/full: No space left on device"
    with Path("/dev/full").open("w") as full:
        ended = run_process("check", items, "--schema", schema, stdout=full.fileno())
    assert ended.failure == "standard output: No space left on device"


@pytest.fixture
def readable_by_all() -> Iterator[Path]:
    """A folder that somebody else gets into, which the folders of tests are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Be somebody whom permissions mean something to, which they don't to root."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)


@pytest.mark.parametrize("forbidden", ["data", "schema", "folder"])
def test_missing_permissions(
    readable_by_all: Path,
    forbidden: str,
    items: Path,
    schema: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = {name: readable_by_all / name for name in ("data", "schema", "folder")}
    paths["data"].write_text(items.read_text())
    paths["schema"].write_text(schema.read_text())
    paths["folder"].mkdir()
    paths[forbidden].chmod(0)
    data = paths["folder" if forbidden == "folder" else "data"]

    request.getfixturevalue("as_nobody")
    code = run_here(["check", str(data), "--schema", str(paths["schema"])])

    assert code == 2
    assert capsys.readouterr().err == f"personalize-import: {paths[forbidden]}: Permission denied\n"
