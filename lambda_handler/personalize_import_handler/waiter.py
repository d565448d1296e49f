"""Hand a request over to the state machine that polls for it."""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from personalize_import_handler.contract import Environment
from personalize_import_handler.personalize_client import CLIENT_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 40)


def execution_name(event: Mapping[str, Any]) -> str:
    """Name the execution that answers a request: the same request, delivered twice, has but one.

    A rollback may come with the RequestId of the request that it undoes, but never with its ResponseURL.
    """
    return hashlib.sha256(f"{event['RequestId']} {event['ResponseURL']}".encode()).hexdigest()


def start_waiting(event: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Start the execution that polls until the request can be answered, unless it runs already.

    The function's own permission may be seconds old too, and then there is no poll that could try again: see
    `fresh_permissions`.
    """
    for seconds in _SECONDS_BETWEEN_TRIES:
        try:
            return _start(event)
        except ClientError as error:
            if error.response["Error"].get("Code") != "AccessDeniedException":
                raise
            logger.info("Not yet: %s", error)
            sleep(seconds)
    return _start(event)


def _start(event: Mapping[str, Any]) -> None:
    client = _client()
    with suppress(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(
            stateMachineArn=os.environ[Environment.STATE_MACHINE_ARN],
            name=execution_name(event),
            input=json.dumps(event),
        )


@cache
def _client() -> "SFNClient":
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)
