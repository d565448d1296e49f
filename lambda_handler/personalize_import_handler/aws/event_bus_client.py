"""The `EventBus` protocol on boto3."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from personalize_import_handler.aws.calls import call_with_retries
from personalize_import_handler.aws.error_codes import error_from
from personalize_import_handler.aws.event_bus import NotPublishedError
from personalize_import_handler.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE, StateChange
from personalize_import_handler.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# An event must not delay an import for long: two attempts take at most 2 * (1 + 2) s plus a short backoff.
_CONFIG: Final = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
_PAUSES: Final = (1, 2)
"""Seconds before each retry; the event for the end of an import has no later poll that could publish it."""


class BotoEventBus:
    """Amazon EventBridge through boto3; the client is created for the first event."""

    def __init__(
        self, client: "EventBridgeClient | None" = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._sleep = sleep

    def publish(self, change: StateChange, at: float) -> None:
        """Put an event on the account's default event bus; retry while EventBridge is busy."""
        try:
            call_with_retries("PutEvents", lambda: self._put(_entry(change, at)), iter(_PAUSES), self._sleep)
        except RefusedError as refused:
            raise NotPublishedError(str(refused)) from refused

    def _put(self, entry: "PutEventsRequestEntryTypeDef") -> None:
        self._client = self._client or boto3.client("events", config=_CONFIG)
        (result,) = self._client.put_events(Entries=[entry])["Entries"]
        if code := result.get("ErrorCode"):  # of the entry, in a response with status 200
            raise error_from("PutEvents", code, result.get("ErrorMessage", ""))


def _entry(change: StateChange, at: float) -> "PutEventsRequestEntryTypeDef":
    return {
        "Source": EVENT_SOURCE,
        "DetailType": EVENT_DETAIL_TYPE,
        "Detail": json.dumps(change, ensure_ascii=False),
        "Resources": [arn for arn in (change["datasetImportJobArn"], change["datasetArn"]) if arn],
        "Time": datetime.fromtimestamp(at, UTC),
    }
