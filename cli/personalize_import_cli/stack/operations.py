"""What CloudFormation has done with a stack, and asked of its resources, read from the stack's events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

# A deletion asks for no imports; it may also be how a creation ends that has failed.
_BEGINS: Final = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})
_ROLLS_BACK: Final = frozenset({"ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"})
_ASKS: Final = frozenset({"CREATE", "UPDATE"})
_CANCELLED: Final = ("Resource creation cancelled", "Resource update cancelled")
"""What CloudFormation says of resources that it has given up because another one has failed."""


class Answer(StrEnum):
    """What has become of a request."""

    NONE = "none yet"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of a stack, as far as it is read here. Times are epoch seconds of CloudFormation's clock."""

    logical_id: str
    resource_type: str
    status: str
    at: float
    reason: str = ""
    physical_id: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)
    is_of_the_stack: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """What CloudFormation has asked of a resource: to be created or updated."""

    logical_id: str
    resource_type: str
    asked_at: float
    rolls_back: bool = False
    """Whether it was asked in order to undo what had failed."""
    answer: Answer = Answer.NONE
    answered_at: float | None = None
    reason: str = ""
    physical_id: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)

    def after(self, event: Event) -> "Request":
        """Take in what a later event tells of it."""
        known = replace(
            self,
            physical_id=event.physical_id or self.physical_id,
            properties=event.properties or self.properties,
        )
        answer = _answer_of(event)
        if answer is Answer.NONE:
            return known
        return replace(known, answer=answer, answered_at=event.at, reason=event.reason)


@dataclass(frozen=True)
class Operation:
    """One operation on a stack, from the user's request to its end, rollback included."""

    begun_at: float
    requests: Sequence[Request]
    first_failure: Event | None = None
    """What made it fail, which may be no import at all."""


def begins_operation(event: Event) -> bool:
    """Say whether an event is the first one of an operation."""
    return event.is_of_the_stack and event.status in _BEGINS


def operations(events: Iterable[Event]) -> list[Operation]:
    """Divide a stack's events, the oldest first, into operations."""
    parts: list[list[Event]] = []
    for event in events:
        if begins_operation(event) or not parts:
            parts.append([])
        parts[-1].append(event)
    return [_operation(part) for part in parts]


def _operation(events: Sequence[Event]) -> Operation:
    requests: dict[tuple[str, bool], Request] = {}
    rolls_back = False
    for event in events:
        if event.is_of_the_stack:
            rolls_back = rolls_back or event.status in _ROLLS_BACK
            continue
        action, _, state = event.status.partition("_")
        if action not in _ASKS:
            continue  # what is deleted imports nothing
        key = event.logical_id, rolls_back
        if key not in requests and state == "IN_PROGRESS":
            requests[key] = Request(
                logical_id=event.logical_id,
                resource_type=event.resource_type,
                asked_at=event.at,
                rolls_back=rolls_back,
            )
        if key in requests:
            requests[key] = requests[key].after(event)
    failures = (e for e in events if not e.is_of_the_stack and _answer_of(e) is Answer.FAILED)
    return Operation(events[0].at, tuple(requests.values()), next(failures, None))


def _answer_of(event: Event) -> Answer:
    if event.status.endswith("_COMPLETE"):
        return Answer.COMPLETE
    if not event.status.endswith("_FAILED"):
        return Answer.NONE
    return Answer.CANCELLED if event.reason.startswith(_CANCELLED) else Answer.FAILED
