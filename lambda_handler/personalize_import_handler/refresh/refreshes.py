"""Refreshes in the two Lambda functions: OnEvent starts an execution, IsComplete polls until the refresh has ended.

No response is sent anywhere: the result is the output of the execution, and a failure makes the execution fail.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from personalize_import_handler.aws.services import Services
from personalize_import_handler.cloudformation.events import PROGRESS, RECEIVED_AT, Event
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.refresh import refresh_events, result
from personalize_import_handler.refresh.refresh import poll_refresh
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.request.execution import Execution
from personalize_import_handler.request.outcome import Outcome, Progress, Waiting
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.refresh_request import (
    RefreshRequest,
    parse_refresh_request,
    requested_time,
    wait_seconds,
    window_of,
)

logger = logging.getLogger(__name__)

PollRefresh = Callable[[RefreshRequest, Progress, Services, Callable[[], Sequence[Execution]]], Outcome | Skipped]
"""Polls a refresh once. The last argument lists the executions for the resource; it may raise `RefusedError`."""


class Refreshes(NamedTuple):
    """The refreshes of a provider's imports."""

    provider: Provider
    services: Services
    start_polling: Callable[[Event], None]
    list_executions: Callable[[Event], Sequence[Execution]]
    clock: Callable[[], float]
    poll_refresh: PollRefresh = poll_refresh

    def receive(self, event: Event) -> None:
        """Start the execution of a refresh, which begins with the quiet period; raise `NotARefreshError`."""
        parsed, now = refresh_events.parse_refresh(event), self.clock()
        window = window_of(requested_time(parsed["RequestedAt"]), parsed["QuietSeconds"])
        added = {PROGRESS: Progress().to_data(), RECEIVED_AT: now, "WaitSeconds": wait_seconds(window, now)}
        self.start_polling({**parsed, **added})

    def poll(self, event: Event) -> Event:
        """Poll once; return the event with the time until the next poll, with the result or with the failure."""
        try:
            refresh_events.check_poll(event)
            return self._poll(event)
        except ImportFailedError as failure:
            reason = str(failure)
        except Exception as error:
            logger.exception("Unexpected")
            reason = f"{type(error).__name__}: {error}. This is a bug in the handler; see the log of the function."
        logger.error("The refresh has failed: %s", reason)
        return result.failed(event, reason)

    def _poll(self, event: Event) -> Event:
        request, progress = parse_refresh_request(event, self.provider), Progress.from_data(event[PROGRESS])
        outcome = self.poll_refresh(request, progress, self.services, partial(self.list_executions, event))
        if isinstance(outcome, Waiting):
            data = outcome.progress.to_data()
            return {**event, PROGRESS: data, "IsComplete": False, "WaitSeconds": outcome.wait_seconds}
        if isinstance(outcome, Skipped):
            logger.info("Skipped: %s", outcome.reason)
        return result.succeeded(event, outcome, progress)
