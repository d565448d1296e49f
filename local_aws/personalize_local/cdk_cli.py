"""The unmodified CDK CLI of this Python environment, configured for the local AWS."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

# Node and the CLI are installed from PyPI, next to this interpreter.
_BIN: Final = Path(sys.executable).parent
_GRACE_SECONDS: Final = 2


def with_cdk_on_path(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment whose PATH begins with the CLI and Node of this Python environment."""
    return {**environment, "PATH": f"{_BIN}{os.pathsep}{environment.get('PATH', os.defpath)}"}


class CdkError(Exception):
    """The CDK CLI failed; its output is in `output`, unless it was shown."""

    def __init__(self, arguments: tuple[str, ...], output: str = "") -> None:
        super().__init__(f"cdk {' '.join(arguments)} failed")
        self.output = output
        if output:
            self.add_note(output)  # shown in tracebacks


class CdkCli:
    """The CDK CLI, run in a folder."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._environment = {**with_cdk_on_path(environment), "CDK_DISABLE_CLI_TELEMETRY": "true"}

    def show(self, *arguments: str) -> None:
        """Run a command and show its output; raise `CdkError` if it fails."""
        with self._start(arguments, None) as running:
            running.wait()

    def start(self, *arguments: str) -> "RunningCdk":
        """Start a command and return at once. Use the result in a `with` block, which terminates the command."""
        return self._start(arguments, subprocess.PIPE)

    def run(self, *arguments: str) -> str:
        """Run a command and return its output; raise `CdkError` with it if the command fails."""
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
            # The CLI starts other processes; a process group can be terminated as a whole.
            start_new_session=True,
        )
        return RunningCdk(process, arguments)


class RunningCdk:
    """A running command, terminated at the end of its `with` block."""

    def __init__(self, process: "subprocess.Popen[str]", arguments: tuple[str, ...]) -> None:
        self._process = process
        self._arguments = arguments

    def __enter__(self) -> Self:
        """Return this command."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Terminate the command and its processes."""
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
        """Wait until the command exits, and return its output; raise `CdkError` with it if the command fails."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise CdkError(self._arguments, output or "")
        return output or ""

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
