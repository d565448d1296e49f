"""A refresh that a trigger has requested: its properties, its time window and the name of its execution.

Events within a window start only one execution, because an execution's name can't be used twice. So a hundred uploads
within a minute are a few executions; the last of them imports, after the quiet period.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.contract.refresh_event import UNUSED_PROPERTIES
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.request.execution import resource_hash
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.resource import Resource, resource_of

_TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_WINDOWS_PER_QUIET_PERIOD: Final = 4


class Window(NamedTuple):
    """A time window in which all events of a trigger are one refresh; times in epoch seconds."""

    start: int
    quiet_seconds: int

    @property
    def width(self) -> int:
        """The length of the window in seconds: a quarter of the quiet period, at least a second."""
        return max(1, math.ceil(self.quiet_seconds / _WINDOWS_PER_QUIET_PERIOD))

    @property
    def due_at(self) -> int:
        """When the refresh may start: the quiet period after the end of the window, so after any upload in it."""
        return self.start + self.width + self.quiet_seconds


class RefreshRequest(NamedTuple):
    """A refresh of an import."""

    resource: Resource
    properties: ImportProperties
    """The properties of the resource; the timeout is the one of each job of the refresh."""
    requested_at: str
    """The time of the upload or of the schedule, as in the event; the value of the jobs' refresh tag."""
    quiet_seconds: int
    always: bool
    """True to import although the files are the same."""
    provider: Provider

    @property
    def window(self) -> Window:
        """The time window of the event."""
        return window_of(requested_time(self.requested_at), self.quiet_seconds)

    @property
    def execution_name(self) -> str:
        """The name of the execution."""
        resource = self.resource
        return refresh_execution_name(resource.stack_id, resource.logical_id, self.window, always=self.always)


def requested_time(requested_at: str) -> float:
    """Return the time in an event in epoch seconds; raise `ValueError` for any other text."""
    return datetime.strptime(requested_at, _TIME_FORMAT).replace(tzinfo=UTC).timestamp()


def window_of(requested_at: float, quiet_seconds: int) -> Window:
    """Return the window that contains the time of an event, in epoch seconds."""
    width = Window(0, quiet_seconds).width
    return Window(math.floor(requested_at / width) * width, quiet_seconds)


def wait_seconds(window: Window, now: float) -> int:
    """Return the seconds until a refresh may start; 0 without a quiet period."""
    if not window.quiet_seconds:
        return 0
    return min(max(0, math.ceil(window.due_at - now)), window.width + window.quiet_seconds)


def refresh_execution_name(stack_id: str, logical_id: str, window: Window, *, always: bool) -> str:
    """Return the name of a refresh's execution; it is the same for all events of a trigger within the window."""
    suffix = "a" if always else ""
    return f"{resource_hash(stack_id, logical_id)}-refresh-{window.quiet_seconds}{suffix}-{window.start:010}"


def parse_refresh_request(event: Mapping[str, Any], provider: Provider) -> RefreshRequest:
    """Parse an event that `events` has checked; raise `ImportFailedError` if its properties are invalid."""
    properties = {name: value for name, value in event["ResourceProperties"].items() if name not in UNUSED_PROPERTIES}
    try:
        parsed = parse(properties)
    except InvalidPropertiesError as error:
        raise ImportFailedError(f"{error}. No job was started.") from error
    return RefreshRequest(
        resource=resource_of(event),
        properties=parsed._replace(timeout_seconds=event["TimeoutSeconds"]),
        requested_at=event["RequestedAt"],
        quiet_seconds=event["QuietSeconds"],
        always=event["Always"],
        provider=provider,
    )
