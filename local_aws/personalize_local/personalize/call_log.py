"""The API calls that were received, so that tests can count them, and the throttle that counts them too."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.interfaces import Scope
from personalize_local.personalize.limits import Settings

_CALLS_KEPT: Final = 100_000


@dataclass(frozen=True)
class ApiCall:
    """One call: when, what, on which resources, and the error code, `OK` or `dropped` that it ended with."""

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
        self._calls: deque[ApiCall] = deque(maxlen=_CALLS_KEPT)

    def add(self, call: ApiCall) -> None:
        """Note a call."""
        with self._lock:
            self._calls.append(call)

    def calls(self, operation: str | None = None) -> list[ApiCall]:
        """Return the calls, of one operation or of all."""
        with self._lock:
            return [call for call in self._calls if operation in (None, call.operation)]

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._calls.clear()


class Throttle:
    """A token bucket for each operation, account and Region."""

    def __init__(self) -> None:
        """Start with full buckets."""
        self._lock = threading.Lock()
        self._spent: dict[tuple[Scope, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))

    def take(self, scope: Scope, operation: str, now: float, settings: Settings) -> None:
        """Count a call; raise ThrottlingException if it is one too many."""
        if not settings.requests_per_second:
            return
        with self._lock:
            spent, since = self._spent[scope, operation]
            spent = max(0.0, spent - (now - since) * settings.requests_per_second) + 1
            if spent > settings.request_burst:
                raise ServiceError("ThrottlingException", messages.RATE_EXCEEDED)
            self._spent[scope, operation] = (spent, now)
