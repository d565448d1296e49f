"""The two Lambda functions: they dispatch requests and return outcomes to crhelper.

All dependencies are passed in, so tests can simulate CloudFormation and the state machine around this class.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from personalize_import_handler.aws.services import Services
from personalize_import_handler.cloudformation import events
from personalize_import_handler.cloudformation.custom_resource import CustomResource
from personalize_import_handler.cloudformation.events import Event, ParsedEvent
from personalize_import_handler.contract import DATA_RESOURCE_TYPE, SERVICE_TIMEOUT_SECONDS
from personalize_import_handler.data import staging_bucket_requests
from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.job import deletion, lifecycle, state_changes
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request.execution import Execution, Standing
from personalize_import_handler.request.outcome import Finished, Outcome, Progress
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.request import Request, parse_request

if TYPE_CHECKING:
    from personalize_import_handler.refresh.refreshes import PollRefresh, Refreshes

Poll = Callable[[Request, Progress, Services], Outcome]


class Functions:
    """`on_event`, invoked by CloudFormation, and `is_complete`, invoked by the state machine."""

    def __init__(
        self,
        *,
        provider: Provider,
        services: Services,
        start_polling: Callable[[Event], None],
        standing: Callable[[Event], Standing],
        list_executions: Callable[[Event], Sequence[Execution]],
        send: Callable[[str, Mapping[str, object]], None],
        poll_refresh: "PollRefresh | None" = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._provider = provider
        self._services = services
        self._standing = standing
        self._clock = clock
        self._helper = CustomResource(start_polling=start_polling, send=send, clock=clock)
        self._start_polling = start_polling
        self._list_executions = list_executions
        self._poll_refresh = poll_refresh
        self._helper.create(self._receive)
        self._helper.update(self._receive)
        self._helper.delete(self._receive_delete)
        self._helper.poll_create(partial(self._poll, lifecycle.poll_create))
        self._helper.poll_update(partial(self._poll, lifecycle.poll_update))
        self._helper.poll_delete(self._poll_delete)

    def on_event(self, event: object, context: object) -> None:
        """Check a request of CloudFormation or the event of a refresh, and start the state machine that polls."""
        if events.is_refresh(event):
            self._refreshes().receive(event)
            return
        self._handle(events.parse_event(event), context)

    def is_complete(self, event: object, context: object) -> Event:
        """Poll once; `IsComplete` ends the state machine, `WaitSeconds` is the time until the next poll.

        `Error` and `Cause` fail the execution of a refresh.
        """
        if events.is_refresh(event):
            return self._refreshes().poll(event)
        parsed = events.parse_poll(event)
        self._handle(parsed, context)
        seconds = self._helper.wait_seconds
        return {**parsed.event, "IsComplete": seconds is None, "WaitSeconds": seconds or 0}

    def _refreshes(self) -> "Refreshes":
        from personalize_import_handler.refresh.refreshes import Refreshes  # most events are of CloudFormation

        refreshes = Refreshes(
            self._provider, self._services, self._start_polling, self._list_executions, clock=self._clock
        )
        return refreshes._replace(poll_refresh=self._poll_refresh) if self._poll_refresh else refreshes

    def _handle(self, parsed: ParsedEvent, context: object) -> None:
        if parsed.rejection:
            self._helper.reject(parsed.event, parsed.rejection)
        else:
            self._helper(parsed.event, context)

    def _receive(self, event: Event, _: object) -> str | None:
        if _is_data_resource(event):
            return self._helper.record_outcome(staging_bucket_requests.receive(event, self._provider))
        return self._helper.record_outcome(lifecycle.receive(self._request(event)))

    def _receive_delete(self, *_: object) -> str | None:
        return self._helper.record_outcome(lifecycle.receive_delete())

    def _poll(self, poll: Poll, event: Event, _: object) -> str | None:
        request, progress = self._request(event), self._helper.progress(event)
        try:
            self._check_hour(request, progress)
            outcome = poll(request, progress, self._services)
        except ImportFailedError as failure:
            state_changes.publish_failure(failure, request, progress, self._services)
            raise
        return self._helper.record_outcome(state_changes.publish_outcome(outcome, request, progress, self._services))

    def _check_hour(self, request: Request, progress: Progress) -> None:
        """Raise `ImportFailedError` an hour after a request, if polls have failed until then and there is no job yet.

        CloudFormation expects no response any more, so a job that is started now would belong to no request.
        """
        personalize, started_at = self._services.personalize, progress.started_at
        if progress.dataset_import_job_arn or started_at is None:
            return
        if personalize.now() - started_at <= SERVICE_TIMEOUT_SECONDS:
            return
        with suppress(RefusedError):  # the service's time comes from its responses
            personalize.dataset_created_at(request.properties.dataset_arn)
        if personalize.now() - started_at > SERVICE_TIMEOUT_SECONDS:
            raise ImportFailedError(failure_reasons.hour_is_over())

    def _poll_delete(self, event: Event, _: object) -> str | None:
        progress = self._helper.progress(event)
        if _is_data_resource(event):
            outcome = staging_bucket_requests.poll_delete(
                event, self._provider, progress, self._services.storage, self._clock
            )
            return self._helper.record_outcome(outcome)
        try:
            request = self._request(event)
        except ImportFailedError:  # no job was ever started with these properties
            return self._helper.record_outcome(Finished({}))
        return self._helper.record_outcome(deletion.poll_delete(request, progress, self._services))

    def _request(self, event: Event) -> Request:
        return parse_request(event, self._provider, partial(self._standing, event))


def _is_data_resource(event: Event) -> bool:
    return bool(event.get("ResourceType") == DATA_RESOURCE_TYPE)
