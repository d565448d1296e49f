"""Executions of the state machine; their names differ for requests and refreshes.

All names for a resource begin with the same hash. The name for an import contains its dataset and how long earlier
resources of its wait chain have waited, so that a list of executions shows the queue.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

LIST_EXECUTIONS: Final = "ListExecutions"
_HASH_LENGTH: Final = 32
_DATASET_HASH_LENGTH: Final = 8
_MINUTES_MAX: Final = 9999
_IMPORT: Final = re.compile(r"[0-9a-f]+-[0-9a-f]+-(?P<dataset>[0-9a-f]{8})-(?P<waited>[0-9]{1,4})(-[0-9]{10})?")
_REFRESH: Final = re.compile(r"[0-9a-f]+-refresh-(?P<trigger>[0-9]+a?)-(?P<start>[0-9]{10})")


class Execution(NamedTuple):
    """An execution for a request or a refresh of a resource."""

    name: str
    started_at: datetime
    is_running: bool


class Standing(NamedTuple):
    """The standing of a request among all executions."""

    is_superseded: bool = False
    """True if there is a later request for the same resource."""
    imports_ahead: int | None = None
    """The imports whose requests arrived earlier and have not ended; None if unknown, as for a refresh."""


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


def import_part(dataset_arn: str, waited_seconds: int) -> str:
    """Return the part of the name of an import's execution that shows its place in the queue."""
    return f"-{hash_of(dataset_arn)[:_DATASET_HASH_LENGTH]}-{min(_MINUTES_MAX, waited_seconds // 60)}"


def imports_ahead(own_name: str, executions: Iterable[Execution]) -> int | None:
    """Return the number of datasets with an import that arrived earlier and has not ended; None for a refresh.

    Imports of one dataset count once, because only one of them has a job at a time. Only the latest request for a
    resource counts: an earlier one starts no job. Refreshes don't count, nor does a Delete. An execution that isn't
    listed yet has just started, so all imports are ahead of it.
    """
    if not _IMPORT.fullmatch(own_name):
        return None
    latest: dict[str, Execution] = {}
    for each in executions:
        resource = each.name.partition("-")[0]
        is_later = resource not in latest or each.started_at > latest[resource].started_at
        if refresh_name_of(each.name) is None and (is_later or each.name == own_name):
            latest[resource] = each
    arrivals = {each.name: (_arrival(each), each.name) for each in latest.values() if _IMPORT.fullmatch(each.name)}
    own = arrivals.get(own_name)
    ahead = {
        _dataset_in(each.name)
        for each in latest.values()
        if each.is_running and each.name in arrivals and (own is None or arrivals[each.name] < own)
    }
    return len(ahead - {_dataset_in(own_name)})


def _arrival(execution: Execution) -> datetime:
    """Return when an import's first request arrived; later resources of a wait chain keep its place."""
    name = _IMPORT.fullmatch(execution.name)
    return execution.started_at - timedelta(minutes=int(name["waited"]) if name else 0)


def _dataset_in(name: str) -> str | None:
    found = _IMPORT.fullmatch(name)
    return found["dataset"] if found else None
