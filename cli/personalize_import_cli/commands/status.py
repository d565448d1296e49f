"""The command `status`."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import click

from personalize_import_cli.errors import CommandError, UnavailableError
from personalize_import_cli.exit_codes import ERRORS_FOUND, NO_ERRORS
from personalize_import_cli.output import write_out
from personalize_import_handler.contract.printable import printable

if TYPE_CHECKING:
    from personalize_import_cli.stack.status import StackStatus

_WATCH_SECONDS: Final = 10.0
_FAILED_READS_MAX: Final = 5
_PERMISSIONS: Final = "docs/status.md"

Read = Callable[[], "StackStatus | None"]
Show = Callable[["StackStatus"], None]


@click.command(short_help="Show the imports of a stack: state, job, times, and why one failed.")
@click.argument("stack")
@click.option("--watch", is_flag=True, help="Repeat until the imports have ended.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with --watch one each time.")
def status(*, stack: str, watch: bool, as_json: bool) -> int:
    """Show the imports of STACK, a name or an ARN: state, job, times, and why one failed and how to fix it.

    If the imports are refreshed, it also shows the last and the next refresh. It only reads. With --watch, Ctrl-C stops
    watching; the imports continue.

    Exit codes: 0 no import failed, 1 an import failed, 2 the status could not be read.
    """
    # These load boto3, which takes a while and which the other commands don't need.
    from personalize_import_cli.aws_errors import reported_aws_errors
    from personalize_import_cli.stack.client import StackClient
    from personalize_import_cli.stack.status_reader import read_status

    with reported_aws_errors(stack, _PERMISSIONS):
        client = StackClient()

    def read() -> "StackStatus | None":
        with reported_aws_errors(stack, _PERMISSIONS):
            return read_status(client, stack)

    try:
        with _output(as_json=as_json, watch=watch) as show:
            last = _follow(stack, client.region, read, show, watch=watch)
    except KeyboardInterrupt:
        if watch:
            with suppress(OSError):  # standard error is closed
                click.echo(printable(f"Stopped watching {stack}; its imports continue"), err=True)
        raise
    return ERRORS_FOUND if last.has_failed else NO_ERRORS


def _follow(stack: str, region: str, read: Read, show: Show, *, watch: bool) -> "StackStatus":
    """Show the status once, or until the imports have ended; return the last status, or raise `CommandError`."""
    current = read()
    if current is None:
        raise CommandError(
            f"{stack}: there is no such stack in this account in Region {region}. Set AWS_REGION or AWS_PROFILE to use "
            "another one; a deleted stack is found by its ARN"
        )
    while True:
        if not current.imports and not (watch and current.is_in_progress):
            raise CommandError(f"{stack}: {_reason_without_imports(current)}")
        show(current)
        if not watch or current.has_ended:
            return current
        time.sleep(_WATCH_SECONDS)
        following = _read_again(read)
        if following is None:  # the stack was deleted
            return current
        current = following


def _reason_without_imports(current: "StackStatus") -> str:
    if current.status == "REVIEW_IN_PROGRESS":
        return current.next_step
    if current.first_failure:
        return f"the stack is {current.status} and no import was reached: {current.first_failure}. {current.next_step}"
    return "the stack has no dataset import jobs (Custom::PersonalizeDatasetImportJob)"


def _read_again(read: Read) -> "StackStatus | None":
    """Read the status, and retry errors that may be temporary."""
    for _ in range(_FAILED_READS_MAX - 1):
        try:
            return read()
        except UnavailableError:
            time.sleep(_WATCH_SECONDS)
    return read()


@contextmanager
def _output(*, as_json: bool, watch: bool) -> Iterator[Show]:
    """Return a function that prints a status; while watching on a terminal, in place of the one before."""
    from personalize_import_cli.stack import render

    if as_json:
        yield lambda status: write_out(render.as_json(status))
    elif watch and sys.stdout is not None and sys.stdout.isatty():
        from rich.live import Live
        from rich.text import Text

        with Live(auto_refresh=False, vertical_overflow="visible") as live:
            yield lambda status: live.update(Text(render.as_text(status).rstrip("\n")), refresh=True)
    else:
        yield lambda status: write_out(render.as_text(status))
