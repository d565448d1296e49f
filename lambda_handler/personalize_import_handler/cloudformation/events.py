"""Check the events of the functions before they are processed.

A caller that may invoke the functions can send any event. If a response can be sent, it lists all problems.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeGuard

from personalize_import_handler.cloudformation import responses
from personalize_import_handler.contract import DATA_LOCATION_LENGTH_MAX, constraints, refresh_event
from personalize_import_handler.contract.constraints import TextRule, violation
from personalize_import_handler.request.outcome import REFUSAL_LENGTH_MAX, Progress

Event = dict[str, Any]
"""A request of CloudFormation; in a poll, with the data of crhelper added."""

POLLING: Final = "CrHelperPoll"
DATA: Final = "CrHelperData"
PROGRESS: Final = "Progress"
RECEIVED_AT: Final = "ReceivedAt"
"""When OnEvent received the event, by the functions' clock."""
STATE_MACHINE_ARN: Final = "StateMachineArn"
BOOKKEEPING: Final = frozenset({PROGRESS, "PhysicalResourceId"})
"""The members of crhelper's data in a poll that are not attributes."""

_REQUEST_TYPES: Final = ("Create", "Update", "Delete")
_IDENTIFYING: Final = ("StackId", "RequestId", "LogicalResourceId")
"""The members that a response repeats."""
_REQUIRED: Final = frozenset({"RequestType", "ResponseURL", *_IDENTIFYING})
_MEMBERS: Final = _REQUIRED | {
    *("ServiceToken", "ResourceType", "PhysicalResourceId", "ResourceProperties", "OldResourceProperties")
}
_PHYSICAL_ID_LENGTH_MAX: Final = 1024
_NUMBER_MAX: Final = 1e12
_OBJECT: Final = "an object"

_REQUEST_ID: Final = TextRule("a string of 1 to 128 ASCII characters without spaces", "[!-~]+", 128)
STACK_ID: Final = TextRule(
    "the ARN of a stack such as arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/6c81e0f0",
    r"arn:[a-z0-9-]+:cloudformation:[a-z0-9-]+:[0-9]{12}:stack/[a-zA-Z][a-zA-Z0-9-]*/[a-zA-Z0-9-]+",
    512,
)
_STATE_MACHINE: Final = TextRule(
    "the ARN of the state machine that polls",
    r"arn:[a-z0-9-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[a-zA-Z0-9_-]+",
    512,
)
_STACK_NAME: Final = TextRule("the name of a stack such as shop", r"[a-zA-Z][a-zA-Z0-9-]*", 128)
FILE_NAME: Final = TextRule("the name of a file", r"[^\x00-\x1f\x7f\ud800-\udfff]+", DATA_LOCATION_LENGTH_MAX)
_FILE_DIGEST: Final = TextRule("u and 11 hexadecimal digits", "u[0-9a-f]{11}", 12)
_FINGERPRINT: Final = TextRule("a fingerprint of 32 hexadecimal digits", "[0-9a-f]{32}", 32)
_REFUSAL: Final = TextRule("the message of a service", r"[^\x00-\x1f\x7f\ud800-\udfff]+", REFUSAL_LENGTH_MAX)
PROGRESS_RULES: Final[Mapping[str, TextRule | type[bool | float]]] = {
    "started_at": float,
    "attempt": int,
    "dataset_import_job_arn": constraints.DATASET_IMPORT_JOB_ARN,
    "tags_due": bool,
    "data_fingerprint": _FINGERPRINT,
    "files_copied": int,
    "prepared": bool,
    "repeated": constraints.DATASET_IMPORT_JOB_ARN,
    "repeat_attempt": int,
    "repeat_started": bool,
    "published_status": constraints.STATUS,
    "publishing_failed": bool,
    "root_stack_name": _STACK_NAME,
    "files_fingerprint": _FINGERPRINT,
    "file_name": FILE_NAME,
    "file_digest": _FILE_DIGEST,
    "files_imported": int,
    "polls": int,
    "imports_ahead": int,
    "moved_at": float,
    "refusal": _REFUSAL,
    "usual_seconds": int,
    "url_signed_at": float,
    "age_seconds": float,
}
"""The type or rule of each member of `Progress`; members with None as their default may be null."""


class NotARequestError(ValueError):
    """The event lacks members that a response needs, so no response can be sent."""


class ParsedEvent(NamedTuple):
    """An event and the reason to reject it; the reason is empty for a valid event."""

    event: Event
    rejection: str


def is_refresh(event: object) -> TypeGuard[Event]:
    """Return whether an event is the one of a refresh, not a request; see `refresh.refresh_events`."""
    return isinstance(event, dict) and event.get("RequestType") == refresh_event.REQUEST_TYPE


def parse_event(event: object) -> ParsedEvent:
    """Return the members of a request that CloudFormation sends; raise `NotARequestError`.

    Other members, such as the data of a poll, are removed: CloudFormation never sends them, so they would be forged.
    """
    request = {name: value for name, value in _answerable(event).items() if name in _MEMBERS}
    return ParsedEvent(request, _rejection(_request_problems(request)))


