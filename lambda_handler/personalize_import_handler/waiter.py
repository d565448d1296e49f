"""Hand a request over to the state machine that polls for it."""

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from personalize_import_handler.contract import Environment
from personalize_import_handler.personalize_client import CLIENT_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def execution_name(event: Mapping[str, Any]) -> str:
    """Name the execution that answers a request: the same request, delivered twice, has but one.

    A rollback may come with the RequestId of the request that it undoes, but never with its ResponseURL.
    """
    return hashlib.sha256(f"{event['RequestId']} {event['ResponseURL']}".encode()).hexdigest()


def start_waiting(event: Mapping[str, Any]) -> None:
    """Start the execution that polls until the request can be answered, unless it runs already."""
    client = _client()
    try:
        client.start_execution(
            stateMachineArn=os.environ[Environment.STATE_MACHINE_ARN],
            name=execution_name(event),
            input=json.dumps(event),
        )
    except client.exceptions.ExecutionAlreadyExists:
        return


@cache
def _client() -> "SFNClient":
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)
