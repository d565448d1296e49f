"""Processes with compiled modules, as users have them.

An environment may disable them (`PYTHONDONTWRITEBYTECODE`). Each process would then compile the modules of the CDK or
of boto3 again, and the figures would mostly be about that.
"""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Took(NamedTuple):
    """The seconds that a command took."""

    seconds: float
    cpu: float
    """The user and system time of the process and of those that it started."""


def use_bytecode(folder: Path) -> None:
    """Set the environment so that new processes write compiled modules to a folder, and read them from there.

    The first run of a command compiles, so it must not be measured.
    """
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def measure(command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Took:
    """Run a command, by default in this environment and folder; return what it took, or raise an error if it fails."""
    begin, cpu = time.perf_counter(), _cpu()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603
    return Took(time.perf_counter() - begin, _cpu() - cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
