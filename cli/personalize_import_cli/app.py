"""The command line application: its commands, and the exit code of each run."""

import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from personalize_import_cli.check.report import PACKAGE, TOOL
from personalize_import_cli.commands.check import check
from personalize_import_cli.commands.local import local
from personalize_import_cli.commands.rules import rules
from personalize_import_cli.commands.status import status
from personalize_import_cli.errors import CommandError
from personalize_import_cli.exit_codes import COULD_NOT_RUN, INTERRUPTED, OUTPUT_CLOSED
from personalize_import_cli.output import OutputClosedError, write_out
from personalize_import_cli.signals import SignalExit, exit_on_signals
from personalize_import_handler.contract.printable import printable


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=PACKAGE, prog_name=TOOL)
def cli() -> None:
    """Tools for dataset imports of Amazon Personalize."""


for command in (check, rules, local, status):
    cli.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code.

    Args:
        arguments: The arguments after the program's name. Default: `sys.argv[1:]`.
    """
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may not be valid text
    try:
        with exit_on_signals():
            code: int = cli.main(arguments, prog_name=TOOL, standalone_mode=False)
            write_out("")
        return code
    except SignalExit as signal_exit:
        return signal_exit.exit_code
    except click.exceptions.NoArgsIsHelpError as without_command:
        write_out(f"{without_command.format_message()}\n")
        return COULD_NOT_RUN
    except click.ClickException as usage_error:
        return _report(usage_error.format_message())
    except CommandError as error:
        return _report(str(error))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    # click raises SystemExit when the reader of its help has closed the pipe.
    except (OutputClosedError, SystemExit):
        return OUTPUT_CLOSED


def _report(message: str) -> int:
    with suppress(OSError):  # standard error may be closed; the exit code is still returned
        click.echo(f"{TOOL}: {printable(' '.join(message.split()))}", err=True)
    return COULD_NOT_RUN
