"""Amazon EventBridge as the handler uses it: state changes are told on the account's default event bus."""

from typing import Protocol

from personalize_import_handler.contract import StateChange


class NotPublishedError(Exception):
    """EventBridge could not be reached, or did not take an event; the message is its own text."""


class EventBus(Protocol):
    """The one call that the handler makes."""

    def publish(self, change: StateChange, at: float) -> None:
        """Put an event, of a time in epoch seconds; raise `NotPublishedError`."""
        ...
