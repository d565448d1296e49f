"""The commands with their options, and the exit codes."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from typing import Final

import click

from personalize_import_cli.checking import check_data
from personalize_import_cli.exit_codes import COULD_NOT_RUN, ERRORS_FOUND, INTERRUPTED, NO_ERRORS, OUTPUT_CLOSED
from personalize_import_cli.failures import CannotRun
from personalize_import_cli.formats.json_report import json_report
from personalize_import_cli.formats.junit import junit
from personalize_import_cli.formats.plain import plain
from personalize_import_cli.formats.sarif import sarif
from personalize_import_cli.local import local
from personalize_import_cli.output import OutputClosed, OutputFile, output_file, write_out
from personalize_import_cli.progress import progress_bar
from personalize_import_cli.report import TOOL, VERSION, Report
from personalize_import_cli.row_checkers import Engine
from personalize_import_cli.rules_page import rules_lines, rules_table
from personalize_import_cli.schema_file import checked_schema
from personalize_import_cli.signals import EndedBySignal, ended_by_signals
from personalize_import_cli.stack_commands import explain, watch
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.printable import printable

_FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "table": plain,  # a table is for terminals; see `_shown`
    "json": json_report,
    "sarif": sarif,
    "junit": junit,
}
_RULES: Final[Mapping[str, Callable[[], str]]] = {"table": rules_lines, "markdown": rules_table}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name=TOOL)
def commands() -> None:
    """Tools for dataset imports of Amazon Personalize."""


@commands.command(short_help="Check data and its schema before they are imported.")
@click.argument("data")
@click.option("--schema", required=True, metavar="FILE", help="The dataset's schema, Avro JSON.")
@click.option("--domain", type=click.Choice(["ECOMMERCE", "VIDEO_ON_DEMAND"]), help="The dataset group's, if any.")
@click.option(
    "--import-mode", type=click.Choice([mode.value for mode in ImportMode]), default="FULL", show_default=True
)
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="table", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report there, and only a summary to standard output.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    default=Engine.fastest().value,
    show_default=True,
)
def check(
    *,
    data: str,
    schema: str,
    domain: str | None,
    import_mode: str,
    form: str,
    output: str | None,
    strict: bool,
    engine: str,
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
            engine=Engine(engine),
            bar=progress_bar,
            strict=strict,
        )
        _deliver(report, form, file)
    return ERRORS_FOUND if report.fails else NO_ERRORS


@commands.command(short_help="List the rules that data and schemas are checked for.")
@click.option("--format", "form", type=click.Choice(list(_RULES)), default="table", show_default=True)
def rules(*, form: str) -> int:
    """List the rules that data and schemas are checked for."""
    write_out(_RULES[form]())
    return NO_ERRORS


commands.add_command(local)
commands.add_command(watch)
commands.add_command(explain)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of this process; return the exit code."""
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be no text at all
    try:
        with ended_by_signals():
            code: int = commands.main(arguments, prog_name=TOOL, standalone_mode=False)
            write_out("")
        return code
    except EndedBySignal as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as without_command:
        write_out(f"{without_command.format_message()}\n")
        return COULD_NOT_RUN
    except click.ClickException as wrong:
        return _complain(wrong.format_message())
    except CannotRun as problem:
        return _complain(str(problem))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    # SystemExit is click's way to end where nobody reads its help.
    except (OutputClosed, SystemExit):
        return OUTPUT_CLOSED


def _complain(message: str) -> int:
    with suppress(OSError):  # nobody listens: the exit code still says it
        click.echo(f"{TOOL}: {printable(' '.join(message.split()))}", err=True)
    return COULD_NOT_RUN


def _deliver(report: Report, form: str, file: OutputFile | None) -> None:
    if file:
        file.write(_FORMATS[form](report))
        write_out(f"{report.summary}\n")
    else:
        write_out(_shown(report, form))


def _shown(report: Report, form: str) -> str:
    if form != "table" or sys.stdout is None or not sys.stdout.isatty():
        return _FORMATS[form](report)
    from rich.console import Console

    from personalize_import_cli.formats.table import table

    return table(report, Console())
