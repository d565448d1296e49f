"""Check the events of refreshes before they are processed.

A rule or a schedule sends them to OnEvent, without proof of their origin: any caller of the function can send any
event. The state machine sends them to IsComplete, with the members that OnEvent has added.
"""

from collections.abc import Iterator
from typing import Final

from personalize_import_handler.cloudformation import events
from personalize_import_handler.cloudformation.events import Event
from personalize_import_handler.contract import RESOURCE_TYPE, TIMEOUT_SECONDS_MIN, constraints, refresh_event
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.contract.refresh_event import RefreshEvent
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.request.refresh_request import requested_time

_MEMBERS: Final = frozenset(RefreshEvent.__annotations__)
_TIME_ALLOWED: Final = "a time such as 2026-11-28T03:00:00Z, as EventBridge sends it"
_TIMES: Final = (1e9, 1e10)
"""The times with ten digits, which the names of executions contain: 2001 to 2286."""
_QUIET_ALLOWED: Final = (
    f"0 or a whole number of seconds from {refresh_event.QUIET_SECONDS_MIN} to {refresh_event.QUIET_SECONDS_MAX}"
)
_TIMEOUT_ALLOWED: Final = f"a whole number of seconds from {TIMEOUT_SECONDS_MIN} to {refresh_event.TIMEOUT_SECONDS_MAX}"


class NotARefreshError(ValueError):
    """The event of a refresh is malformed, so no execution can be started for it."""


def parse_refresh(event: Event) -> Event:
    """Return the members of an event that a trigger sends, without others; raise `NotARefreshError`."""
    if problems := [*_problems(event)]:
        raise NotARefreshError(f"not a refresh: {'; '.join(problems)}")
    return {name: value for name, value in event.items() if name in _MEMBERS}


def check_poll(event: Event) -> None:
    """Raise `ImportFailedError` if the state machine can't have sent an event."""
    if problems := _problems_of_poll(event):
        raise ImportFailedError(f"{'; '.join(problems)}. The refresh was rejected, and nothing was changed.")


def _problems_of_poll(event: Event) -> list[str]:
    problems = [*_problems(event), *events.problems_of_execution(event)]
    progress = event.get(events.PROGRESS)
    if not isinstance(progress, dict):
        return [*problems, violation(events.PROGRESS, progress, "an object, as OnEvent passes it")]
    return [*problems, *events.problems_of_progress(events.PROGRESS, progress)]


def _problems(event: Event) -> Iterator[str]:
    """Yield the problems with the members that a trigger sends; properties are parsed later."""
    if missing := _MEMBERS - event.keys():
        yield f"{', '.join(sorted(missing))} missing"
        return
    if event["ResourceType"] != RESOURCE_TYPE:
        yield violation("ResourceType", event["ResourceType"], RESOURCE_TYPE)
    yield from events.STACK_ID.check("StackId", event["StackId"])
    yield from constraints.LOGICAL_ID.check("LogicalResourceId", event["LogicalResourceId"])
    yield from events.problems_of_physical_id(event["PhysicalResourceId"])
    if not _is_time(event["RequestedAt"]):
        yield violation("RequestedAt", event["RequestedAt"], _TIME_ALLOWED)
    quiet, timeout = event["QuietSeconds"], event["TimeoutSeconds"]
    shortest, longest = refresh_event.QUIET_SECONDS_MIN, refresh_event.QUIET_SECONDS_MAX
    if not (_is_within(quiet, 0, 0) or _is_within(quiet, shortest, longest)):
        yield violation("QuietSeconds", quiet, _QUIET_ALLOWED)
    if not _is_within(timeout, TIMEOUT_SECONDS_MIN, refresh_event.TIMEOUT_SECONDS_MAX):
        yield violation("TimeoutSeconds", timeout, _TIMEOUT_ALLOWED)
    if not isinstance(event["Always"], bool):
        yield violation("Always", event["Always"], "true or false")
    if not isinstance(event["ResourceProperties"], dict):
        yield violation("ResourceProperties", event["ResourceProperties"], "an object")


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and _TIMES[0] <= requested_time(value) < _TIMES[1]
    except ValueError:
        return False


def _is_within(value: object, lowest: int, highest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
