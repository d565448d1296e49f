"""Files that would block the synth are rejected: FIFOs, devices, and files with endless lines."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_import import DatasetSchema, DataSource
from personalize_import.data.asset_files import AssetFiles
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.data_checks.tokenizer import LINE_BYTES_MAX
from tests.constructs.support.checked import HEADER, add_asset_job, errors_of, warnings_of, write
from tests.constructs.support.stacks import new_stack

GOOD = "USER_ID,AGE\nu1,30\n"


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS = pytest.mark.parametrize(("make", "kind"), [(make_fifo, "a FIFO"), (make_device, "a device")])
Make = Callable[[Path], None]


@KINDS
@pytest.mark.parametrize(
    "read", [DataSource.from_asset, DatasetSchema.from_csv, DatasetSchema.from_file], ids=["asset", "csv", "json"]
)
def test_a_schema_is_a_regular_file(tmp_path: Path, make: Make, kind: str, read: Callable[[str], object]) -> None:
    make(path := tmp_path / "users.csv")
    with pytest.raises(ValidationError, match=f"this is {kind}") as refused:
        read(str(path))
    assert str(path) in str(refused.value)


@KINDS
def test_each_file_of_a_folder_is_a_regular_file(tmp_path: Path, make: Make, kind: str) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    make(tmp_path / "b.csv")
    with pytest.raises(ValidationError, match=rf"got '.*/b\.csv'|b\.csv.*this is {kind}"):
        DataSource.from_asset(str(tmp_path))


def test_folders_with_names_of_files_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").mkdir()
    assert [path.name for path in AssetFiles.at(tmp_path).files] == ["a.csv"]


def test_inference_does_not_read_a_file_without_line_feeds_completely(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    with path.open("wb") as file:
        file.write(b"USER_ID,AGE\n" + b"9" * 2_000_000)
        file.truncate(1 << 36)  # 64 GB, of which the disk has nothing
    with pytest.raises(ValidationError, match=r"line-too-long: .* in users\.csv, line 2"):
        DatasetSchema.from_csv(path)


def test_inference_rejects_a_nul_byte(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(GOOD + "u1,3\n" * 20_000 + "u1,3\0\n")
    with pytest.raises(ValidationError, match=r"not-csv: the file is not text \(binary\) in users\.csv, line 20003"):
        DatasetSchema.from_csv(path)


def test_inference_reads_a_long_line(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(f"USER_ID,{','.join(f'C{number}' for number in range(90))}\nu1{',x' * 90}\n")
    assert len(path.read_text()) < LINE_BYTES_MAX
    assert DatasetSchema.from_csv(path).dataset_type == "Users"


def test_names_in_annotations_are_escaped(tmp_path: Path) -> None:
    stack = new_stack()
    add_asset_job(stack, write(tmp_path / "items.csv", f"{HEADER},A\x1b[2J\u202e,A_\x1b[2J\u202e\ni1,1.5,red,,\n"))
    message = "".join([*errors_of(stack), *warnings_of(stack)])
    assert r"\x1b[2J\u202e" in message
    assert message.isprintable()
