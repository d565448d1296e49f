"""The EventBridge call of the handler, as a protocol: state changes go to the account's default event bus."""

from typing import Protocol

from personalize_import_handler.contract import StateChange


class NotPublishedError(Exception):
    """EventBridge could not be reached or did not accept an event; the message is the service's own text."""


class EventBus(Protocol):
    """The EventBridge call that the handler makes."""

    def publish(self, change: StateChange, at: float) -> None:
        """Put an event with a time in epoch seconds; raise `NotPublishedError`."""
        ...
