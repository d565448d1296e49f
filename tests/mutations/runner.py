"""Runs tests repeatedly, each time in a fork of a process that has loaded all libraries.

Loading them takes longer than most runs. The handler itself is not loaded before the fork, because each run has its own
copy. Each request is a line of JSON, and each response is pytest's exit code.
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

_SECONDS_MAX: Final = 600
TIMED_OUT: Final = 99


def run(request: dict[str, Any]) -> int:
    """Run pytest in a fork; kill the fork and its child processes if they take too long."""
    fork = os.fork()
    if not fork:
        _run_in_fork(request)
    ends_at = time.monotonic() + _SECONDS_MAX
    while time.monotonic() < ends_at:
        ended, status = os.waitpid(fork, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(fork, signal.SIGKILL)
    os.waitpid(fork, 0)
    return TIMED_OUT


def _run_in_fork(request: dict[str, Any]) -> None:
    code = TIMED_OUT
    try:
        os.setpgid(0, 0)
        with open(request["output"], "w") as output:  # noqa: PTH123 - the file descriptor is needed
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ[COPY] = request["package"]
        code = int(pytest.main(request["arguments"]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)  # noqa: T201 - the response
