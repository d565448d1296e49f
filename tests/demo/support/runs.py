"""Runs of the demo's command, as a user starts them."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.local_aws.support.processes import accept_ctrl_c, descendants

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "demo.deploy_local"]


@dataclass(frozen=True)
class ProcessResult:
    """The result of a run."""

    code: int
    output: str

    def value(self, label: str) -> str:
        """Return the printed value of a label."""
        (line,) = [line for line in self.output.splitlines() if line.startswith(f"{label} ")]
        return line.removeprefix(label).strip()


class Run:
    """A run in its own process group, as a shell starts it."""

    def __init__(self, command: str, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, command, "--folder", str(folder), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=accept_ctrl_c,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def read_until(self, words: str) -> str:
        """Wait until these words are in the output."""
        assert self.process.stdout
        seen = ""
        while words not in seen:
            line = self.process.stdout.readline()
            assert line, f"it ended without printing '{words}':\n{seen}"
            seen += line
        return seen

    def processes(self) -> set[int]:
        """Return all processes of the run."""
        return {self.process.pid, *descendants(self.process.pid)}

    def interrupt(self) -> None:
        """Send the signal of Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> ProcessResult:
        """Wait until the run has ended."""
        output, _ = self.process.communicate(timeout=180)
        return ProcessResult(self.process.returncode, output)


def run(command: str, folder: Path, *arguments: str) -> ProcessResult:
    """Run the command until it has ended."""
    return Run(command, folder, *arguments).ended()
