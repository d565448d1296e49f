"""The two Lambda functions, put together from what they talk to: nothing is decided here.

Requests go to `lifecycle`, outcomes to crhelper. What they talk to comes from outside, so that tests play
CloudFormation and the waiter around just this.
"""

import time
from collections.abc import Callable, Mapping

from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.aws.event_bus import EventBus
from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.aws.stacks import Stacks
from personalize_import_handler.aws.storage import Storage
from personalize_import_handler.cloudformation import events
from personalize_import_handler.cloudformation.custom_resource import WaitingResource
from personalize_import_handler.cloudformation.events import Event, Reading
from personalize_import_handler.contract import DATA_RESOURCE_TYPE
from personalize_import_handler.data import staging_bucket
from personalize_import_handler.job import deletion, lifecycle
from personalize_import_handler.request.names import resource_of
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.request import Request, Services


class Functions:
    """`on_event`, which CloudFormation invokes, and `is_complete`, which the waiter polls."""

    def __init__(
        self,
        *,
        provider: Provider,
        personalize: Callable[[], Personalize],
        stacks: Callable[[], Stacks],
        storage: Callable[[], Storage],
        read_as: Callable[[str], DataReader],
        event_bus: Callable[[], EventBus],
        start_waiting: Callable[[Event], None],
        is_given_up: Callable[[Event], bool],
        send: Callable[[str, Mapping[str, object]], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._provider = provider
        self._personalize = personalize
        self._stacks = stacks
        self._storage = storage
        self._read_as = read_as
        self._event_bus = event_bus
        self._is_given_up = is_given_up
        self._clock = clock
        self._helper = WaitingResource(start_waiting=start_waiting, send=send, clock=clock)
        self._helper.create(self._receive)
        self._helper.update(self._receive)
        self._helper.delete(self._receive_delete)
        self._helper.poll_create(self._poll_create)
        self._helper.poll_update(self._poll_update)
        self._helper.poll_delete(self._poll_delete)

    def on_event(self, event: object, context: object) -> None:
        """Take a request of CloudFormation: check it, and hand it over to the waiter."""
        self._handle(events.read_request(event), context)

    def is_complete(self, event: object, context: object) -> Event:
        """Look once at what a request waits for; `IsComplete` ends the waiting, `WaitSeconds` paces it."""
        reading = events.read_poll(event)
        self._handle(reading, context)
        seconds = self._helper.wait_seconds
        going_on = {key: value for key, value in reading.event.items() if key != "LastError"}
        return {**going_on, "IsComplete": seconds is None, "WaitSeconds": seconds or 0}

    def _handle(self, reading: Reading, context: object) -> None:
        if reading.refusal:
            self._helper.refuse(reading.event, reading.refusal)
        else:
            self._helper(reading.event, context)

    def _receive(self, event: Event, _: object) -> str | None:
        receive = staging_bucket.receive if _is_of_data(event) else lifecycle.receive
        return self._helper.conclude(receive(self._request(event)))

    def _receive_delete(self, *_: object) -> str | None:
        return self._helper.conclude(lifecycle.receive_delete())

    def _poll_create(self, event: Event, _: object) -> str | None:
        progress = self._helper.progress(event)
        return self._helper.conclude(lifecycle.poll_create(self._request(event), progress, self._services(event)))

    def _poll_update(self, event: Event, _: object) -> str | None:
        progress = self._helper.progress(event)
        return self._helper.conclude(lifecycle.poll_update(self._request(event), progress, self._services(event)))

    def _poll_delete(self, event: Event, _: object) -> str | None:
        request, progress = self._request(event), self._helper.progress(event)
        if _is_of_data(event):
            outcome = staging_bucket.poll_delete(request, progress, self._storage(), self._clock)
        else:
            outcome = deletion.poll_delete(request, progress, self._services(event))
        return self._helper.conclude(outcome)

    def _services(self, event: Event) -> Services:
        return Services(
            personalize=self._personalize(),
            stacks=self._stacks,
            storage=self._storage,
            read_as=self._read_as,
            is_given_up=lambda: self._is_given_up(event),
            event_bus=self._event_bus,
        )

    def _request(self, event: Event) -> Request:
        return Request(
            resource=resource_of(event),
            properties=event.get("ResourceProperties", {}),
            old_properties=event.get("OldResourceProperties", {}),
            provider=self._provider,
        )


def _is_of_data(event: Event) -> bool:
    return bool(event.get("ResourceType") == DATA_RESOURCE_TYPE)
