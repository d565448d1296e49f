"""Checks of asset files at synth, before `cdk deploy` uploads them.

The rules and the row checkers are the same as in `personalize-import check`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import aws_cdk as cdk
from constructs import Construct

from personalize_import.data.asset_files import AssetFiles
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.finding_messages import message_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks.arrow import row_checker_for
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, local_file
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import read_schema

NOT_CHECKED: Final = (
    "data not checked: the schema of the dataset is unknown at synth. Pass it: "
    "DataSource.from_asset(..., schema=DatasetSchema.from_file(...)), or pass dataset as a CfnDataset whose schema "
    "this app creates"
)
_CHECKS_KEPT: Final = 64


def check_data(
    job: Construct, asset_files: AssetFiles, schema: DatasetSchema | None, import_mode: ImportMode | str | None
) -> None:
    """Check the asset files of a job against the schema, and annotate the job with each finding."""
    if schema is None:
        cdk.Annotations.of(job).add_info_v2(f"{WARNING_ID_PREFIX}data-not-checked", NOT_CHECKED)
        return
    # A token may be either mode, and FULL has the wider limits.
    mode = ImportMode.INCREMENTAL if import_mode == ImportMode.INCREMENTAL else ImportMode.FULL
    for finding in _findings(_CheckedFiles.of(asset_files), schema, mode):
        if finding.rule.severity is Severity.ERROR:
            cdk.Annotations.of(job).add_error(message_of(finding))
        else:
            cdk.Annotations.of(job).add_warning_v2(WARNING_ID_PREFIX + finding.rule.id, message_of(finding))


@dataclass(frozen=True)
class _CheckedFiles:
    """The cache key of checked files: a changed file is checked again."""

    location: str
    files: tuple[Path, ...]
    states: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, asset_files: AssetFiles) -> Self:
        files = tuple(path.absolute() for path in asset_files.files)
        stats = [path.stat() for path in files]
        return cls(
            location=str(asset_files.files[0].parent if asset_files.is_folder else asset_files.files[0]),
            files=files,
            states=tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats),
        )


@lru_cache(maxsize=_CHECKS_KEPT)
def _findings(checked: _CheckedFiles, schema: DatasetSchema, import_mode: ImportMode) -> tuple[Finding, ...]:
    """Check files. The result is cached for all jobs that import them."""
    data = Data(location=checked.location, files=[local_file(path) for path in checked.files])
    with row_checker_for(data.size) as rows:
        return tuple(check(data, read_schema(schema.text, schema.domain), import_mode=import_mode, rows=rows))
