"""Asset files: local CSV files that `cdk deploy` uploads, one asset for each file.

A folder can't be one asset, because the CDK would upload it as a ZIP archive. The keys of the files in the staging
bucket begin with a hash of all names and contents, so they change with the data, but not with the time or the app's
folder.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from personalize_import.synthesis.validation import ValidationError, not_found
from personalize_import_handler import contract
from personalize_import_handler.contract import StagedFile
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.contract.data_files import DATA_FILE_NAME
from personalize_import_handler.data_checks.regular_files import other_kind

_ID: Final = "Data"


@dataclass(frozen=True)
class Assets:
    """The assets of a job's files."""

    object_key: str
    """The key of the file, or the prefix of the folder, within the stack's folder of the staging bucket."""
    files: list[StagedFile]
    bucket: "cdk.aws_s3.IBucket"
    """The bucket of CDK assets, to which `cdk deploy` uploads the files."""


@dataclass(frozen=True)
class AssetFiles:
    """A local CSV file, or a folder of them."""

    files: tuple[Path, ...]
    is_folder: bool

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> Self:
        """Find a file, or the CSV files directly in a folder.

        Args:
            path: The path of the file or folder; a relative path starts at the working directory.

        Raises:
            ValidationError: The path doesn't exist, or a file can't be imported.
        """
        path, found = os.fspath(path), Path(path)
        is_folder = found.is_dir()
        files = tuple(_csv_files(found)) if is_folder else (found,)
        if problems := [*_check_path(path), *_check_number(path, files), *_check_files(files)]:
            raise ValidationError("; ".join(problems))
        return cls(files, is_folder)

    def create_assets(self, scope: Construct) -> Assets:
        """Create one asset for each file, in `scope`."""
        parent = Construct(scope, _ID)
        # Absolute, because the jsii process may have another working directory; the template contains no path.
        created = {path.name: assets.Asset(parent, path.name, path=str(path.absolute())) for path in self.files}
        content = json.dumps(sorted((name, asset.asset_hash) for name, asset in created.items()))
        folder = hashlib.sha256(content.encode()).hexdigest()[: contract.CONTENT_HASH_LENGTH]
        return Assets(
            object_key=f"{folder}/{'' if self.is_folder else self.files[0].name}",
            files=[{"Name": name, "Source": asset.s3_object_url} for name, asset in created.items()],
            bucket=next(iter(created.values())).bucket,
        )


def _csv_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if path.exists() and not path.is_dir())


def _check_path(path: str) -> Iterator[str]:
    if not os.path.exists(path):  # noqa: PTH110 - the path as given
        yield f"path must be a CSV file or a folder of them: {not_found(path)}"


def _check_number(path: str, files: tuple[Path, ...]) -> Iterator[str]:
    if not files:
        yield violation("path", path, "a folder that contains CSV files (*.csv) directly; subfolders are not imported")
    if len(files) > contract.DATA_FILES_MAX:
        allowed = f"a folder of at most {contract.DATA_FILES_MAX} CSV files; import more from a bucket of your own"
        yield violation("path", path, f"{allowed} (found {len(files)})")


def _check_files(files: tuple[Path, ...]) -> Iterator[str]:
    for path in files:
        yield from DATA_FILE_NAME.check("the file's name", path.name)
        if path.exists() and (kind := other_kind(path)):
            yield violation("path", str(path), f"a regular file; this is {kind}")
        if path.is_file() and path.stat().st_size == 0:
            yield violation("path", str(path), "a file that isn't empty")
