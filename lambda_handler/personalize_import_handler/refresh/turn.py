"""The order of the refreshes of a resource: which one imports now, which one waits, and which one is not needed."""

from collections.abc import Sequence
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
    """Nothing, because a later refresh of the same trigger imports instead."""


class _Place(NamedTuple):
    """The place of a refresh in the order of all refreshes of its resource, and its trigger."""

    due_at: int
    name: str
    trigger: str
    quiet_seconds: int


def turn_of(own_name: str, executions: Sequence[Execution]) -> Turn:
    """Return the turn of a refresh among all executions for its resource.

    Two refreshes never wait for each other, because the order is total, and none waits for another one that is still
    in its quiet period.

    A later event of the trigger ends a refresh that waits for another one, one whose quiet period it starts again, and
    one whose own event was delivered late. Any other is retried: if each refresh left its import to the next one,
    none would reach its timeout and fail.
    """
    own = _place_of(own_name)
    if own is None:
        raise ValueError(f"{own_name} is not the name of a refresh")
    others = [(place, execution) for execution in executions if (place := _place_of(execution.name))]
    waits = any(place < own and other.is_running for place, other in others)
    later = [other for place, other in others if place > own and place.trigger == own.trigger]
    if later and (waits or own.quiet_seconds or _is_late(own_name, later, executions)):
        return Turn.LATER
    return Turn.WAIT if waits else Turn.GO


def _is_late(own_name: str, later: Sequence[Execution], executions: Sequence[Execution]) -> bool:
    """Return whether an event was delivered after a later one; an execution that isn't listed has just started."""
    started_at = next((each.started_at for each in executions if each.name == own_name), None)
    return started_at is None or any(other.started_at < started_at for other in later)


def _place_of(name: str) -> _Place | None:
    refresh = refresh_name_of(name)
    if refresh is None:
        return None
    quiet_seconds = refresh.quiet_seconds
    return _Place(Window(refresh.window_start, quiet_seconds).due_at, name, refresh.trigger, quiet_seconds)
