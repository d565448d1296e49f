"""The unmodified CDK CLI of this environment, pointed at the AWS on this machine."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

# Node and the CLI are installed beside this interpreter, from PyPI.
_BIN: Final = Path(sys.executable).parent
_GRACE_SECONDS: Final = 2


def with_tools(environment: Mapping[str, str]) -> dict[str, str]:
    """Let a process find the CLI, and the Node that goes with it, before any other on the PATH."""
    return {**environment, "PATH": f"{_BIN}{os.pathsep}{environment.get('PATH', os.defpath)}"}


class CdkFailed(Exception):
    """The CDK CLI ended with an error, which it has shown, or which is in `output`."""

    def __init__(self, arguments: tuple[str, ...], output: str = "") -> None:
        super().__init__(f"cdk {' '.join(arguments)} failed")
        self.output = output
        if output:
            self.add_note(output)  # so that a traceback has it, as of a test that has not expected this


class CdkCli:
    """Runs the CLI in a folder."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._environment = {**with_tools(environment), "CDK_DISABLE_CLI_TELEMETRY": "true"}

    def show(self, *arguments: str) -> None:
        """Run a command with its output for the user to see; raises `CdkFailed`."""
        with self._start(arguments, None) as running:
            running.wait()

    def start(self, *arguments: str) -> "RunningCdk":
        """Start a command, and go on; its output is shown only if it fails. To be used in a `with` block."""
        return self._start(arguments, subprocess.PIPE)

    def run(self, *arguments: str) -> str:
        """Run a command and return its output; raises `CdkFailed` with it."""
        with self.start(*arguments) as running:
            return running.wait()

    def _start(self, arguments: tuple[str, ...], output: int | None) -> "RunningCdk":
        process = subprocess.Popen(  # noqa: S603
            [str(_BIN / "cdk"), *arguments, "--no-notices"],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            text=True,
            # The CLI is a process that starts others: as a group they can be ended together.
            start_new_session=True,
        )
        return RunningCdk(process, arguments)


class RunningCdk:
    """A command that was started; at the end of its `with` block it has ended, or is made to."""

    def __init__(self, process: "subprocess.Popen[str]", arguments: tuple[str, ...]) -> None:
        self._process = process
        self._arguments = arguments

    def __enter__(self) -> Self:
        """Go on while it runs."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """End what is left of it."""
        try:
            if self._process.poll() is None:
                self._send(signal.SIGTERM)
                self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._send(signal.SIGKILL)
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()

    def wait(self) -> str:
        """Wait for the end and return the output; raises `CdkFailed` with it."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise CdkFailed(self._arguments, output or "")
        return output or ""

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
