"""crhelper, with the three things replaced that it can't do here: how it waits, how it answers, what it creates first.

crhelper owns the protocol (dispatch, answering, exceptions, running out of time). What it paces with EventBridge rules
that it makes at run time, a Step Functions state machine paces instead. Everything reached into is pinned by
tests/handler/test_crhelper_seam.py, and crhelper's version is pinned with it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from crhelper import CfnResource, resource_helper

from personalize_import_handler.answer import NotDelivered
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress

logger = logging.getLogger(__name__)

FAILED: Final = resource_helper.FAILED
_PROGRESS: Final = "Progress"
_PHYSICAL_RESOURCE_ID: Final = "PhysicalResourceId"
_POLLING: Final = "CrHelperPoll"

Event = dict[str, Any]
"""A request of CloudFormation; in a poll, with crhelper's data beside it."""


class WaitingResource(CfnResource):
    """A custom resource whose polls are made by a state machine."""

    Data: dict[str, Any]
    PhysicalResourceId: str | None

    def __init__(
        self, *, start_waiting: Callable[[Event], None], send: Callable[[str, Mapping[str, object]], None]
    ) -> None:
        # At DEBUG crhelper logs the whole event, ResponseURL included; at INFO the rules that it would make for polling.
        logging.getLogger("crhelper").setLevel(logging.WARNING)
        with _no_boto3_clients():
            super().__init__(log_level="INFO", boto_level="ERROR", sleep_on_delete=0)
        self._start_waiting = start_waiting
        self._deliver = send
        self.wait_seconds: int | None = None
        self._answered = False
        self._not_delivered: NotDelivered | None = None

    def __call__(self, event: Event, context: object) -> None:
        """Handle one request or one poll; raises `NotDelivered`, so that whoever invoked the function tries again."""
        self.wait_seconds = None
        self._answered = False
        self._not_delivered = None
        super().__call__(event, context)
        if self._not_delivered:
            raise self._not_delivered

    def conclude(self, outcome: Outcome) -> str | None:
        """Note an outcome; returns what crhelper wants of a handler: the physical id, or None for "not yet"."""
        if isinstance(outcome, Finished):
            self.Data = dict(outcome.attributes)
            return outcome.physical_resource_id
        self.Data[_PROGRESS] = outcome.progress.to_data()
        self.wait_seconds = outcome.wait_seconds
        return None if self._is_poll() else outcome.physical_resource_id

    def progress(self, event: Event) -> Progress:
        """Read what the last poll noted."""
        return Progress(**event["CrHelperData"][_PROGRESS])

    def _is_poll(self) -> bool:
        return _POLLING in self._event

    def _poll_enabled(self) -> bool:
        """Poll only where there is something to wait for: crhelper always polls once a poll function is there."""
        return self._is_poll() or self.wait_seconds is not None

    def _wrap_function(self, func: Callable[[Event, object], str | None] | None) -> None:
        """Call a handler. A failure keeps the physical id that is known, where crhelper would invent one."""
        self.PhysicalResourceId = self._known_physical_resource_id()
        try:
            self.PhysicalResourceId = func(self._event, self._context) if func else ""
        except ImportFailed as failure:
            self.PhysicalResourceId = self.PhysicalResourceId or failure.physical_resource_id
            self._fail(str(failure))
        except Exception as error:
            logger.exception("Unexpected")
            self._fail(f"{type(error).__name__}: {error}. This is a defect of the handler; its log has more.")

    def _fail(self, reason: str) -> None:
        self.Status, self.Reason = FAILED, reason
        self.PhysicalResourceId = self.PhysicalResourceId or f"{self.LogicalResourceId}-was-not-imported"

    def _known_physical_resource_id(self) -> str:
        """The id that CloudFormation knows; for a Create under way, the one that the first answer was to have."""
        known = self._event.get(_PHYSICAL_RESOURCE_ID) or self.Data.get(_PHYSICAL_RESOURCE_ID)
        return str(known or "")

    def _setup_polling(self) -> None:
        self._start_waiting(
            {**self._event, "CrHelperData": self.Data, _POLLING: True, "WaitSeconds": self.wait_seconds}
        )

    def _remove_polling(self) -> None:
        """Nothing was made at run time, so nothing is to be removed."""

    def _set_timeout(self) -> None:
        """Let only the first request fail when its function runs out of time: a poll that does is simply repeated."""
        if not self._is_poll():
            super()._set_timeout()

    def _send(self, status: str | None = None, reason: str = "", **_: object) -> None:
        """Answer once: an answer that didn't arrive isn't followed by another that says the opposite."""
        if self._answered:
            return
        self._answered = True
        status, reason = status or self.Status, reason or self.Reason
        try:
            self._deliver(self._response_url, self._answer(status, reason))
        except NotDelivered as problem:
            self._not_delivered = problem
        if status == FAILED:
            logger.error("%s", reason)  # last, for the CDK CLI shows the end of the log beside the failure

    def _answer(self, status: str, reason: str) -> dict[str, object]:
        bookkeeping = {_PROGRESS, _PHYSICAL_RESOURCE_ID}
        return {
            "Status": status,
            "Reason": reason,
            "PhysicalResourceId": self.PhysicalResourceId or self._known_physical_resource_id(),
            "StackId": self.StackId,
            "RequestId": self.RequestId,
            "LogicalResourceId": self.LogicalResourceId,
            "NoEcho": False,
            "Data": {} if status == FAILED else {k: v for k, v in self.Data.items() if k not in bookkeeping},
        }


@contextmanager
def _no_boto3_clients() -> Iterator[None]:
    """Keep crhelper from making three clients that only its own way of polling needs: most of its cold start."""

    class NoBoto3:
        @staticmethod
        def client(*_: object, **__: object) -> None:
            return None

    boto3 = resource_helper.boto3
    resource_helper.boto3 = NoBoto3
    try:
        yield
    finally:
        resource_helper.boto3 = boto3
