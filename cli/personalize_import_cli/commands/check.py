"""The command `check`."""

import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Final

import click

from personalize_import_cli.check.formats.json_report import json_report
from personalize_import_cli.check.formats.junit import junit
from personalize_import_cli.check.formats.plain import plain
from personalize_import_cli.check.formats.sarif import sarif
from personalize_import_cli.check.report import Report
from personalize_import_cli.check.runner import check_data
from personalize_import_cli.check.schema_file import checked_schema
from personalize_import_cli.exit_codes import ERRORS_FOUND, NO_ERRORS
from personalize_import_cli.output import output_file, write_out
from personalize_import_cli.progress import progress_bar
from personalize_import_handler.contract import ImportMode

_FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "table": plain,  # on a terminal, `_format` draws a table instead
    "json": json_report,
    "sarif": sarif,
    "junit": junit,
}


@click.command(short_help="Check data and its schema before they are imported.")
@click.argument("data")
@click.option("--schema", required=True, metavar="FILE", help="The dataset's schema, Avro JSON.")
@click.option("--domain", type=click.Choice(["ECOMMERCE", "VIDEO_ON_DEMAND"]), help="The domain of the dataset group.")
@click.option(
    "--import-mode", type=click.Choice([mode.value for mode in ImportMode]), default="FULL", show_default=True
)
@click.option("--format", "output_format", type=click.Choice(list(_FORMATS)), default="table", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to FILE, and only a summary to standard output.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
def check(
    *,
    data: str,
    schema: str,
    domain: str | None,
    import_mode: str,
    output_format: str,
    output: str | None,
    strict: bool,
) -> int:
    """Check DATA for a schema before it is imported.

    DATA is a CSV file, a folder of them, s3://bucket/key or s3://bucket/folder/.

    Exit codes: 0 no errors, 1 errors were found, 2 the check could not run.
    """
    with output_file(output, data, schema) if output else nullcontext() as file:
        report = check_data(
            data,
            checked_schema(schema, domain),
            import_mode=ImportMode(import_mode),
            progress_bar=progress_bar,
            strict=strict,
        )
        if file:
            file.write(_FORMATS[output_format](report))
            write_out(f"{report.summary}\n")
        else:
            write_out(_format(report, output_format))
    return ERRORS_FOUND if report.fails else NO_ERRORS


def _format(report: Report, output_format: str) -> str:
    if output_format != "table" or sys.stdout is None or not sys.stdout.isatty():
        return _FORMATS[output_format](report)
    from rich.console import Console

    from personalize_import_cli.check.formats.table import table

    return table(report, Console())
