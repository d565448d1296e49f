"""The order of the refreshes of a resource: which one imports now, which one waits, and which one is not needed."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from personalize_import_handler.request.execution import Execution, refresh_name_of
from personalize_import_handler.request.refresh_request import Window


class Turn(Enum):
    """The next step of a refresh."""

    GO = auto()
    """Import, because no other refresh is before it."""
    WAIT = auto()
    """Wait, because another refresh of the resource was due earlier and has not ended."""
    LATER = auto()
    """Nothing, because a later refresh of the same trigger follows."""


class _Place(NamedTuple):
    """The place of a refresh in the order of all refreshes of its resource."""

    due_at: int
    name: str


def turn_of(own_name: str, executions: Iterable[Execution]) -> Turn:
    """Return the turn of a refresh among all executions for its resource.

    Two refreshes never wait for each other, because the order is total, and none waits for another one that is still
    in its quiet period. That an execution of the same trigger is later depends on their names only, so a late event
    changes nothing.
    """
    own = _place_of(own_name)
    if own is None:
        raise ValueError(f"{own_name} is not the name of a refresh")
    turn, own_trigger = Turn.GO, _trigger_of(own_name)
    for other in executions:
        place = _place_of(other.name)
        if place is None:
            continue
        if place > own and _trigger_of(other.name) == own_trigger:
            return Turn.LATER
        if place < own and other.is_running:
            turn = Turn.WAIT
    return turn


def _place_of(name: str) -> _Place | None:
    refresh = refresh_name_of(name)
    return _Place(Window(refresh.window_start, refresh.quiet_seconds).due_at, name) if refresh else None


def _trigger_of(name: str) -> str | None:
    refresh = refresh_name_of(name)
    return refresh.trigger if refresh else None
