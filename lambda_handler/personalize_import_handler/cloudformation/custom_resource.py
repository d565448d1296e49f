"""crhelper, with a different way to poll, to send responses and to create boto3 clients.

crhelper owns the protocol: dispatching, responding, exceptions and timeouts of the function. A Step Functions state
machine replaces the EventBridge rules that crhelper creates at run time for its polls. The version of crhelper is
pinned, and tests/handler/cloudformation/test_crhelper_internals.py covers all its internals that are used here.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from crhelper import CfnResource, resource_helper

from personalize_import_handler.cloudformation import events, log_records
from personalize_import_handler.cloudformation.responses import NotDeliveredError
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.messages import policy_advice
from personalize_import_handler.request import request_time
from personalize_import_handler.request.outcome import Finished, Outcome, Progress
from personalize_import_handler.request.resource import resource_of

logger = logging.getLogger(__name__)

SUCCESS: Final = resource_helper.SUCCESS
FAILED: Final = resource_helper.FAILED

Event = events.Event


class CustomResource(CfnResource):
    """A custom resource that is polled by a state machine."""

    Data: dict[str, Any]
    PhysicalResourceId: str | None

    def __init__(
        self,
        *,
        start_polling: Callable[[Event], None],
        send: Callable[[str, Mapping[str, object]], None],
        clock: Callable[[], float],
    ) -> None:
        # At DEBUG crhelper logs the whole event including ResponseURL; at INFO it logs the rules for its own polls.
        logging.getLogger("crhelper").setLevel(logging.WARNING)
        log_records.escape_all()
        with _no_boto3_clients():
            super().__init__(log_level="INFO", boto_level="ERROR", sleep_on_delete=0)
        self._start_polling = start_polling
        self._deliver = send
        self._clock = clock
        self._invoked_at = clock()
        self.wait_seconds: int | None = None
        self._responding = threading.Lock()
        self._not_delivered: NotDeliveredError | None = None
        self._rejected_id = ""

    def __call__(self, event: Event, context: object) -> None:
        """Handle a request or poll; raise `NotDeliveredError`, so that the function is invoked again."""
        self._begin()
        super().__call__(event, context)
        self._end()

    def reject(self, event: Event, reason: str) -> None:
        """Send a failure for an invalid event; raises `NotDeliveredError`."""
        self._begin()
        self.StackId, self.RequestId = event["StackId"], event["RequestId"]
        self.LogicalResourceId = event["LogicalResourceId"]
        self.RequestType, self._response_url = event["RequestType"], event["ResponseURL"]
        self.Data, self.PhysicalResourceId, self._rejected_id = {}, None, events.resource_id_in(event)
        self._send(FAILED, reason)
        self._end()

    def _begin(self) -> None:
        self._invoked_at = self._clock()
        self.wait_seconds = None
        self._responding = threading.Lock()
        self._not_delivered = None
        self._rejected_id = ""

    def _end(self) -> None:
        if self._not_delivered:
            raise self._not_delivered

    def record_outcome(self, outcome: Outcome) -> str | None:
        """Record an outcome; return the physical id if it differs from the one in the request."""
        if isinstance(outcome, Finished):
            self.Data = dict(outcome.attributes)
            return outcome.physical_resource_id
        self.Data[events.PROGRESS] = outcome.progress.to_data()
        self.wait_seconds = outcome.wait_seconds
        return None

    def progress(self, event: Event) -> Progress:
        """Return the progress that the last poll recorded, with the age of the request added."""
        recorded = Progress.from_data(event[events.DATA][events.PROGRESS])
        received_at = event.get(events.RECEIVED_AT, self._invoked_at)
        age_seconds = max(0, self._invoked_at - received_at)
        return recorded._replace(url_signed_at=request_time.signed_at(event["ResponseURL"]), age_seconds=age_seconds)

    def _is_poll(self) -> bool:
        return events.POLLING in self._event

    def _poll_enabled(self) -> bool:
        """Return whether the outcome is `Waiting`; crhelper itself would poll whenever there is a poll function."""
        return self.wait_seconds is not None

    def _wrap_function(self, func: Callable[[Event, object], str | None] | None) -> None:
        """Call a handler and record its failure for the response."""
        try:
            self.PhysicalResourceId = func(self._event, self._context) if func else ""
        except ImportFailedError as failure:
            self.Status, self.Reason = FAILED, str(failure)
        except Exception as error:
            logger.exception("Unexpected")
            self.Status = FAILED
            self.Reason = f"{type(error).__name__}: {error}. This is a bug in the handler; see the log of the function."

    def _setup_polling(self) -> None:
        if self._responding.locked():
            return  # the function has timed out in the meantime, and has sent a failure
        event = {
            **self._event,
            events.DATA: self.Data,
            events.POLLING: True,
            events.RECEIVED_AT: self._invoked_at,
            "WaitSeconds": self.wait_seconds,
        }
        try:
            self._start_polling(event)
        except Exception as error:
            allowed = policy_advice.denied_action_advice(str(error))
            advice = f"{allowed} and deploy again." if allowed else "Deploy again."
            reason = f"{error}. The state machine could not be started, so no job was started. {advice}"
            raise RuntimeError(reason) from error

    def _set_timeout(self) -> None:
        """Send a failure on timeout only for the first invocation; a poll that times out is repeated."""
        if not self._is_poll():
            super()._set_timeout()

    def _timeout(self) -> None:
        self._send(FAILED, "The function timed out before it could start the import. Deploy again.")

    def _cfn_response(self, _: Event) -> None:
        """Send the response; `_resource_id` replaces the physical id that crhelper would generate."""
        self._send()

    def _send(self, status: str | None = None, reason: str = "", **_: object) -> None:
        """Send the response only once; if it isn't delivered, no other response may contradict it."""
        if not self._responding.acquire(blocking=False):
            return
        status, reason = status or self.Status, printable(reason or self.Reason)
        if status == FAILED and self.RequestType == "Delete":
            # A job can't be deleted anyway, and a resource that can't be deleted blocks its stack permanently.
            logger.warning("The resource is deleted although the request failed: %s", reason)
            status, reason = SUCCESS, ""
        try:
            self._deliver(self._response_url, self._answer(status, reason))
        except NotDeliveredError as problem:
            self._not_delivered = problem
        if status == FAILED:
            logger.error("%s", reason)  # last, because the CDK CLI shows the end of the log with the failure

    def _answer(self, status: str, reason: str) -> dict[str, object]:
        return {
            "Status": status,
            "Reason": reason,
            "PhysicalResourceId": (status == SUCCESS and self.PhysicalResourceId) or self._resource_id,
            "StackId": self.StackId,
            "RequestId": self.RequestId,
            "LogicalResourceId": self.LogicalResourceId,
            "NoEcho": False,
            "Data": {k: v for k, v in self.Data.items() if k not in events.BOOKKEEPING},
        }

    @property
    def _resource_id(self) -> str:
        """The physical id: the one in the request, or the new one in a Create."""
        return self._rejected_id or resource_of(self._event).physical_id or str(self.LogicalResourceId)


@contextmanager
def _no_boto3_clients() -> Iterator[None]:
    """Keep crhelper from creating three clients that only its own polling needs; they take most of its cold start."""

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
