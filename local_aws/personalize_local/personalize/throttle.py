"""Throttling of API calls."""

import threading
from collections import defaultdict

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.limits import Settings


class Throttle:
    """A token bucket for each operation, account and Region."""

    def __init__(self) -> None:
        """Start with full buckets."""
        self._lock = threading.Lock()
        self._spent: dict[tuple[AccountRegion, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))

    def count_call(self, at: AccountRegion, operation: str, now: float, settings: Settings) -> None:
        """Count a call; raise ThrottlingException if it exceeds the rate."""
        if not settings.requests_per_second:
            return
        with self._lock:
            spent, since = self._spent[at, operation]
            spent = max(0.0, spent - (now - since) * settings.requests_per_second) + 1
            if spent > settings.request_burst:
                raise ServiceError("ThrottlingException", messages.RATE_EXCEEDED)
            self._spent[at, operation] = (spent, now)
