"""The state machine that polls: start an execution for a request, and list the others.

Its executions are the only state that the functions share. The execution name is derived from the request, so a request
starts only one execution even if its event is delivered twice. All names for one resource have the same prefix.
"""

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any, Final

import boto3

from personalize_import_handler.aws.calls import CLIENT_CONFIG, call_service, paginate
from personalize_import_handler.aws.error_codes import is_retryable
from personalize_import_handler.cloudformation.events import RECEIVED_AT, STATE_MACHINE_ARN
from personalize_import_handler.contract import Environment, refresh_event
from personalize_import_handler.errors import NameTakenError, RefusedError
from personalize_import_handler.request import request_time
from personalize_import_handler.request.execution import (
    LIST_EXECUTIONS,
    Execution,
    Standing,
    hash_of,
    import_part,
    imports_ahead,
    refresh_name_of,
    resource_hash,
)
from personalize_import_handler.request.refresh_request import refresh_execution_name, requested_time, window_of

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

logger = logging.getLogger(__name__)

_REQUEST_HASH_LENGTH: Final = 20
"""The requests for one resource differ; a name has at most 80 characters."""
_RETRY_PAUSES: Final = (5, 10, 20, 40, 45)
_WAITED: Final = re.compile("[0-9]{1,6}")
_SIGNED: Final = re.compile("[^-]*-.*-([0-9]{10})")
_CLOCKS_DIFFER_SECONDS: Final = 5
_EXECUTIONS_PER_PAGE: Final = 1000
_EXECUTIONS_MAX: Final = 10_000
"""More than a provider starts in a few hours, even if each upload is an execution; the list covers 90 days."""


def execution_name(event: Mapping[str, Any]) -> str:
    """Return the name of the execution for a request; it is the same if the request is delivered twice.

    A rollback may have the RequestId of the request that it undoes, but never the same ResponseURL. The name ends with
    the time at which that URL was signed, if the URL contains it. The name for a refresh contains its time window.
    """
    if event["RequestType"] == refresh_event.REQUEST_TYPE:
        window = window_of(requested_time(event["RequestedAt"]), event["QuietSeconds"])
        return refresh_execution_name(event["StackId"], event["LogicalResourceId"], window, always=event["Always"])
    request_hash = hash_of(event["RequestId"], event["ResponseURL"])[:_REQUEST_HASH_LENGTH]
    name = f"{_resource_hash(event)}-{request_hash}{_import_part(event)}"
    signed_at = request_time.signed_at(event["ResponseURL"])
    return name if signed_at is None else f"{name}-{signed_at:.0f}"


