"""Runs of the command line: in this process, in a process of its own, or on a terminal."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path

import boto3
from click.testing import CliRunner

from personalize_import_cli import app
from tests.local_aws.support.processes import accept_ctrl_c

COMMAND = [sys.executable, "-m", "personalize_import_cli"]
REMOVED = ("AWS_", "NO_COLOR", "FORCE_")
ROOT = Path(__file__).parents[3]
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join(str(ROOT / root) for root in ("cli", "lambda_handler", "local_aws")),
    "TERM": "xterm",
}


@dataclass(frozen=True)
class Ended:
    """The result of a run."""

    code: int
    output: str
    stderr: str

    @property
    def failure(self) -> str:
        """The one line with the reason why it could not run."""
        assert self.code == 2, self
        assert self.output == ""
        (line,) = self.stderr.splitlines()
        return line.removeprefix("personalize-import: ")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED)}
    return {**kept, **ENVIRONMENT, **(more or {})}


def run(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None, is_terminal: bool = False
) -> Ended:
    """Run in this process, which takes a tenth of the time of a new one.

    Args:
        arguments: The arguments of the command line.
        env: More environment variables.
        cwd: The working directory. Default: the current one.
        is_terminal: True if standard output acts as a terminal.
    """
    boto3.DEFAULT_SESSION = None  # it keeps credentials
    removed = dict.fromkeys(name for name in os.environ if name.startswith(REMOVED))
    variables = {**removed, **ENVIRONMENT, **(env or {})}
    with CliRunner().isolation(env=variables) as (output, stderr, _), chdir(cwd or Path.cwd()):
        sys.stdout.isatty = lambda: is_terminal  # type: ignore[method-assign]
        code = app.run([str(argument) for argument in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
        return Ended(code, output.getvalue().decode(), stderr.getvalue().decode())


def run_process(*arguments: str | Path, env: Mapping[str, str] | None = None, stdout: int = subprocess.PIPE) -> Ended:
    """Run in a new process."""
    ended = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment(env),
        timeout=120,
    )
    stderr = ended.stderr.decode()
    assert "Traceback" not in stderr, stderr
    return Ended(ended.returncode, (ended.stdout or b"").decode(), stderr)


class OnTerminal:
    """A run on a separate terminal."""

    def __init__(self, *arguments: str | Path, columns: int = 120, env: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment({"COLUMNS": str(columns), **(env or {})}),
            start_new_session=True,
            preexec_fn=accept_ctrl_c,
        )
        os.close(slave)

    def read_until(self, words: str) -> str:
        """Read until the output contains these words, or to its end."""
        seen = b""
        with suppress(OSError):  # on Linux, when no process has the other end open
            while words.encode() not in seen and (read := os.read(self._master, 1 << 16)):
                seen += read
        return seen.decode()

    def interrupt(self) -> None:
        """Send the signal of Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> Ended:
        """Wait for the end; standard output and standard error are one text."""
        output = self.read_until("\0")
        os.close(self._master)
        assert "Traceback" not in output, output
        return Ended(self.process.wait(60), output, "")


def on_terminal(*arguments: str | Path, columns: int = 120, env: Mapping[str, str] | None = None) -> Ended:
    """Run in this process with a terminal as standard output."""
    return run(*arguments, env={"COLUMNS": str(columns), **(env or {})}, is_terminal=True)
