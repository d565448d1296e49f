"""Files that would block the reader, or that aren't CSV or JSON, are refused in one line."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, HEADER
from tests.cli.support.runs import run
from tests.data_checks.support.hostile_rows import Rows, long_number, many_numbers, schema_of

LATE = 1 << 17
"""Bytes before a fault: more than the head that shows what a file is."""
LARGE = 5 << 20
"""Bytes of a file that is checked with pyarrow."""


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        cwd = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has 107 characters at most
        try:
            listening.bind(path.name)
        finally:
            os.chdir(cwd)


KINDS = pytest.mark.parametrize(
    ("make", "kind"), [(make_fifo, "a FIFO"), (make_device, "a device"), (make_socket, "a socket")]
)
Make = Callable[[Path], None]


def refused(*arguments: str | Path) -> str:
    """Run a check that can't run; return the reason."""
    return run("check", *arguments).failure


@KINDS
def test_data_is_a_regular_file(tmp_path: Path, schema: Path, make: Make, kind: str) -> None:
    make(data := tmp_path / "items.csv")
    wrong = refused(data, "--schema", schema)
    assert wrong == f"{data}: this is {kind}; only a regular file is read"


@KINDS
def test_each_file_of_a_folder_is_a_regular_file(tmp_path: Path, schema: Path, make: Make, kind: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_text(GOOD)
    make(folder / "b.csv")
    assert refused(folder, "--schema", schema) == f"{folder}/b.csv: this is {kind}; only a regular file is read"


@KINDS
def test_a_schema_is_a_regular_file(tmp_path: Path, items: Path, make: Make, kind: str) -> None:
    make(schema := tmp_path / "a.schema.json")
    assert refused(items, "--schema", schema) == f"{schema}: this is {kind}; only a regular file is read"


def test_a_fifo_with_a_writer_is_not_read(tmp_path: Path, schema: Path) -> None:
    os.mkfifo(data := tmp_path / "items.csv")
    with subprocess.Popen(["sh", "-c", f'echo kept > "{data}"']) as feeding:
        assert "this is a FIFO" in refused(data, "--schema", schema)
        assert data.read_text() == "kept\n"
        assert feeding.wait(10) == 0


@pytest.mark.parametrize("size", [LATE, LARGE], ids=["small", "large"])
def test_a_nul_byte_is_found_anywhere(items: Path, schema: Path, size: int) -> None:
    rows = [f"{number},2.5,red" for number in range(size // 10)]
    rows[-2] = "1\0,2.5,red"
    items.write_text("\n".join([HEADER, *rows]))
    wrong = refused(items, "--schema", schema)
    assert wrong == f"{items}, line {len(rows)}: the file is not text (binary). Store the data as plain CSV"


@pytest.mark.parametrize(
    "rows",
    [many_numbers(2500), long_number(50_000), many_numbers(60_000)],
    ids=["257 KB of numbers", "50,000 digits", "6 MB of numbers"],
)
def test_a_file_of_numbers_is_checked_quickly(tmp_path: Path, rows: Rows) -> None:
    (data := tmp_path / "users.csv").write_text(rows.file)
    (schema := tmp_path / "users.schema.json").write_text(schema_of(rows))
    begun = time.process_time()
    ended = run("check", data, "--schema", schema)
    assert ended.code == 0, ended
    assert time.process_time() - begun < 5  # CPU seconds, usually less than one