def start_polling(event: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Start the execution that polls for the request, unless it was started before.

    The call is retried for two minutes, because no poll can do that yet: Step Functions may be busy, and the function's
    own role may be seconds old, see `error_codes`. Raise `RefusedError` after that, or at once if a retry can't
    help.
    """
    slept = 0
    for seconds in _RETRY_PAUSES:
        try:
            return _start(event)
        except RefusedError as refused:
            if not is_retryable(refused, slept):
                raise
            logger.info("Retrying later: %s", refused)
            sleep(seconds)
            slept += seconds
    return _start(event)


def standing(event: Mapping[str, Any]) -> Standing:
    """Return the standing of a request among the executions; raise `BusyError` or `RefusedError`."""
    return standing_among(event, _list_all(event))


def standing_among(event: Mapping[str, Any], executions: Sequence[Execution]) -> Standing:
    """Return whether there is a later request for the same resource, and how many imports are ahead.

    CloudFormation sends one request at a time for a resource. If it sends another before it has received a response, it
    has cancelled the first one or timed out. A job that is started after that would not be monitored by any stack.
    """
    own_name, resource = execution_name(event), _resource_hash(event)
    of_resource = [each for each in executions if each.name.startswith(resource)]
    return Standing(has_later_request(own_name, of_resource), imports_ahead(own_name, executions))


def has_later_request(own_name: str, executions: Iterable[Execution]) -> bool:
    """Return whether one of a resource's executions is for a later request than the one with the given name.

    A refresh is no request of CloudFormation. The order of the executions doesn't help, because executions that have
    ended may be sorted by their end time.
    """
    start_times = {each.name: each.started_at for each in executions if refresh_name_of(each.name) is None}
    if own_name not in start_times:
        return False
    own = (own_name, start_times[own_name])
    return any(_is_later(other, own) for other in start_times.items())


def list_executions(event: Mapping[str, Any]) -> list[Execution]:
    """Return the executions for the event's resource that may matter to it; raise `BusyError` or `RefusedError`."""
    resource = _resource_hash(event)
    return [each for each in _list_all(event) if each.name.startswith(resource)]


def _list_all(event: Mapping[str, Any]) -> list[Execution]:
    """Return the executions of all resources that may matter to an event.

    The list begins with the latest ones, by their start or their end. Those that ended before any that can matter are
    not requested, because a provider may have thousands of executions for uploads. A throttled page isn't requested
    again: the next poll lists the executions, and hundreds of wait chains may do so at the same time.
    """
    oldest = _oldest_end(event)
    fetch = partial(
        _client().list_executions, stateMachineArn=event[STATE_MACHINE_ARN], maxResults=_EXECUTIONS_PER_PAGE
    )
    pages = paginate(LIST_EXECUTIONS, fetch, {"nextToken": "nextToken"}, pauses=())
    listed = islice(chain.from_iterable(page["executions"] for page in pages), _EXECUTIONS_MAX)
    return [
        Execution(execution["name"], execution["startDate"], execution["status"] == "RUNNING")
        for execution in takewhile(lambda each: _last_date(each) >= oldest, listed)
    ]


def _oldest_end(event: Mapping[str, Any]) -> float:
    """Return when the executions that may matter to an event can have ended at the earliest, in epoch seconds.

    A later request may have been delivered earlier. A refresh depends on those that are running.
    """
    is_refresh = event["RequestType"] == refresh_event.REQUEST_TYPE
    seconds = refresh_event.EXECUTION_SECONDS_MAX if is_refresh else request_time.EVENT_AGE_SECONDS_MAX
    return float(event.get(RECEIVED_AT, 0)) - seconds


def _last_date(execution: "ExecutionListItemTypeDef") -> float:
    return execution.get("stopDate", execution["startDate"]).timestamp()


def _is_later(one: tuple[str, "datetime"], other: tuple[str, "datetime"]) -> bool:
    """Return whether the first request is later, by the dates of their URLs, otherwise by their execution starts.

    The start times are not sufficient, because Lambda may reorder events, for example when it throttles one.
    """
    signed, other_signed = _SIGNED.fullmatch(one[0]), _SIGNED.fullmatch(other[0])
    seconds = int(signed[1]) - int(other_signed[1]) if signed and other_signed else 0
    return seconds > 0 if abs(seconds) > _CLOCKS_DIFFER_SECONDS else one[1] > other[1]


def _start(event: Mapping[str, Any]) -> None:
    state_machine_arn = os.environ[Environment.STATE_MACHINE_ARN]
    start = partial(
        _client().start_execution,
        stateMachineArn=state_machine_arn,
        name=execution_name(event),
        input=json.dumps({**event, STATE_MACHINE_ARN: state_machine_arn}),
    )
    with suppress(NameTakenError):
        call_service("StartExecution", start)


def _import_part(event: Mapping[str, Any]) -> str:
    """Return the part of the name for an import; empty for a Delete or any other resource, which need no job."""
    properties = event.get("ResourceProperties", {})
    if event["RequestType"] == "Delete" or "DatasetArn" not in properties:
        return ""
    waited = str(properties.get("WaitedSeconds", 0))
    return import_part(str(properties["DatasetArn"]), int(waited) if _WAITED.fullmatch(waited) else 0)


def _resource_hash(event: Mapping[str, Any]) -> str:
    return resource_hash(event["StackId"], event["LogicalResourceId"])


@cache
def _client() -> "SFNClient":
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)
