"""Guards of starting and listing executions of the state machine."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_client: Final = partial(Patch, "cloudformation/state_machine.py", "handler/cloudformation/test_entry_points.py")
_bound: Final = partial(Patch, "cloudformation/state_machine.py", "handler/cloudformation/test_waiter_bounds.py")
_waiter: Final = partial(Patch, "cloudformation/state_machine.py", "handler/cloudformation/test_waiter.py")
_name: Final = partial(Patch, "request/execution.py", "handler/cloudformation/test_waiter.py")
_REQUESTED: Final = 'hash_of(event["RequestId"], event["ResponseURL"])'
_RESOURCE: Final = 'resource_hash(event["StackId"], event["LogicalResourceId"])'

GUARDS: Final = (
    # In `waiter`: names
    _waiter("another request has another execution", _REQUESTED, 'hash_of(event["ResponseURL"])'),
    _waiter("a rollback with the same RequestId has another execution", _REQUESTED, 'hash_of(event["RequestId"])'),
    _bound("stacks have separate executions", _RESOURCE, 'resource_hash("", event["LogicalResourceId"])'),
    _waiter("resources have separate executions", _RESOURCE, 'resource_hash(event["StackId"], "")'),
    _name("a name has 80 characters at most", "_HASH_LENGTH: Final = 32", "_HASH_LENGTH: Final = 64"),
    # In `waiter`: start
    _waiter(
        "an execution that exists already is no error", "with suppress(NameTakenError):", "with suppress(KeyError):"
    ),
    _waiter(
        "the execution knows its state machine",
        "json.dumps({**event, STATE_MACHINE_ARN: state_machine_arn})",
        "json.dumps(event)",
    ),
    _waiter(
        "a start is tried for two minutes",
        "_RETRY_PAUSES: Final = (5, 10, 20, 40, 45)",
        "_RETRY_PAUSES: Final = (5, 10)",
    ),
    _waiter(
        "a start ends well before its function",
        "_RETRY_PAUSES: Final = (5, 10, 20, 40, 45)",
        "_RETRY_PAUSES: Final = (5, 10, 20, 40, 450)",
    ),
    _bound(
        "what no retry can change is an error at once",
        "if not is_retryable(refused, slept):",
        "if False:",
    ),
    _waiter("tries are ever further apart", "            sleep(seconds)\n", "            sleep(5)\n"),
    # In `waiter`: is_given_up
    _waiter("a refresh gives up no request", " if refresh_name_of(each.name) is None}", "}"),
    _waiter("an earlier request gives up nothing", "else one[1] > other[1]", "else one[1] != other[1]"),
    _waiter(
        "another resource's request gives up nothing",
        "of_resource = [each for each in executions if each.name.startswith(resource)]",
        "of_resource = executions",
    ),
    _waiter("a later request of the resource gives it up", "else one[1] > other[1]", "else one[1] < other[1]"),
    _waiter("a request does not give up itself", "else one[1] > other[1]", "else one[1] >= other[1]"),
    _waiter(
        "a request that isn't listed is not superseded",
        "    if own_name not in start_times:\n        return False\n",
        "    if own_name not in start_times:\n        return True\n",
    ),
    _waiter(
        "an event with a later request is superseded",
        "return seconds > 0 if abs(seconds) > _CLOCKS_DIFFER_SECONDS else one",
        "return one",
    ),
    _waiter(
        "the signature of an earlier request gives up nothing",
        "return seconds > 0 if abs(seconds) >",
        "return True if abs(seconds) >",
    ),
    _waiter("signatures of the same time decide nothing", "_SECONDS: Final = 5", "_SECONDS: Final = 1"),
    _waiter("the time of the signature is in the name", 'else f"{name}-{signed_at:.0f}"', "else name"),
    _bound(
        "the list of executions is read so far and no further",
        "for page in pages), _EXECUTIONS_MAX)\n",
        "for page in pages), None)\n",
    ),
    _waiter(
        "later requests are looked for on many pages",
        "_EXECUTIONS_MAX: Final = 10_000",
        "_EXECUTIONS_MAX: Final = 1",
    ),
    _bound(
        "executions of weeks ago are not listed", "takewhile(lambda each: _last_date(each) >= oldest, listed)", "listed"
    ),
    _bound(
        "a refresh depends on executions of two days",
        "refresh_event.EXECUTION_SECONDS_MAX if is_refresh else request",
        "request",
    ),
    _bound(
        "an execution matters until its end",
        'execution.get("stopDate", execution["startDate"])',
        'execution["startDate"]',
    ),
    _waiter(
        "all pages of executions are read",
        'paginate(LIST_EXECUTIONS, fetch, {"nextToken": "nextToken"}, pauses=())',
        '[call_service("ListExecutions", fetch)]',
    ),
    _waiter(
        "a page of executions that is throttled is not requested again in the same poll",
        '{"nextToken": "nextToken"}, pauses=())',
        '{"nextToken": "nextToken"}, lambda _: None)',
    ),
    _client(
        "the state machine's client has the same bounds",
        'boto3.client("stepfunctions", config=CLIENT_CONFIG)',
        'boto3.client("stepfunctions")',
    ),
)