def parse_poll(event: object) -> ParsedEvent:
    """Return a poll, as OnEvent passed it to the state machine; raise `NotARequestError`."""
    poll = _answerable(event)
    return ParsedEvent(poll, _rejection([*_request_problems(poll), *_poll_problems(poll)]))


def resource_id_in(event: Event) -> str:
    """Return the physical id for the response to a rejected event."""
    given = event.get("PhysicalResourceId")
    is_given = event["RequestType"] != "Create" and isinstance(given, str) and 0 < len(given) <= _PHYSICAL_ID_LENGTH_MAX
    return str(given) if is_given else str(event["LogicalResourceId"])


def _answerable(event: object) -> Event:
    """Return an event whose members are sufficient for a response; raise `NotARequestError` for any other."""
    if not isinstance(event, dict):
        raise NotARequestError(f"not a CloudFormation request: {violation('the event', type(event).__name__, _OBJECT)}")
    if missing := _REQUIRED - event.keys():
        raise NotARequestError(f"not a CloudFormation request: {', '.join(sorted(missing))} missing")
    if not responses.is_response_url(event["ResponseURL"]):  # the URL is a credential, so no message contains it
        message = f"ResponseURL must be {responses.RESPONSE_URL_ALLOWED}"
        raise NotARequestError(f"not a CloudFormation request: {message}")
    for name in _IDENTIFYING:
        if not isinstance(event[name], str) or not event[name]:
            message = violation(name, event[name], "a string that is not empty")
            raise NotARequestError(f"not a CloudFormation request: {message}")
    return event


def _rejection(problems: Iterable[str]) -> str:
    text = "; ".join(problems)
    return text and f"{text}. The request was rejected, and nothing was changed."


def _request_problems(event: Event) -> Iterator[str]:
    if event["RequestType"] not in _REQUEST_TYPES:
        yield violation("RequestType", event["RequestType"], "Create, Update or Delete")
    yield from STACK_ID.check("StackId", event["StackId"])
    yield from _REQUEST_ID.check("RequestId", event["RequestId"])
    yield from constraints.LOGICAL_ID.check("LogicalResourceId", event["LogicalResourceId"])
    yield from problems_of_physical_id(
        event.get("PhysicalResourceId", "" if event["RequestType"] == "Create" else None)
    )
    for name in ("ResourceProperties", "OldResourceProperties"):
        if not isinstance(event.get(name, {}), dict):
            yield violation(name, event[name], _OBJECT)


def problems_of_physical_id(given: object) -> Iterator[str]:
    """Yield a problem if a physical id is not one that CloudFormation sends."""
    if not isinstance(given, str) or len(given) > _PHYSICAL_ID_LENGTH_MAX:
        yield violation("PhysicalResourceId", given, f"a string of at most {_PHYSICAL_ID_LENGTH_MAX} characters")


def problems_of_execution(event: Event) -> Iterator[str]:
    """Yield the problems with the members that OnEvent adds to every event when it starts an execution."""
    if RECEIVED_AT in event and not _is_number(event[RECEIVED_AT]):
        yield violation(RECEIVED_AT, event[RECEIVED_AT], "a time in epoch seconds")
    yield from _STATE_MACHINE.check(STATE_MACHINE_ARN, event.get(STATE_MACHINE_ARN))


def problems_of_progress(label: str, progress: Mapping[str, object]) -> Iterator[str]:
    """Yield the problems with the recorded progress; `Progress.from_data` ignores members without a rule."""
    for name, value in progress.items():
        if name in PROGRESS_RULES:
            yield from _progress_problems(label, name, value)


def _poll_problems(event: Event) -> Iterator[str]:
    """Yield the problems with the members that OnEvent and the state machine have added to a request."""
    if event.get(POLLING) is not True:
        yield violation(POLLING, event.get(POLLING), "true, as OnEvent hands it over")
    yield from problems_of_execution(event)
    data = event.get(DATA)
    if not isinstance(data, dict) or not isinstance(data.get(PROGRESS), dict) or data.keys() - BOOKKEEPING:
        yield violation(DATA, data, f"an object with {PROGRESS}, as OnEvent hands it over")
        return
    yield from problems_of_progress(f"{DATA}: {PROGRESS}", data[PROGRESS])


def _progress_problems(label: str, name: str, value: object) -> Iterator[str]:
    rule = PROGRESS_RULES[name]
    if value is None and Progress._field_defaults[name] is None:
        return
    if isinstance(rule, TextRule):
        yield from rule.check(f"{label}: {name}", value)
    elif not _KINDS[rule].test(value):
        yield violation(f"{label}: {name}", value, _KINDS[rule].allowed)


class _Kind(NamedTuple):
    """A type of values other than strings."""

    allowed: str
    test: Callable[[object], bool]


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(value) and value >= 0


def _is_number(value: object) -> bool:
    # Neither NaN nor infinity, which JSON doesn't have but Python's parser accepts.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -_NUMBER_MAX <= value <= _NUMBER_MAX


_KINDS: Final = {
    bool: _Kind("true or false", _is_boolean),
    int: _Kind("a whole number that is not negative", _is_count),
    float: _Kind("a number", _is_number),
}
