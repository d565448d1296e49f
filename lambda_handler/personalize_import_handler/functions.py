"""The two Lambda functions, put together from what they talk to: nothing is decided here.

Requests go to `lifecycle`, outcomes to crhelper. What they talk to comes from outside, so that tests play
CloudFormation and the waiter around just this.
"""

from collections.abc import Callable, Mapping

from personalize_import_handler import lifecycle
from personalize_import_handler.identity import Resource
from personalize_import_handler.lifecycle import Request
from personalize_import_handler.personalize import Personalize
from personalize_import_handler.waiting_resource import Event, WaitingResource


class Functions:
    """`on_event`, which CloudFormation invokes, and `is_complete`, which the waiter polls."""

    def __init__(
        self,
        *,
        personalize: Callable[[], Personalize],
        start_waiting: Callable[[Event], None],
        send: Callable[[str, Mapping[str, object]], None],
    ) -> None:
        self._personalize = personalize
        self._helper = WaitingResource(start_waiting=start_waiting, send=send)
        self._helper.create(self._create)
        self._helper.update(self._update)
        self._helper.delete(self._delete)
        self._helper.poll_create(self._poll)
        self._helper.poll_update(self._poll)
        self._helper.poll_delete(self._poll_delete)

    def on_event(self, event: Event, context: object) -> None:
        """Handle a request of CloudFormation: finish it, or start waiting for it."""
        self._helper(event, context)

    def is_complete(self, event: Event, context: object) -> Event:
        """Look once at what a request waits for; `IsComplete` ends the waiting, `WaitSeconds` paces it."""
        self._helper(event, context)
        seconds = self._helper.wait_seconds
        going_on = {key: value for key, value in event.items() if key != "LastError"}
        return {**going_on, "IsComplete": seconds is None, "WaitSeconds": seconds or 0}

    def _create(self, event: Event, _: object) -> str | None:
        return self._helper.conclude(lifecycle.create(_request(event), self._personalize()))

    def _update(self, event: Event, _: object) -> str | None:
        return self._helper.conclude(lifecycle.update(_request(event), self._personalize()))

    def _delete(self, event: Event, _: object) -> str | None:
        return self._helper.conclude(lifecycle.delete(_request(event), self._personalize()))

    def _poll(self, event: Event, _: object) -> str | None:
        progress = self._helper.progress(event)
        return self._helper.conclude(lifecycle.poll(_request(event), progress, self._personalize()))

    def _poll_delete(self, event: Event, _: object) -> str | None:
        progress = self._helper.progress(event)
        return self._helper.conclude(lifecycle.poll_delete(_request(event), progress, self._personalize()))


def _request(event: Event) -> Request:
    return Request(
        resource=Resource(stack_id=event["StackId"], logical_id=event["LogicalResourceId"]),
        properties=event["ResourceProperties"],
        old_properties=event.get("OldResourceProperties", {}),
        physical_resource_id=event.get("PhysicalResourceId", ""),
    )
