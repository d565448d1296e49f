"""What each request of CloudFormation does: decisions over plain data and a `Personalize`, to be tested without AWS.

A request is received once and handed over to the waiter, which then looks at it as often as it takes, one look after
the other. So whatever is found, decided or started is done by one look at a time, and what it noted survives it.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from personalize_import_handler import contract, pace
from personalize_import_handler.data_reader import DataReader
from personalize_import_handler.event_bus import EventBus
from personalize_import_handler.identity import Resource, names_of
from personalize_import_handler.importing import Import
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress, Waiting
from personalize_import_handler.personalize import (
    Busy,
    Personalize,
    Refused,
    is_running,
)
from personalize_import_handler.properties import ImportProperties, InvalidProperties, parse
from personalize_import_handler.state_changes import publishing
from personalize_import_handler.storage import Storage

logger = logging.getLogger(__name__)

# A running job keeps its dataset from being deleted, so Delete waits for it; but CloudFormation waits an hour at most,
# or as long as the template says, and takes no answer in time for a failure. So some time is left for the answer.
_DELETE_SECONDS_MAX: Final = 50 * 60
_ANSWER_SECONDS: Final = 120


class Request(NamedTuple):
    """A request of CloudFormation, as far as the decisions need it."""

    resource: Resource
    properties: Mapping[str, object]
    old_properties: Mapping[str, object]


class Services(NamedTuple):
    """Whom a look may ask: the services, and whether anybody waits for it still."""

    personalize: Personalize
    storage: Callable[[], Storage]
    """Made where it is needed: most imports need none."""
    read_as: Callable[[str], DataReader]
    """Reads in the name of a role; may raise `Refused`."""
    is_given_up: Callable[[], bool]
    event_bus: Callable[[], EventBus]
    """Made where a resource asks for its state changes."""


def receive(request: Request) -> Waiting:
    """Check a Create or Update, and hand it over; properties that can't be right fail here."""
    _parse(request)
    return Waiting(Progress(), wait_seconds=0)


def receive_delete() -> Waiting:
    """Hand a Delete over, whatever is in it."""
    return Waiting(Progress(), wait_seconds=0)


@publishing
def poll_create(request: Request, progress: Progress, services: Services) -> Outcome:
    """Find the job or start it, then look at it until it has ended."""
    wanted = _import(request, progress, services)
    return _going_on(wanted, progress) or wanted.know_data(progress) or wanted.begin(progress)


@publishing
def poll_update(request: Request, progress: Progress, services: Services) -> Outcome:
    """Start another job if it is another import; otherwise keep the job, and set the tags that it should have now.

    CloudFormation rolls back in the same way, with the old properties: what they say is found again, or imported again.
    What is imported is compared for one and the same place: the resource may have been moved to another one.
    """
    wanted = _import(request, progress, services)
    if going_on := _going_on(wanted, progress) or wanted.know_data(progress):
        return going_on
    old, new = wanted.undone, wanted.properties
    if old is None or old.after != new.after or names_of(old, request.resource).digest != wanted.names.digest:
        return wanted.begin(progress)
    return wanted.keep(progress, tags_due=dict(old.tags) != dict(new.tags))


def _going_on(wanted: Import, progress: Progress) -> Outcome | None:
    """Go on with what was noted, or with what another resource has begun; None if nothing has."""
    if progress.dataset_import_job_arn:
        return wanted.look(progress, progress.dataset_import_job_arn)
    if progress.attempt:
        return wanted.start(progress, progress.attempt)
    if begun := wanted.properties.dataset_import_job_arn:
        return wanted.go_on(progress, begun)
    return None


def poll_delete(request: Request, progress: Progress, personalize: Personalize) -> Outcome:
    """Wait for the end of a job that still runs; there is nothing else to do, for a job can't be deleted.

    Never fails: a resource that can't be deleted blocks its stack for good.
    """
    running = _running_job(request, personalize)
    if not running:
        return Finished({})
    now = personalize.now()
    elapsed = progress.elapsed_seconds(now)
    if elapsed >= delete_seconds(request.properties):
        logger.warning("%s is still running, and its dataset can't be deleted before it ends", running)
        return Finished({})
    return Waiting(progress.begun(now), pace.seconds_until_next_look(elapsed))


def delete_seconds(properties: Mapping[str, object]) -> int:
    """Say how long a Delete may wait before it has to be answered."""
    given = str(properties.get("ServiceTimeout", ""))
    service_timeout = int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS
    return min(_DELETE_SECONDS_MAX, service_timeout - _ANSWER_SECONDS)


def _running_job(request: Request, personalize: Personalize) -> str | None:
    """Find a job of the resource that is running, whichever of its imports it does.

    The properties don't always say which one: of a resource whose creation was cancelled before it was answered, of an
    update that failed, and of data whose fingerprint isn't known any more.
    """
    try:
        properties = parse(request.properties)
    except InvalidProperties:
        return None  # with these no job was ever started
    names = names_of(properties, request.resource)
    try:
        jobs = [job for job in personalize.list_dataset_import_jobs(properties.dataset_arn) if is_running(job.status)]
    except Busy:
        return f"A job of {properties.dataset_arn}"
    except Refused as refused:
        logger.warning("Not waiting for jobs of %s: %s", properties.dataset_arn, refused)
        return None
    arns = [job.dataset_import_job_arn for job in jobs]
    return next((arn for arn in arns if names.include(arn) or names.share_prefix(arn)), None)


def _import(request: Request, progress: Progress, services: Services) -> Import:
    return Import(
        properties=_parse(request)._replace(data_fingerprint=progress.data_fingerprint),
        resource=request.resource,
        personalize=services.personalize,
        storage=services.storage,
        read_as=services.read_as,
        is_given_up=services.is_given_up,
        undone=_parse_old(request),
        restores=bool(request.old_properties),
    )


def _parse(request: Request) -> ImportProperties:
    try:
        return parse(request.properties)
    except InvalidProperties as problem:
        raise ImportFailed(f"{problem}. No job was started.") from problem


def _parse_old(request: Request) -> ImportProperties | None:
    try:
        return parse(request.old_properties)
    except InvalidProperties:
        return None  # they failed, or an earlier version took them: whatever they were, it is another import now
