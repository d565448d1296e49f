"""The `EventBus` protocol on boto3."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from personalize_import_handler.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE, StateChange
from personalize_import_handler.event_bus import NotPublished

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# Nobody waits for an event as long as for an import: two attempts take at most 2 * (1 + 2) s and a little backoff.
_CONFIG: Final = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})


class BotoEventBus:
    """Amazon EventBridge through boto3; the client is made for the first event."""

    def __init__(self, client: "EventBridgeClient | None" = None) -> None:
        self._client = client

    def publish(self, change: StateChange, at: float) -> None:
        """Put an event on the default event bus of the account."""
        try:
            self._client = self._client or boto3.client("events", config=_CONFIG)
            (entry,) = self._client.put_events(Entries=[_entry(change, at)])["Entries"]
        except (ClientError, BotoCoreError) as error:
            raise NotPublished(str(error)) from error
        if code := entry.get("ErrorCode"):  # told in an answer that is a success by its status
            raise NotPublished(f"{entry.get('ErrorMessage', '')} ({code} from PutEvents)")


def _entry(change: StateChange, at: float) -> "PutEventsRequestEntryTypeDef":
    return {
        "Source": EVENT_SOURCE,
        "DetailType": EVENT_DETAIL_TYPE,
        "Detail": json.dumps(change, ensure_ascii=False),
        "Resources": [arn for arn in (change["datasetImportJobArn"], change["datasetArn"]) if arn],
        "Time": datetime.fromtimestamp(at, UTC),
    }
