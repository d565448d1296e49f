"""The events of a stack, divided into operations and requests to resources."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

# DELETE_IN_PROGRESS is left out: a deletion imports nothing, and also ends a creation that failed.
_BEGIN: Final = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})
_REQUESTS: Final = ("CREATE_", "UPDATE_")
_ROLL_BACK: Final = frozenset({"ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"})
_CANCELLED: Final = ("Resource creation cancelled", "Resource update cancelled")
"""The reasons CloudFormation gives for resources that it cancelled because another one failed."""


class Outcome(StrEnum):
    """The outcome of a request."""

    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of a stack. Times are epoch seconds of CloudFormation's clock."""

    id: str = ""
    logical_id: str
    resource_type: str
    status: str
    at: float
    reason: str = ""
    physical_id: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)
    is_of_stack: bool = False

    @classmethod
    def from_api(cls, event: "StackEventTypeDef") -> Self:
        """Parse an event of DescribeStackEvents."""
        return cls(
            id=event["EventId"],
            logical_id=event.get("LogicalResourceId", ""),
            resource_type=event.get("ResourceType", ""),
            status=event.get("ResourceStatus", ""),
            at=event["Timestamp"].timestamp(),
            reason=event.get("ResourceStatusReason", ""),
            physical_id=event.get("PhysicalResourceId", ""),
            properties=_parsed(event.get("ResourceProperties", "")),
            is_of_stack=event.get("PhysicalResourceId") == event["StackId"],
        )

    @property
    def outcome(self) -> Outcome:
        """The outcome that the status stands for."""
        if self.status.endswith("_COMPLETE"):
            return Outcome.COMPLETE
        if not self.status.endswith("_FAILED"):
            return Outcome.PENDING
        return Outcome.CANCELLED if self.reason.startswith(_CANCELLED) else Outcome.FAILED


@dataclass(frozen=True)
class ResourceRequest:
    """A request to create or update a resource, and its events."""

    is_rollback: bool
    events: list[Event]

    @property
    def first(self) -> Event:
        """The event of the request itself."""
        return self.events[0]

    @property
    def last(self) -> Event:
        """The latest event, with the outcome."""
        return self.events[-1]

    @property
    def physical_id(self) -> str:
        """The id of the resource; empty until it is known."""
        return next((event.physical_id for event in reversed(self.events) if event.physical_id), "")

    @property
    def properties(self) -> Mapping[str, object]:
        """The properties of the resource; empty if no event has them."""
        return next((event.properties for event in reversed(self.events) if event.properties), {})


@dataclass(frozen=True)
class Operation:
    """A create or update of a stack, rollback included."""

    started_at: float = 0.0
    requests: Sequence[ResourceRequest] = ()
    first_failure: Event | None = None
    """The event of the resource that failed first, which may be no import."""


def operations(events: Iterable[Event]) -> list[Operation]:
    """Divide the events of a stack, the oldest first, into operations."""
    parts: list[list[Event]] = []
    for event in events:
        if not parts or (event.is_of_stack and event.status in _BEGIN):
            parts.append([])
        parts[-1].append(event)
    return [_operation(part) for part in parts]


def _operation(events: Sequence[Event]) -> Operation:
    requests: dict[tuple[str, bool], ResourceRequest] = {}
    is_rollback = False
    for event in events:
        key = event.logical_id, is_rollback
        if event.is_of_stack:
            is_rollback = is_rollback or event.status in _ROLL_BACK
        elif key in requests and event.status.startswith(_REQUESTS):
            requests[key].events.append(event)
        elif event.status in _BEGIN:
            requests[key] = ResourceRequest(is_rollback, [event])
    failures = (event for event in events if not event.is_of_stack and event.outcome is Outcome.FAILED)
    return Operation(events[0].at, tuple(requests.values()), next(failures, None))


def _parsed(properties: str) -> Mapping[str, object]:
    try:
        parsed = json.loads(properties or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
