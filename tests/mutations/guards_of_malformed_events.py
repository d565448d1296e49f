"""Guards of rejecting malformed events."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_read: Final = partial(Patch, "cloudformation/events.py", "handler/cloudformation/test_malformed_events.py")
_delivery: Final = partial(Patch, "cloudformation/events.py", "handler/cloudformation/test_delivery.py")
_refuse: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/cloudformation/test_malformed_events.py")

GUARDS: Final = (
    # In `events`
    _delivery(
        "an event that is no request has no response",
        "if missing := _REQUIRED - event.keys():",
        "if missing := set():",
    ),
    _delivery("what has no RequestType is no request", 'frozenset({"RequestType", "Resp', 'frozenset({"Resp'),
    _delivery("what has no ResponseURL is no request", ', "ResponseURL", *_IDENT', ", *_IDENT"),
    _delivery("what has no StackId is no request", '("StackId", "RequestId", "Log', '("RequestId", "Log'),
    _delivery("what has no RequestId is no request", '"RequestId", "LogicalResourceId")', '"LogicalResourceId")'),
    _delivery("what has no LogicalResourceId is no request", '"RequestId", "LogicalResourceId")', '"RequestId")'),
    _read("what is not an object is no request", "if not isinstance(event, dict):", "if event is None:"),
    _read(
        "an event without an HTTPS URL has no response",
        'if not responses.is_response_url(event["ResponseURL"]):',
        "if False:",
    ),
    _read(
        "members that a response repeats are strings",
        "if not isinstance(event[name], str) or not event[name]:",
        "if not event[name]:",
    ),
    _read("members that a response repeats are not empty", " or not event[name]:", ":"),
    _read(
        "what only the state machine sends is left out of a request",
        "_answerable(event).items() if name in _MEMBERS}",
        "_answerable(event).items()}",
    ),
    _read("a request type is one of three", 'if event["RequestType"] not in _REQUEST_TYPES:', "if False:"),
    _read("a stack id is an ARN", 'yield from STACK_ID.check("StackId", event["StackId"])', "pass"),
    _read("a stack id has a name", "stack/[a-zA-Z][a-zA-Z0-9-]*/", "stack/[a-zA-Z0-9-]*/"),
    _read("a request id is ASCII", 'yield from _REQUEST_ID.check("RequestId", event["RequestId"])', "pass"),
    _read(
        "a logical id is one",
        'yield from constraints.LOGICAL_ID.check("LogicalResourceId", event["LogicalResourceId"])',
        "pass",
    ),
    _read(
        "a physical id is a string",
        "if not isinstance(given, str) or len(given) > _PHYSICAL_ID_LENGTH_MAX:",
        "if len(given or []) > _PHYSICAL_ID_LENGTH_MAX:",
    ),
    _read("a physical id has a length", " or len(given) > _PHYSICAL_ID_LENGTH_MAX:", ":"),
    _read("properties are an object", "if not isinstance(event.get(name, {}), dict):", "if False:"),
    _read("a poll was passed on", "if event.get(POLLING) is not True:", "if False:"),
    _read("a poll has a time", "if RECEIVED_AT in event and not _is_number(event[RECEIVED_AT]):", "if False:"),
    _read(
        "a poll comes from a state machine",
        "yield from _STATE_MACHINE.check(STATE_MACHINE_ARN, event.get(STATE_MACHINE_ARN))",
        "pass",
    ),
    _read("what a poll notes is an object", "not isinstance(data, dict) or not isinstance", "not isinstance"),
    _read("a poll carries no attributes", " or data.keys() - BOOKKEEPING:", ":"),
    _read("a member of a later version has no rule", "        if name in PROGRESS_RULES:\n", "        if True:\n"),
    Patch(
        *("request/outcome.py", "handler/cloudformation/test_malformed_events.py"),
        "a member of a later version is not read",
        " if name in cls._fields",
        "",
    ),
    _read(
        "what must be noted is not null", "value is None and Progress._field_defaults[name] is None", "value is None"
    ),
    _read(
        "what is recorded as a string has its form",
        '        yield from rule.check(f"{label}: {name}", value)',
        "        pass",
    ),
    _read("what is recorded has its type", "    elif not _KINDS[rule].test(value):\n", "    elif False:\n"),
    _read("a count is not negative", " and value >= 0", ""),
    _read("a count is whole", "isinstance(value, int) and _is_number(value)", "_is_number(value)"),
    _read("a boolean is no number", " and not isinstance(value, bool)", ""),
    _read("a number is finite", " and -_NUMBER_MAX <= value <= _NUMBER_MAX", ""),
    _read(
        "a refused Create has no id yet",
        'is_given = event["RequestType"] != "Create" and isinstance',
        "is_given = isinstance",
    ),
    # In `custom_resource`
    _refuse(
        "the response to a rejected event has an id", "return self._rejected_id or resource_of", "return resource_of"
    ),
    _refuse(
        "a refusal has no attributes",
        "self._rejected_id = {}, None, events",
        "self._rejected_id = self.Data, None, events",
    ),
)
