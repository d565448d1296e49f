"""The state machine that polls: hand a request over to it, and ask it for later ones.

Its executions are the one memory that the functions share. A request's execution has a name of its own, so the request
is handed over once, however often its event comes; and the names of all requests for one resource begin alike.
"""

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import boto3

from personalize_import_handler.aws import fresh_permissions
from personalize_import_handler.aws.calls import CLIENT_CONFIG, call_service, paginate
from personalize_import_handler.cloudformation.events import STATE_MACHINE_ARN
from personalize_import_handler.contract import Environment
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.request import request_time

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 40, 45)
_SIGNED: Final = re.compile("[^-]*-.*-([0-9]{10})")
_CLOCKS_DIFFER_SECONDS: Final = 5
_STARTED_ALREADY: Final = "ExecutionAlreadyExists"
_HASH_LENGTH: Final = 32
_EXECUTIONS_MAX: Final = 1000
"""More than a provider begins in the hours for which a request can wait; the list goes 90 days back."""


def execution_name(event: Mapping[str, Any]) -> str:
    """Name the execution that answers a request: the same request, delivered twice, has but one.

    A rollback may come with the RequestId of the request that it undoes, but never with its ResponseURL. The name ends
    in the time at which that URL was signed, if that is known.
    """
    name = f"{_resource_hash(event)}-{_hash(event['RequestId'], event['ResponseURL'])}"
    signed_at = request_time.signed_at(event["ResponseURL"])
    return name if signed_at is None else f"{name}-{signed_at:.0f}"


def start_polling(event: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Start the execution that polls until the request can be answered, unless it has been started before.

    Retried for two minutes, because no poll could do so yet: Step Functions may be busy, and the function's own role
    may be seconds old, see `fresh_permissions`. Raise `RefusedError` after that, or at once if no retry can help.
    """
    slept = 0
    for seconds in _SECONDS_BETWEEN_TRIES:
        try:
            return _start(event)
        except RefusedError as refused:
            if not (isinstance(refused, BusyError) or fresh_permissions.may_become_effective(refused, slept)):
                raise
            logger.info("Retrying later: %s", refused)
            sleep(seconds)
            slept += seconds
    return _start(event)


def is_superseded(event: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> bool:
    """Return whether a later request has come for the same resource; raise `BusyError` or `RefusedError`.

    CloudFormation makes one request at a time for a resource. If it makes another before it was answered, it has
    cancelled the first, or has waited too long for it, and nobody would know of a job that is started after that.
    """
    return has_later_request(execution_name(event), dict(_executions_of(event, sleep)))


def has_later_request(own_name: str, begun: Mapping[str, "datetime"]) -> bool:
    """Return whether a resource has a later request than the one of an execution; `begun` has their starts by name.

    The order of the list is no help, for executions that have ended may be listed by their end.
    """
    if own_name not in begun:
        return False
    own = (own_name, begun[own_name])
    return any(_is_later(other, own) for other in begun.items())


def _is_later(one: tuple[str, "datetime"], other: tuple[str, "datetime"]) -> bool:
    """Compare two requests by the signatures of their URLs, and by the starts of their executions.

    The starts alone would not do: Lambda may deliver events in another order, as one that it has throttled waits.
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
    try:
        call_service("StartExecution", start)
    except RefusedError as refused:
        if refused.code != _STARTED_ALREADY:
            raise


def _executions_of(event: Mapping[str, Any], sleep: Callable[[float], None]) -> Iterator[tuple[str, "datetime"]]:
    """Yield when each of the latest requests for the event's resource was handed over, by name."""
    resource = _resource_hash(event)
    fetch = partial(_client().list_executions, stateMachineArn=event[STATE_MACHINE_ARN], maxResults=_EXECUTIONS_MAX)
    listed = paginate("ListExecutions", fetch, {"nextToken": "nextToken"}, sleep)
    for execution in islice(chain.from_iterable(page["executions"] for page in listed), _EXECUTIONS_MAX):
        if execution["name"].startswith(resource):
            yield execution["name"], execution["startDate"]


def _resource_hash(event: Mapping[str, Any]) -> str:
    return _hash(event["StackId"], event["LogicalResourceId"])


def _hash(*texts: str) -> str:
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()[:_HASH_LENGTH]


@cache
def _client() -> "SFNClient":
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)
