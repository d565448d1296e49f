"""A check of data for a schema."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace

from personalize_import_cli.check.report import Report
from personalize_import_cli.check.schema_file import CheckedSchema
from personalize_import_cli.check.sources import data_at, location_of
from personalize_import_cli.check.without_numpy import without_numpy
from personalize_import_cli.errors import CommandError, command_error
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.arrow import row_checker_for
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data
from personalize_import_handler.data_checks.findings import Finding

ProgressBar = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Takes the number of bytes to read; its context is a function that takes the number of bytes just read."""


def check_data(
    location: str,
    schema: CheckedSchema,
    *,
    import_mode: ImportMode,
    progress_bar: ProgressBar,
    strict: bool = False,
) -> Report:
    """Check data for a schema, unless the schema has to be fixed first; raise `CommandError` if it can't be read."""
    report = Report(location=location, schema=schema, import_mode=import_mode, findings=schema.findings, strict=strict)
    if schema.schema is None:
        return report
    data, size = data_at(location), 0
    with progress_bar(data.size) as advance:

        def progress(read: int) -> None:
            nonlocal size
            size += read
            advance(read)

        try:
            with without_numpy(), row_checker_for(data.size) as rows:
                found = check(data, schema.schema, import_mode=import_mode, rows=rows, progress=progress)
        except OSError as error:
            raise command_error(error, data.location) from error
    _require_readable(data, found)
    return replace(report, findings=(*schema.findings, *found), data=data, size=size, rows=found.rows)


def _require_readable(data: Data, findings: Iterable[Finding]) -> None:
    unreadable = [finding for finding in findings if finding.rule in rules.UNREADABLE]
    if not unreadable:
        return
    first, *others = unreadable
    place = location_of(data, first.file) + (f", line {first.line}" if first.line else "")
    detail = f" ({first.detail})" if first.detail else ""
    more = f" (and {len(others)} more like that)" if others else ""
    raise CommandError(f"{place}: {first.rule.what}{detail}. {first.rule.fix}{more}")
