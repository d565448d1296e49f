"""States of an import, told to EventBridge where the resource asks for that: Personalize tells of none itself.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-personalize.html. Told after a look, and before the answer
to CloudFormation: a look that dies in between is repeated, and tells it again. An import never fails for want of an
event.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple

from personalize_import_handler.aws.event_bus import NotPublished
from personalize_import_handler.aws.personalize import has_succeeded
from personalize_import_handler.contract import STATUS_NOT_STARTED, STATUS_UNKNOWN, Attribute, StateChange
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.contract.properties import ImportProperties, InvalidProperties, parse
from personalize_import_handler.errors import ImportFailed
from personalize_import_handler.request.names import Resource
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting

if TYPE_CHECKING:
    from personalize_import_handler.request.request import Request, Services

logger = logging.getLogger(__name__)

Poll = Callable[["Request", Progress, "Services"], Outcome]


class Seen(NamedTuple):
    """What a look has seen: a status, of which job if there is one, and why where that is a failure."""

    status: str
    dataset_import_job_arn: str | None
    failure_reason: str | None = None


def publishing(poll: Poll) -> Poll:
    """Let a poll tell of what it has seen, if its resource asks for that."""

    @wraps(poll)
    def published(request: "Request", progress: Progress, services: "Services") -> Outcome:
        properties = _asking(request)
        if properties is None:
            return poll(request, progress, services)
        try:
            outcome = poll(request, progress, services)
        except ImportFailed as failure:
            _tell(seen_in(failure), request.resource, properties, progress, services)
            raise
        told = _tell(seen_in(outcome), request.resource, properties, progress, services)
        if isinstance(outcome, Finished):
            return outcome
        status, failed = told.published_status, told.publishing_failed
        return outcome._replace(progress=outcome.progress._replace(published_status=status, publishing_failed=failed))

    return published


def seen_in(outcome: Outcome | ImportFailed) -> Seen | None:
    """Say which status a look has come to; None where it has seen no job."""
    if isinstance(outcome, ImportFailed):
        arn = None if outcome.status == STATUS_NOT_STARTED else outcome.dataset_import_job_arn
        return Seen(outcome.status, arn, str(outcome))
    if isinstance(outcome, Waiting):
        status, arn = outcome.status, outcome.dataset_import_job_arn
    else:
        status, arn = outcome.attributes[Attribute.STATUS], outcome.attributes[Attribute.DATASET_IMPORT_JOB_ARN]
    return None if status in (None, STATUS_UNKNOWN) else Seen(str(status), arn)


def is_news(seen: Seen, progress: Progress, properties: ImportProperties) -> bool:
    """Say whether a status has to be told: it is another than the last one, also of the resource before in a relay.

    A job that this request hasn't started, and that was done when it came, has changed nothing.
    """
    last = last_told(progress, properties)
    was_done = has_succeeded(seen.status) and last is None and progress.attempt is None
    return seen.status != last and not was_done


def last_told(progress: Progress, properties: ImportProperties) -> str | None:
    """Give the status that was told last, by this resource or the one before."""
    return progress.published_status or properties.last_status


def _tell(
    seen: Seen | None, resource: Resource, properties: ImportProperties, progress: Progress, services: "Services"
) -> Progress:
    """Tell a status if it is news, and note that; what wasn't taken is told by the next look again."""
    if seen is None or not is_news(seen, progress, properties):
        return progress
    change = _state_change(seen, resource, properties, last_told(progress, properties))
    try:
        services.event_bus().publish(change, services.personalize.now())
    except NotPublished as problem:
        if not progress.publishing_failed:
            logger.warning("EventBridge was not told of %s, and the import goes on: %s", seen.status, problem)
        return progress._replace(publishing_failed=True)
    return progress._replace(published_status=seen.status, publishing_failed=False)


def _state_change(seen: Seen, resource: Resource, properties: ImportProperties, last: str | None) -> StateChange:
    arn = seen.dataset_import_job_arn
    return {
        "stackId": resource.stack_id,
        "stackName": resource.stack_name,
        "logicalResourceId": resource.logical_id,
        "datasetArn": properties.dataset_arn,
        "dataLocation": printable(properties.data_location),
        "datasetImportJobArn": arn,
        "jobName": arn.rpartition("/")[2] if arn else None,
        "status": seen.status,
        "previousStatus": last,
        "failureReason": None if seen.failure_reason is None else printable(seen.failure_reason),
    }


def _asking(request: "Request") -> ImportProperties | None:
    try:
        properties = parse(request.properties)
    except InvalidProperties:
        return None
    return properties if properties.publish_state_changes else None
