"""Waiting in real time for what another process or thread does."""

import time
from typing import Any, Final

_DEADLINE_SECONDS: Final = 60


def until(condition: Any) -> None:
    """Wait for a condition, which is checked often; fail if it doesn't become true."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
