"""The files that an import reads, and the checks of them that need no rows.

https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import SEEK_CUR, FileIO
from pathlib import Path
from typing import Final

from personalize_import_handler.contract import DATA_LOCATION_LENGTH_MAX, ImportMode
from personalize_import_handler.contract.locations import S3_SCHEME
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.regular_files import open_regular, require_regular

_GIGABYTE: Final = 10**9
_SIZES_MAX: Final = {ImportMode.FULL: 100 * _GIGABYTE, ImportMode.INCREMENTAL: _GIGABYTE}
_SUFFIX: Final = ".csv"
CHUNK_BYTES: Final = 1 << 22
"""Larger chunks are hardly faster to check, and need more memory."""
_LINE_BYTES: Final = 1 << 16
"""Most lines are much shorter."""
_HEAD_BYTES: Final = 1 << 16
_NAMED_MAX: Final = 3
BINARY: Final = "binary"
# https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 and similar; text can't begin with any of them.
_FORMATS: Final = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PAR1": "Parquet",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}


@dataclass(frozen=True)
class DataFile:
    """A file to check: its name for messages, its size in bytes, and a function that reads it in chunks.

    The lines of a chunk are checked together.
    """

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, kw_only=True)
class Data:
    """The data at a location: the files that an import reads, and the names of the files that it ignores."""

    location: str
    files: Sequence[DataFile]
    not_read: Sequence[str] = ()

    @property
    def size(self) -> int:
        """The total size of the files in bytes."""
        return sum(file.size for file in self.files)


def is_read(name: str) -> bool:
    """Return whether an import reads a file of a folder, by its path within the folder."""
    return "/" not in name and name.lower().endswith(_SUFFIX)


def local_data(path: Path) -> Data:
    """Return the data at a local path: the file, or the CSV files directly in the folder.

    Raises OSError if the path can't be read.
    """
    if not path.is_dir():
        return Data(location=str(path), files=[local_file(path)])
    names = sorted(entry.name + "/" * entry.is_dir() for entry in path.iterdir())
    return Data(
        location=str(path),
        files=[local_file(path / name) for name in names if is_read(name)],
        not_read=[name for name in names if not is_read(name)],
    )


def files_findings(data: Data, import_mode: ImportMode) -> Iterator[Finding]:
    """Yield the findings about a location and its files, without reading them."""
    if not data.files:
        detail = f"found: {_some_of(data.not_read)}" if data.not_read else "nothing is there"
        yield Finding(rule=rules.NO_DATA, file=data.location, detail=detail)
    is_in_s3, name = data.location.startswith(S3_SCHEME), data.location.rpartition("/")[2]
    if is_in_s3 and len(data.location) > DATA_LOCATION_LENGTH_MAX:
        yield Finding(rule=rules.LOCATION_TOO_LONG, file=data.location)
    if is_in_s3 and name and data.files and data.files[0].name != name:
        yield Finding(rule=rules.LOCATION_WITHOUT_SLASH, file=data.location)
    if data.size > _SIZES_MAX[import_mode]:
        detail = (
            f"{data.size / _GIGABYTE:.1f} GB, {import_mode} imports at most {_SIZES_MAX[import_mode] // _GIGABYTE} GB"
        )
        yield Finding(rule=rules.TOO_LARGE, file=data.location, detail=detail)
    if data.not_read:
        yield Finding(rule=rules.NOT_READ, file=data.location, detail=_some_of(data.not_read), count=len(data.not_read))


def format_of(head: bytes, header_bytes: int) -> str | None:
    """Return the binary format of a file by its first bytes, which include the header; None for text."""
    for magic, name in _FORMATS.items():
        if head.startswith(magic):
            return name
    return BINARY if head.find(b"\0", 0, max(_HEAD_BYTES, header_bytes)) >= 0 else None


def _some_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED_MAX} more" if len(names) > _NAMED_MAX else ""
    return f"{', '.join(names[:_NAMED_MAX])}{more}"


def local_file(path: Path) -> DataFile:
    """Return a local file; raise OSError unless it is a regular file."""
    found = path.stat()
    require_regular(path, found.st_mode)
    return DataFile(name=path.name, size=found.st_size, chunks=lambda: _chunks_of(path))


def _chunks_of(path: Path) -> Iterator[bytes]:
    with open_regular(path) as file:
        yield from iter(partial(_next_chunk, file), b"")


def _next_chunk(file: FileIO) -> bytes:
    """Read up to the end of a line, so that a line needn't be joined from two chunks unless it is long."""
    least = CHUNK_BYTES - _LINE_BYTES
    tail = file.seek(least, SEEK_CUR)
    end = file.read(_LINE_BYTES).rfind(b"\n") + 1
    file.seek(tail - least)
    return file.read(least + (end or _LINE_BYTES))
