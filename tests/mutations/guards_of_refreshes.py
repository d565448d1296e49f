"""Guards of the events of refreshes, their windows, names and turns, and of the ends of their executions."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_event: Final = partial(Patch, "refresh/refresh_events.py", "handler/refresh/test_refresh_events.py")
_dispatched: Final = partial(Patch, "functions.py", "handler/refresh/test_refreshes.py")
_loaded: Final = partial(Patch, "functions.py", "handler/cloudformation/test_entry_points.py")
_end: Final = partial(Patch, "refresh/result.py", "handler/refresh/test_refreshes.py")
_name: Final = partial(Patch, "request/refresh_request.py", "handler/request/test_refresh_request.py")
_part: Final = partial(Patch, "request/execution.py", "handler/request/test_refresh_request.py")
_poll: Final = partial(Patch, "refresh/refreshes.py", "handler/refresh/test_refreshes.py")
_received: Final = partial(Patch, "refresh/refreshes.py", "handler/refresh/test_refresh_events.py")
_settled: Final = partial(Patch, "aws/stacks.py", "handler/aws/test_stacks_client.py")
_started: Final = partial(Patch, "cloudformation/state_machine.py", "handler/request/test_refresh_request.py")
_turn: Final = partial(Patch, "refresh/turn.py", "handler/refresh/test_turn.py")

GUARDS: Final = (
    # In `functions`
    _dispatched(
        "OnEvent starts refreshes",
        "        if events.is_refresh(event):\n            self._refreshes().receive(event)\n            return\n",
        "",
    ),
    _dispatched(
        "IsComplete polls refreshes",
        "        if events.is_refresh(event):\n            return self._refreshes().poll(event)\n",
        "",
    ),
    _loaded(
        "modules of refreshes are not loaded for requests",
        "from personalize_import_handler.request.execution import Execution\n",
        "from personalize_import_handler.refresh import refreshes\n"
        "from personalize_import_handler.request.execution import Execution\n",
    ),
    # In `refresh_events`
    _event("a refresh has all members", "if missing := _MEMBERS - event.keys():", "if missing := set():"),
    _event(
        "what no trigger sends is removed from the event of a refresh",
        "for name, value in event.items() if name in _MEMBERS}",
        "for name, value in event.items()}",
    ),
    _event(
        "a malformed refresh starts no execution", "    if problems := [*_problems(event)]:", "    if problems := []:"
    ),
    _event("a refresh is of an import", 'if event["ResourceType"] != RESOURCE_TYPE:', "if False:"),
    _event(
        "the stack of a refresh is one",
        'yield from events.STACK_ID.check("StackId", event["StackId"])',
        "yield from ()",
    ),
    _event(
        "the logical id of a refresh is one",
        'yield from constraints.LOGICAL_ID.check("LogicalResourceId", event["LogicalResourceId"])',
        "yield from ()",
    ),
    _event(
        "the physical id of a refresh is one",
        'yield from events.problems_of_physical_id(event["PhysicalResourceId"])',
        "yield from ()",
    ),
    _event("the time of a refresh is one", 'if not _is_time(event["RequestedAt"]):', "if False:"),
    _event(
        "the time of a refresh has ten digits",
        "_TIMES[0] <= requested_time(value) < _TIMES[1]",
        "requested_time(value) > -1",
    ),
    _event("a quiet period has limits", "or _is_within(quiet, shortest, longest)):", "or quiet is not None):"),
    _event("there may be no quiet period", "(_is_within(quiet, 0, 0) or ", "("),
    _event("a refresh has a bounded timeout", "    if not _is_within(timeout", "    if False and not (timeout"),
    _event("a limit itself is allowed", "lowest <= value <= highest", "lowest < value < highest"),
    _event("a number of seconds is no boolean", "not isinstance(value, bool) and lowest", "lowest"),
    _event("always is true or false", 'if not isinstance(event["Always"], bool):', "if False:"),
    _event(
        "the properties of a refresh are an object",
        'if not isinstance(event["ResourceProperties"], dict):',
        "if False:",
    ),
    _event(
        "the poll of a refresh comes from a state machine",
        "[*_problems(event), *events.problems_of_execution(event)]",
        "[*_problems(event)]",
    ),
    _event(
        "the event of a poll is as strict as that of a trigger",
        "[*_problems(event), *events.problems_of_execution(event)]",
        "[*events.problems_of_execution(event)]",
    ),
    _event("the progress of a refresh is an object", "    if not isinstance(progress, dict):", "    if False:"),
    _event(
        "the progress of a refresh has its rules",
        "[*problems, *events.problems_of_progress(events.PROGRESS, progress)]",
        "problems",
    ),
    # In `refreshes`
    _received("the poll of a refresh is checked", "            refresh_events.check_poll(event)\n", ""),
    _poll(
        "an execution begins with its quiet period", '"WaitSeconds": wait_seconds(window, now)}', '"WaitSeconds": 0}'
    ),
    _poll("a failure is the cause", "            reason = str(failure)\n", '            reason = "failed"\n'),
    _poll("a bug fails the refresh", "except Exception as error:", "except ZeroDivisionError as error:"),
    _poll("a failure is logged", '        logger.error("The refresh has failed: %s", reason)\n', ""),
    _poll("each poll passes on its progress", "data = outcome.progress.to_data()", "data = progress.to_data()"),
    _poll(
        "a poll has the time until the next one",
        '"IsComplete": False, "WaitSeconds": outcome.wait_seconds}',
        '"IsComplete": False, "WaitSeconds": 0}',
    ),
    # In `result`
    _end("a failure fails the execution", ', "Error": ERROR, "Cause": cause}', "}"),
    _end("a cause is printable and short", "printable(reason)[:_CAUSE_LENGTH_MAX]", "reason[:_CAUSE_LENGTH_MAX]"),
    _end("a cause has a bounded length", "printable(reason)[:_CAUSE_LENGTH_MAX]", "printable(reason)"),
    _end("a result has the number of files", "    if progress.files_imported:\n", "    if False:\n"),
    # In `refresh_request` and `execution`
    _name("a window has a width", "max(1, math.ceil", "max(0, math.ceil"),
    _name(
        "a window begins at a multiple of its width", "math.floor(requested_at / width) * width", "int(requested_at)"
    ),
    _name(
        "a refresh starts after the quiet period of the last upload",
        "return self.start + self.width + self.quiet_seconds",
        "return self.start + self.quiet_seconds",
    ),
    _name("without a quiet period there is no wait", "    if not window.quiet_seconds:\n", "    if False:\n"),
    _name("a late event waits no longer", "min(max(0, math.ceil(", "min(max(1, math.ceil("),
    _name("a wait has a limit", ", window.width + window.quiet_seconds)", ", 10**12)"),
    _name("triggers with `always` have other executions", '"a" if always else ""', '""'),
    _name(
        "triggers with another quiet period have other executions",
        "-refresh-{window.quiet_seconds}{suffix}",
        "-refresh-0{suffix}",
    ),
    _name("a later window has another execution", "-{window.start:010}", "-{0:010}"),
    _name(
        "a resource has other refreshes than others", "{resource_hash(stack_id, logical_id)}", "{resource_hash('', '')}"
    ),
    _name(
        "properties that a refresh doesn't use are removed",
        'for name, value in event["ResourceProperties"].items() if name not in UNUSED_PROPERTIES}',
        'for name, value in event["ResourceProperties"].items()}',
    ),
    _name("a refresh has the timeout of its trigger", '._replace(timeout_seconds=event["TimeoutSeconds"])', ""),
    _part(
        "the name of a request is none of a refresh",
        "    return RefreshName(",
        "    return RefreshName('0', 0) if not refresh else RefreshName(",
    ),
    _started(
        "the execution of a refresh has its own kind of name",
        '    if event["RequestType"] == refresh_event.REQUEST_TYPE:\n',
        "    if False:\n",
    ),
    # In `turn`
    _turn(
        "a request is not before a refresh",
        "    if refresh is None:\n        return None\n",
        "    if refresh is None:\n        return _Place(0, name, '', 0)\n",
    ),
    _turn("a later refresh of another trigger imports as well", "if place > own and place.trigger == own", "if own"),
    _turn("a refresh is left to a later one", "    if later and (", "    if False and ("),
    _turn("a refresh that waits is left to a later one", "(waits or own.quiet_seconds or", "(own.quiet_seconds or"),
    _turn("an upload starts the quiet period again", "(waits or own.quiet_seconds or", "(waits or"),
    _turn("a late event is left to a later one", " or _is_late(own_name, later, executions))", ")"),
    _turn(
        "a refresh that is due is not left to a later one",
        "(waits or own.quiet_seconds or _is_late(own_name, later, executions))",
        "True",
    ),
    _turn("an execution that isn't listed is late", "return started_at is None or any", "return started_at and any"),
    _turn("a refresh waits for an earlier one", "any(place < own and other.is_running", "any(False"),
    _turn("a refresh doesn't wait for one that has ended", "any(place < own and other.is_running", "any(place < own"),
    _turn(
        "a refresh doesn't wait for one in its quiet period",
        "_Place(Window(refresh.window_start, quiet_seconds).due_at, name",
        "_Place(refresh.window_start, name",
    ),
    # In `stacks`
    _settled("a stack whose update was undone is settled", '"UPDATE_ROLLBACK_COMPLETE"),', "),"),
    _settled(
        "a stack that changes is not settled", "return self.status in _SETTLED", 'return "COMPLETE" in self.status'
    ),
)
