"""The row checker for a size, its memory, and its failures."""

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from personalize_import_cli.app import run as run_here
from personalize_import_handler.data_checks.arrow import repeats, row_checker_for
from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.row_checker import RowChecker
from tests.cli.conftest import HEADER
from tests.cli.support.runs import COMMAND, environment

MEGABYTE = 10**6


def write_items(path: Path, size: int) -> int:
    """Write items that each have another id, in about this many bytes; return their number."""
    rows = size // 20
    with path.open("w") as file:
        file.write(f"{HEADER}\n")
        for start in range(0, rows, 100_000):
            file.writelines(
                f"{number:08},2.5,red-{number % 9}\n" for number in range(start, min(start + 100_000, rows))
            )
    return rows


def test_large_data_is_checked_with_pyarrow_and_small_data_without() -> None:
    with row_checker_for(MEGABYTE) as small, row_checker_for(10 * MEGABYTE) as large:
        assert type(small) is RowChecker
        assert isinstance(large, ArrowRowChecker)


@pytest.mark.parametrize("missing", ["pyarrow", "duckdb"])
def test_large_data_is_checked_without_pyarrow_if_a_library_is_not_installed(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personalize_import_handler.data_checks.arrow.find_spec", lambda name: name != missing or None)
    with row_checker_for(10 * MEGABYTE) as rows:
        assert type(rows) is RowChecker


@contextmanager
def full_disk() -> Iterator[None]:
    """Fail to write more than a megabyte to any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_no_room_for_temporary_files_is_one_line(
    items: Path, schema: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_items(items, 20 * MEGABYTE)
    monkeypatch.setattr(repeats, "_MEMORY", "20MB")
    with full_disk():
        assert run_here(["check", str(items), "--schema", str(schema)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"personalize-import: {items}: the ids of all records can't be compared: ")
    assert "File too large" in line


def test_too_little_memory_is_one_line(
    items: Path, schema: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_items(items, 20 * MEGABYTE)
    monkeypatch.setattr(repeats, "_MEMORY", "5MB")
    assert run_here(["check", str(items), "--schema", str(schema)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        f"personalize-import: {items}: the ids of all records can't be compared: Out of Memory Error: "
    )
    assert "SET " not in line


def test_a_folder_for_temporary_files_that_does_not_exist_is_one_line(
    items: Path, schema: Path, tmp_path: Path
) -> None:
    write_items(items, 10 * MEGABYTE)
    command = [*COMMAND, "check", str(items), "--schema", str(schema)]
    # `tempfile` tries the working directory last.
    (nowhere := tmp_path / "nowhere").mkdir()
    program = "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]; from personalize_import_cli.app import run"
    ended = subprocess.run(
        [command[0], "-c", f"{program}; sys.exit(run(sys.argv[2:]))", str(nowhere / "none"), *command[3:]],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"personalize-import: {nowhere}/none/personalize-import-")
    assert line.endswith(": No such file or directory")


def test_a_check_of_large_data_imports_neither_numpy_nor_pandas(items: Path, schema: Path) -> None:
    write_items(items, 10 * MEGABYTE)
    program = "import sys; from personalize_import_cli.app import run; run(sys.argv[1:]); "
    program += "print(*{'numpy', 'pandas', 'duckdb'} & sys.modules.keys())"
    command = [COMMAND[0], "-c", program, "check", str(items), "--schema", str(schema)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "duckdb"


def test_large_data_is_checked_in_a_process_that_has_imported_pyarrow(items: Path, schema: Path) -> None:
    rows = write_items(items, 10 * MEGABYTE)
    program = "import sys, pyarrow; from personalize_import_cli.app import run; run(sys.argv[1:])"
    command = [COMMAND[0], "-c", program, "check", str(items), "--schema", str(schema), "--format", "json"]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["data"]["rows"] == rows


@pytest.mark.nightly
def test_memory_is_bounded_with_all_rules_on(items: Path, schema: Path) -> None:
    rows = write_items(items, 200 * MEGABYTE)
    command = [*COMMAND, "check", str(items), "--schema", str(schema), "--format", "json"]
    program = "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); "
    program += "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
    ended = subprocess.run([COMMAND[0], "-c", program, *command], env=environment(), capture_output=True, check=True)
    assert json.loads(ended.stdout)["data"]["rows"] == rows
    assert int(ended.stderr) * 1024 < 400 * MEGABYTE
