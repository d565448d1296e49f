"""Executions of the state machine for one resource; their names differ for requests and refreshes.

All names for a resource begin with the same hash.
"""

import hashlib
import re
from datetime import datetime
from typing import Final, NamedTuple

_HASH_LENGTH: Final = 32
_REFRESH: Final = re.compile(r"[0-9a-f]+-refresh-(?P<trigger>[0-9]+a?)-(?P<start>[0-9]{10})")


class Execution(NamedTuple):
    """An execution for a request or a refresh of a resource."""

    name: str
    started_at: datetime
    is_running: bool


class RefreshName(NamedTuple):
    """The parts of the name of a refresh's execution."""

    trigger: str
    """The quiet period, and `a` if the import takes place although the files are the same."""
    window_start: int

    @property
    def quiet_seconds(self) -> int:
        """The quiet period of the trigger, in seconds."""
        return int(self.trigger.removesuffix("a"))


def resource_hash(stack_id: str, logical_id: str) -> str:
    """Return the beginning of the names of all executions for a resource."""
    return hash_of(stack_id, logical_id)


def hash_of(*texts: str) -> str:
    """Return a hash that is part of the name of an execution."""
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()[:_HASH_LENGTH]


def refresh_name_of(name: str) -> RefreshName | None:
    """Return the parts of the name of a refresh's execution; None for the execution of a request."""
    refresh = _REFRESH.fullmatch(name)
    return RefreshName(refresh["trigger"], int(refresh["start"])) if refresh else None
