"""The API calls that the service has received, so that tests can count them."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

_LENGTH_MAX: Final = 100_000


@dataclass(frozen=True)
class ApiCall:
    """One call, with the names and ARNs in its parameters; the outcome is `OK`, `dropped` or an error code."""

    at: float
    operation: str
    account: str
    region: str
    names: tuple[str, ...]
    outcome: str


class CallLog:
    """The latest calls, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._calls: deque[ApiCall] = deque(maxlen=_LENGTH_MAX)

    def add(self, call: ApiCall) -> None:
        """Add a call."""
        with self._lock:
            self._calls.append(call)

    def calls(self, operation: str | None = None) -> list[ApiCall]:
        """Return the calls of one operation; of all operations by default."""
        with self._lock:
            return [call for call in self._calls if operation in (None, call.operation)]

    def clear(self) -> None:
        """Remove all calls."""
        with self._lock:
            self._calls.clear()
