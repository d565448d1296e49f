"""Checks of asset files at synth, before `cdk deploy` uploads them.

The rules are those of `personalize-import check`. Rows are checked by the standard library, as in Lambda.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import aws_cdk as cdk
from constructs import Construct

from personalize_import.data.asset_files import LocalData
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, local_file
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import read_schema

NOT_CHECKED: Final = (
    "the data was not checked, for the dataset's schema is not known at synth. Give it: "
    "DataSource.from_asset(..., schema=DatasetSchema.from_file(...)), or give dataset as a CfnDataset whose schema is "
    "made in this app"
)
_CHECKS_KEPT: Final = 64


def check_data(
    job: Construct, local: LocalData, schema: DatasetSchema | None, import_mode: ImportMode | str | None
) -> None:
    """Check what a job ships for the dataset's schema, and annotate the job with each finding."""
    if schema is None:
        cdk.Annotations.of(job).add_info_v2(f"{WARNING_ID_PREFIX}data-not-checked", NOT_CHECKED)
        return
    # A mode that is known at deploy time only may be either, and FULL has the wider limits.
    mode = ImportMode.INCREMENTAL if import_mode == ImportMode.INCREMENTAL else ImportMode.FULL
    for finding in _findings(_FilesAsTheyAre.of(local), schema, mode):
        if finding.rule.severity is Severity.ERROR:
            cdk.Annotations.of(job).add_error(told(finding))
        else:
            cdk.Annotations.of(job).add_warning_v2(WARNING_ID_PREFIX + finding.rule.id, told(finding))


def told(finding: Finding) -> str:
    """Say which rule the data breaks, where first, how often, with which value, and what to do about it."""
    # What stands in a header may be anything; a name that could be a column's needs no quotes.
    column = finding.column if (finding.column or "").isidentifier() else finding.column and shown(finding.column)
    value = f": {shown(finding.value)}" if finding.value else ""
    return f"{finding.rule.id}: {replace(finding, column=column).message}{value}. {finding.rule.fix}"


@dataclass(frozen=True)
class _FilesAsTheyAre:
    """Files in a state that has been looked at: as soon as one is written to again, they are others."""

    location: str
    files: tuple[Path, ...]
    states: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, local: LocalData) -> Self:
        files = tuple(path.absolute() for path in local.files)
        stats = [path.stat() for path in files]
        return cls(
            location=str(local.files[0].parent if local.is_folder else local.files[0]),
            files=files,
            states=tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats),
        )


@lru_cache(maxsize=_CHECKS_KEPT)
def _findings(shipped: _FilesAsTheyAre, schema: DatasetSchema, import_mode: ImportMode) -> tuple[Finding, ...]:
    """Check files; those of several jobs are looked at once."""
    data = Data(location=shipped.location, files=[local_file(path) for path in shipped.files])
    return tuple(check(data, read_schema(schema.text, schema.domain), import_mode=import_mode))
