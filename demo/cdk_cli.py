"""The CDK CLI of this environment, pointed at the AWS on this machine."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
# Node and the CLI are installed beside this interpreter, from PyPI.
_BIN: Final = Path(sys.executable).parent


class CdkFailed(Exception):
    """The CDK CLI ended with an error, which it has shown, or which is in `output`."""

    def __init__(self, arguments: tuple[str, ...], output: str = "") -> None:
        super().__init__(f"cdk {' '.join(arguments)} failed")
        self.output = output


class CdkCli:
    """Runs the CLI in a folder, by default that of the demo app."""

    def __init__(self, environment: Mapping[str, str], folder: Path = ROOT) -> None:
        self._folder = folder
        self._environment = {
            **environment,
            "PATH": f"{_BIN}{os.pathsep}{environment.get('PATH', os.defpath)}",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }

    def show(self, *arguments: str) -> None:
        """Run a command with its output for the user to see; raises `CdkFailed`."""
        if subprocess.run(self._command(arguments), cwd=self._folder, env=self._environment, check=False).returncode:  # noqa: S603
            raise CdkFailed(arguments)

    def start(self, *arguments: str) -> "RunningCdk":
        """Start a command, and go on; its output is shown only if it fails."""
        process = subprocess.Popen(  # noqa: S603
            self._command(arguments),
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return RunningCdk(process, arguments)

    def run(self, *arguments: str) -> str:
        """Run a command and return its output; raises `CdkFailed` with it."""
        return self.start(*arguments).wait()

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [str(_BIN / "cdk"), *arguments, "--no-notices"]


class RunningCdk:
    """A command that was started."""

    def __init__(self, process: "subprocess.Popen[str]", arguments: tuple[str, ...]) -> None:
        self._process = process
        self._arguments = arguments

    def wait(self) -> str:
        """Wait for the end and return the output; raises `CdkFailed` with it."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise CdkFailed(self._arguments, output)
        return output
