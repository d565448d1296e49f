"""State change events of imports, published to EventBridge if the resource or the provider enables them.

Personalize publishes no such events: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-personalize.html. An
event is published after each poll that observes a new status, and before CloudFormation gets its response. A function
that is killed in between repeats the poll and publishes the event again. An import never fails because an event could
not be published.
"""

import logging
from typing import NamedTuple

from personalize_import_handler.aws.event_bus import NotPublishedError
from personalize_import_handler.aws.personalize import has_succeeded, is_running
from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import STATUS_NOT_STARTED, STATUS_UNKNOWN, Attribute, StateChange
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting
from personalize_import_handler.request.refresh_request import RefreshRequest
from personalize_import_handler.request.request import Request

logger = logging.getLogger(__name__)

Requested = Request | RefreshRequest


class ObservedStatus(NamedTuple):
    """The status that a poll has observed, the job if there is one, and the failure reason if it failed."""

    status: str
    dataset_import_job_arn: str | None
    failure_reason: str | None = None


def publish_outcome(outcome: Outcome, request: Requested, progress: Progress, services: Services) -> Outcome:
    """Publish the status after a poll if it has changed; return the outcome with that recorded."""
    published = _publish(observed_status(outcome), request, progress, services)
    if isinstance(outcome, Finished):
        return outcome
    status, failed = published.published_status, published.publishing_failed
    return outcome._replace(progress=outcome.progress._replace(published_status=status, publishing_failed=failed))


def publish_failure(failure: ImportFailedError, request: Requested, progress: Progress, services: Services) -> None:
    """Publish the failure of a request."""
    _publish(observed_status(failure), request, progress, services)


def observed_status(outcome: Outcome | ImportFailedError) -> ObservedStatus | None:
    """Return the status after a poll; None if no job was polled."""
    if isinstance(outcome, ImportFailedError):
        arn = None if outcome.status == STATUS_NOT_STARTED else outcome.dataset_import_job_arn
        return ObservedStatus(outcome.status, arn, str(outcome))
    if isinstance(outcome, Waiting):
        status, arn = outcome.status, outcome.dataset_import_job_arn
    else:
        status, arn = outcome.attributes[Attribute.STATUS], outcome.attributes[Attribute.DATASET_IMPORT_JOB_ARN]
    return None if status in (None, STATUS_UNKNOWN) else ObservedStatus(str(status), arn)


def is_status_change(observed: ObservedStatus, progress: Progress, properties: ImportProperties) -> bool:
    """Return whether a status differs from the one published last by this resource or its predecessor in a wait chain.

    An ACTIVE job that this request has not started is no change.
    """
    last = last_published(progress, properties)
    was_done = has_succeeded(observed.status) and last is None and progress.attempt is None
    return observed.status != last and not was_done


def last_published(progress: Progress, properties: ImportProperties) -> str | None:
    """Return the status published last by this resource or its predecessor in a wait chain."""
    return progress.published_status or properties.last_status


def _is_published_by_predecessor(observed: ObservedStatus, progress: Progress, properties: ImportProperties) -> bool:
    """Return whether the previous resource of a wait chain has probably published the status of a running job.

    Without a rule of its own, a job has no `LastStatus`.
    """
    is_first = progress.published_status is None and properties.last_status is None
    return is_first and properties.dataset_import_job_arn is not None and is_running(observed.status)


def _publish(observed: ObservedStatus | None, request: Requested, progress: Progress, services: Services) -> Progress:
    """Publish a status if it has changed and record it; the next poll retries what EventBridge didn't accept."""
    properties = request.properties
    if not (properties.publish_state_changes or request.provider.name) or observed is None:
        return progress
    if _is_published_by_predecessor(observed, progress, properties):
        return progress._replace(published_status=observed.status)
    if not is_status_change(observed, progress, properties):
        return progress
    change = _state_change(observed, request, last_published(progress, properties))
    try:
        services.event_bus.publish(change, services.personalize.now())
    except NotPublishedError as problem:
        if not progress.publishing_failed:
            logger.warning(
                "Status %s was not published to EventBridge; the import continues: %s", observed.status, problem
            )
        return progress._replace(publishing_failed=True)
    return progress._replace(published_status=observed.status, publishing_failed=False)


def _state_change(observed: ObservedStatus, request: Requested, last: str | None) -> StateChange:
    resource, properties, arn = request.resource, request.properties, observed.dataset_import_job_arn
    return {
        "provider": request.provider.name,
        "stackId": resource.stack_id,
        "stackName": resource.stack_name,
        "logicalResourceId": resource.logical_id,
        "datasetArn": properties.dataset_arn,
        "dataLocation": printable(properties.data_location),
        "datasetImportJobArn": arn,
        "jobName": arn.rpartition("/")[2] if arn else None,
        "status": observed.status,
        "trigger": "REFRESH" if isinstance(request, RefreshRequest) else "DEPLOY",
        "previousStatus": last,
        "failureReason": None if observed.failure_reason is None else printable(observed.failure_reason),
    }
