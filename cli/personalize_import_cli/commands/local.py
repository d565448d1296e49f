"""The command `local`."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

from personalize_import_cli.errors import CommandError
from personalize_import_cli.output import write_out
from personalize_local.cdk_cli import CdkError, with_cdk_on_path
from personalize_local.dependencies import missing_dependencies
from personalize_local.server.options import Options

if TYPE_CHECKING:
    from personalize_local.server.launcher import LocalAws

_PORT: Final = 4566
_ENDED: Final = 0
_SIGNAL_BASE: Final = 128
"""A shell's exit code for a program ended by a signal is this plus the number of the signal."""


# Options after the command's name belong to the command.
@click.command(context_settings={"allow_interspersed_args": False}, short_help="Run a local AWS.")
@click.option(
    "--port", type=int, help=f"Port on the loopback interface; 0 takes a free one.  [default: {_PORT}; 0 with COMMAND]"
)
@click.option("--region", default=Options.region, show_default=True, help="AWS Region.")
@click.option("--account", default=Options.account, show_default=True, help="AWS account.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="Simulated seconds per real second.")
@click.option(
    "--import-seconds", type=float, default=20.0, show_default=True, help="Duration of an import, in simulated seconds."
)
@click.option(
    "--dataset-groups", type=int, default=Options.dataset_groups, show_default=True, help="Quota of dataset groups."
)
@click.option("--state", type=click.Path(path_type=Path), help="Folder that keeps the state between runs.")
@click.option("--bootstrap", is_flag=True, help="Run `cdk bootstrap` first.")
@click.option("--verbose", is_flag=True, help="Log to standard error.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def local(
    *,
    port: int | None,
    region: str,
    account: str,
    speed: float,
    import_seconds: float,
    dataset_groups: int,
    state: Path | None,
    bootstrap: bool,
    verbose: bool,
    command: tuple[str, ...],
) -> int:
    """Run a local AWS with Personalize, CloudFormation, Lambda, Step Functions, S3 and IAM.

    Without COMMAND it runs until Ctrl-C, and prints the environment variables with which the CDK CLI, the AWS CLI and
    boto3 use it. With COMMAND it sets these variables, runs COMMAND, and ends with it.

    Exit codes: 0 after Ctrl-C, 2 it could not run; with COMMAND, the exit code of COMMAND.
    """
    if missing := missing_dependencies():
        raise CommandError(missing)
    # Imported here because it loads an HTTP client, which the other commands don't need.
    from personalize_local.server.launcher import LocalAws, LocalAwsError

    if port is None:
        port = 0 if command else _PORT
    try:
        options = Options(
            port=port,
            region=region,
            account=account,
            speed=speed,
            import_seconds=import_seconds,
            dataset_groups=dataset_groups,
            state=state,
            verbose=verbose,
        )
        _treat_signals_as_ctrl_c()
        with LocalAws(options) as aws:
            if bootstrap:
                _bootstrap(aws)
            return _run(command, aws.process_environment()) if command else _stay(aws)
    except (ValueError, LocalAwsError) as problem:
        raise CommandError(str(problem)) from problem


def _bootstrap(aws: "LocalAws") -> None:
    from personalize_local.local_cloud import LocalCloud  # boto3 takes a moment

    with TemporaryDirectory() as empty:
        try:
            LocalCloud(aws, Path(empty)).bootstrap()
        except CdkError as failure:
            raise CommandError(f"{failure}: {failure.output}") from failure


def _stay(aws: "LocalAws") -> int:
    from personalize_local.server.environment import shell_exports

    write_out(f"{shell_exports(aws.environment)}\n")
    try:
        aws.wait()
    except KeyboardInterrupt:
        return _ENDED
    raise CommandError("the local AWS ended unexpectedly")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command and return its exit code. Signals are forwarded; Ctrl-C reaches the command directly."""
    try:
        process = subprocess.Popen(command, env=with_cdk_on_path(environment))  # noqa: S603 - what this is for
    except OSError as error:
        raise CommandError(f"{command[0]}: {error.strerror}") from error
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    code = process.wait()
    return code if code >= 0 else _SIGNAL_BASE - code


def _treat_signals_as_ctrl_c() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
