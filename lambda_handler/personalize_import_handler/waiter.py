"""The state machine that polls: hand a request over to it, and ask it for later ones.

Its executions are the one memory that the functions share. A request's execution has a name of its own, so the request
is handed over once, however often its event comes; and the names of all requests for one resource begin alike.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from personalize_import_handler.contract import Environment
from personalize_import_handler.personalize import Busy, Refused
from personalize_import_handler.personalize_client import CLIENT_CONFIG

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import PaginatorConfigTypeDef

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 40)
_FOR_GOOD: Final = frozenset(
    {"InvalidArn", "InvalidExecutionInput", "StateMachineDeleting", "StateMachineDoesNotExist"}
)
_DENIED: Final = "AccessDeniedException"
_STATE_MACHINE_ARN: Final = "StateMachineArn"
_HASH_LENGTH: Final = 32
_EXECUTIONS_MAX: Final = 1000
"""More than a provider begins in the hours for which a request can wait; the list goes 90 days back."""


def execution_name(event: Mapping[str, Any]) -> str:
    """Name the execution that answers a request: the same request, delivered twice, has but one.

    A rollback may come with the RequestId of the request that it undoes, but never with its ResponseURL.
    """
    return f"{_resource_hash(event)}-{_hash(event['RequestId'], event['ResponseURL'])}"


def start_waiting(event: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Start the execution that polls until the request can be answered, unless it has been started before.

    Tried for more than a minute, for there is no poll yet that could try again: Step Functions may be busy, and the
    function's own permission may be seconds old, see `fresh_permissions`.
    """
    for seconds in _SECONDS_BETWEEN_TRIES:
        try:
            return _start(event)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response["Error"].get("Code") in _FOR_GOOD:
                raise
            logger.info("Not yet: %s", error)
            sleep(seconds)
    return _start(event)


def is_given_up(event: Mapping[str, Any]) -> bool:
    """Say whether a later request has come for the same resource; raise `Busy` or `Refused`.

    CloudFormation makes one request at a time for a resource. If it makes another before it was answered, it has
    cancelled the first, or has waited too long for it, and nobody would know of a job that is started after that.
    """
    try:
        begun = dict(_executions_of(event))
    except ClientError as error:
        code, message = (
            error.response["Error"].get("Code", "Unknown"),
            error.response["Error"].get("Message", str(error)),
        )
        raise (Refused if code == _DENIED else Busy)("ListExecutions", code, message) from error
    except BotoCoreError as error:
        raise Busy("ListExecutions", type(error).__name__, str(error)) from error
    # The order of the list is no help, for executions that have ended may be listed by their end.
    own = begun.get(execution_name(event))
    return own is not None and any(other > own for other in begun.values())


def _start(event: Mapping[str, Any]) -> None:
    client = _client()
    state_machine_arn = os.environ[Environment.STATE_MACHINE_ARN]
    with suppress(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(
            stateMachineArn=state_machine_arn,
            name=execution_name(event),
            input=json.dumps({**event, _STATE_MACHINE_ARN: state_machine_arn}),
        )


def _executions_of(event: Mapping[str, Any]) -> Iterator[tuple[str, "datetime"]]:
    """Yield when each of the latest requests for the event's resource was handed over, by name."""
    resource = _resource_hash(event)
    pages = _client().get_paginator("list_executions")
    limits: PaginatorConfigTypeDef = {"MaxItems": _EXECUTIONS_MAX, "PageSize": _EXECUTIONS_MAX}
    for page in pages.paginate(stateMachineArn=event[_STATE_MACHINE_ARN], PaginationConfig=limits):
        for execution in page["executions"]:
            if execution["name"].startswith(resource):
                yield execution["name"], execution["startDate"]


def _resource_hash(event: Mapping[str, Any]) -> str:
    return _hash(event["StackId"], event["LogicalResourceId"])


def _hash(*texts: str) -> str:
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()[:_HASH_LENGTH]


@cache
def _client() -> "SFNClient":
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)
