"""Runs tests repeatedly, each time in a fork of a process that has loaded all libraries.

Loading them takes longer than most runs. The handler itself is not loaded before the fork: each run has a copy of its
own. Orders are lines of JSON, answers are the exit codes of pytest.
"""

import json
import os
import signal
import sys
import time
from typing import Any, Final

import boto3  # noqa: F401 - for the forks
import crhelper  # noqa: F401 - for the forks
import hypothesis.strategies  # noqa: F401 - for the forks
import pytest
import trustme  # noqa: F401 - for the forks

from tests.mutations.first_failure import COPY

_SECONDS_MAX: Final = 240
NO_END: Final = 99


def run(order: dict[str, Any]) -> int:
    """Run pytest in a fork, and end it with all that it has started if it takes too long."""
    fork = os.fork()
    if not fork:
        _run_in_fork(order)
    ends_at = time.monotonic() + _SECONDS_MAX
    while time.monotonic() < ends_at:
        ended, status = os.waitpid(fork, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(fork, signal.SIGKILL)
    os.waitpid(fork, 0)
    return NO_END


def _run_in_fork(order: dict[str, Any]) -> None:
    code = NO_END
    try:
        os.setpgid(0, 0)
        with open(order["output"], "w") as output:  # noqa: PTH123 - its descriptor is what is wanted
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ[COPY] = order["package"]
        code = int(pytest.main(order["arguments"]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)  # noqa: T201 - the answer
