"""Data of this machine, as `cdk deploy` ships it: each file as an asset of its own, under a hash of all of them.

A folder isn't one asset, for the CDK makes a ZIP archive of that. The hash is made of names and contents alone: neither
the time nor the folder that the app is in changes it.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from constructs import Construct

from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler import contract
from personalize_import_handler.contract import DataFile
from personalize_import_handler.contract.asset_files import DATA_FILE_NAME
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.data_checks.regular_files import other_kind

if TYPE_CHECKING:  # loaded where there is data to ship: each module of the CDK costs time
    from aws_cdk import aws_s3 as s3

_ID: Final = "Data"


@dataclass(frozen=True)
class Shipped:
    """Files as they are shipped: where they belong in the data bucket, and where the CDK puts them before that."""

    object_key: str
    files: list[DataFile]
    bucket: "s3.IBucket"
    """The CDK's own, of this stack's environment."""


@dataclass(frozen=True)
class LocalData:
    """A CSV file of this machine, or a folder of them."""

    files: tuple[Path, ...]
    is_folder: bool

    @classmethod
    def at(cls, path: str) -> Self:
        """Find the file, or the CSV files of a folder's first level; raise `ValidationError`."""
        found = Path(path)
        is_folder = found.is_dir()
        files = tuple(_csv_files(found)) if is_folder else (found,)
        if problems := [*_check_path(path), *_check_number(path, files), *_check_files(files)]:
            raise ValidationError("; ".join(problems))
        return cls(files, is_folder)

    def ship(self, scope: Construct) -> Shipped:
        """Make the assets."""
        from aws_cdk import aws_s3_assets as assets

        parent = Construct(scope, _ID)
        # Absolute, for the CDK's own process may be in another folder; no path goes into the template.
        shipped = {path.name: assets.Asset(parent, path.name, path=str(path.absolute())) for path in self.files}
        content = json.dumps(sorted((name, asset.asset_hash) for name, asset in shipped.items()))
        folder = hashlib.sha256(content.encode()).hexdigest()[: contract.CONTENT_HASH_LENGTH]
        return Shipped(
            object_key=f"{folder}/{'' if self.is_folder else self.files[0].name}",
            files=[{"Name": name, "Source": asset.s3_object_url} for name, asset in shipped.items()],
            bucket=next(iter(shipped.values())).bucket,
        )


def _csv_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if path.exists() and not path.is_dir())


def _check_path(path: str) -> Iterator[str]:
    if not os.path.exists(path):  # noqa: PTH110 - of a relative path, the reader wants to know what it is relative to
        yield violation("path", path, f"a CSV file or a folder of them, in {Path.cwd()} unless it says otherwise")


def _check_number(path: str, files: tuple[Path, ...]) -> Iterator[str]:
    if not files:
        yield violation("path", path, "a folder with CSV files (*.csv) at its first level, which alone is imported")
    if len(files) > contract.DATA_FILES_MAX:
        allowed = f"a folder of at most {contract.DATA_FILES_MAX} CSV files; put more of them into a bucket of yours"
        yield violation("path", path, f"{allowed} ({len(files)} are there)")


def _check_files(files: tuple[Path, ...]) -> Iterator[str]:
    for path in files:
        yield from DATA_FILE_NAME.check("the file's name", path.name)
        if path.exists() and (kind := other_kind(path)):
            yield violation("path", str(path), f"a regular file; this is {kind}")
        if path.is_file() and path.stat().st_size == 0:
            yield violation("path", str(path), "a file that isn't empty")
