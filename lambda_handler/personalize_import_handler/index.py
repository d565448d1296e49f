"""The two Lambda functions: `on_event`, which CloudFormation invokes, and `is_complete`, which the waiter polls.

Nothing is decided here: requests go to `lifecycle`, outcomes to crhelper.
"""

import logging
from functools import cache
from typing import Final

from personalize_import_handler import answer, lifecycle, waiter
from personalize_import_handler.identity import Resource
from personalize_import_handler.lifecycle import Request
from personalize_import_handler.personalize import Personalize
from personalize_import_handler.personalize_client import BotoPersonalize
from personalize_import_handler.waiting_resource import Event, WaitingResource

# Lambda has a log handler already, and then this does nothing; elsewhere it makes one.
logging.basicConfig(format="%(levelname)s %(message)s")
# crhelper tells of the rules that it would make for its own way of polling.
logging.getLogger("crhelper").setLevel(logging.WARNING)

helper: Final = WaitingResource(start_waiting=waiter.start_waiting, send=answer.send)


def on_event(event: Event, context: object) -> None:
    """Handle a request of CloudFormation: finish it, or start waiting for it."""
    helper(event, context)


def is_complete(event: Event, context: object) -> Event:
    """Look once at what a request waits for; `IsComplete` ends the waiting, `WaitSeconds` paces it."""
    helper(event, context)
    going_on = {key: value for key, value in event.items() if key != "LastError"}
    return {**going_on, "IsComplete": helper.wait_seconds is None, "WaitSeconds": helper.wait_seconds or 0}


@helper.create
def _create(event: Event, _: object) -> str | None:
    return helper.conclude(lifecycle.create(_request(event), _personalize()))


@helper.update
def _update(event: Event, _: object) -> str | None:
    return helper.conclude(lifecycle.update(_request(event), _personalize()))


@helper.delete
def _delete(event: Event, _: object) -> str | None:
    return helper.conclude(lifecycle.delete(_request(event), _personalize()))


@helper.poll_create
@helper.poll_update
def _poll(event: Event, _: object) -> str | None:
    return helper.conclude(lifecycle.poll(_request(event), helper.progress(event), _personalize()))


@helper.poll_delete
def _poll_delete(event: Event, _: object) -> str | None:
    return helper.conclude(lifecycle.poll_delete(_request(event), helper.progress(event), _personalize()))


def _request(event: Event) -> Request:
    return Request(
        resource=Resource(stack_id=event["StackId"], logical_id=event["LogicalResourceId"]),
        properties=event["ResourceProperties"],
        old_properties=event.get("OldResourceProperties", {}),
        physical_resource_id=event.get("PhysicalResourceId", ""),
    )


@cache
def _personalize() -> Personalize:
    return BotoPersonalize()
