"""Runs of the command as a user starts them: a process with its exit code, output, and what it says of failures."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "personalize_import_cli"]
ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(str(ROOT / root) for root in ("cli", "lambda_handler")), "TERM": "xterm"}


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    output: str
    said: str
    """What it wrote to standard error."""

    @property
    def failure(self) -> str:
        """The one line that says why it could not run."""
        assert self.code == 2, self
        assert self.output == ""
        (line,) = self.said.splitlines()
        return line.removeprefix("personalize-import: ")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NO_COLOR", "FORCE_"))}
    return {**kept, **ENVIRONMENT, **(more or {})}


def run(*arguments: str | Path, env: Mapping[str, str] | None = None, **more: Any) -> Ended:
    """Run to the end, with output and errors apart."""
    options = {"capture_output": True, "env": environment(env), "timeout": 120, **more}
    ended = subprocess.run([*COMMAND, *map(str, arguments)], check=False, **options)
    said = (ended.stderr or b"").decode()
    assert "Traceback" not in said, said
    return Ended(ended.returncode, (ended.stdout or b"").decode(), said)


class OnTerminal:
    """A run on a terminal of its own."""

    def __init__(self, *arguments: str | Path, columns: int = 120, env: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment({"COLUMNS": str(columns), **(env or {})}),
            start_new_session=True,
        )
        os.close(slave)

    def read_until(self, words: str) -> str:
        """Read until words come, or to the end."""
        seen = b""
        with suppress(OSError):  # Linux says so when nobody has the other end open any more
            while words.encode() not in seen and (read := os.read(self._master, 1 << 16)):
                seen += read
        return seen.decode()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> Ended:
        """Wait for the end; what was written to either output is one text."""
        output = self.read_until("\0")
        os.close(self._master)
        assert "Traceback" not in output, output
        return Ended(self.process.wait(60), output, "")


def on_terminal(*arguments: str | Path, **more: Any) -> Ended:
    """Run to the end on a terminal."""
    return OnTerminal(*arguments, **more).ended()
