"""What each request of CloudFormation does: decisions over plain data and a `Personalize`, to be tested without AWS."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from personalize_import_handler import contract, pace
from personalize_import_handler.adoption import attempts_at
from personalize_import_handler.identity import Resource, what_is_imported
from personalize_import_handler.importing import Import
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress, Waiting
from personalize_import_handler.personalize import Busy, DatasetImportJob, Personalize, Phase, Refused, UnknownStatus
from personalize_import_handler.properties import ImportProperties, InvalidProperties, parse

logger = logging.getLogger(__name__)

_JOB_ARN_MARK: Final = ":dataset-import-job/"
# A running job keeps its dataset from being deleted, so Delete waits for it; but CloudFormation waits an hour at most,
# or as long as the template says, and takes no answer in time for a failure. So some time is left for the answer.
_DELETE_SECONDS_MAX: Final = 50 * 60
_ANSWER_SECONDS: Final = 120


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request of CloudFormation, as far as the decisions need it."""

    resource: Resource
    properties: Mapping[str, object]
    old_properties: Mapping[str, object]
    physical_resource_id: str


def create(request: Request, personalize: Personalize) -> Outcome:
    """Start the job, or find it."""
    return _import(request, personalize).start(Progress())


def update(request: Request, personalize: Personalize) -> Outcome:
    """Start another job if it is another import; otherwise keep the job, and give it the tags it should have now.

    CloudFormation rolls back in the same way, with the old properties: what they say is found again, or imported again.
    """
    wanted = _import(request, personalize)
    old = wanted.undone
    arn = request.physical_resource_id
    if old is None or _JOB_ARN_MARK not in arn or what_is_imported(old) != what_is_imported(wanted.properties):
        return wanted.start(Progress())
    tags_due = dict(old.tags) != dict(wanted.properties.tags)
    return wanted.keep(Progress(tags_due=tags_due), arn)


def poll(request: Request, progress: Progress, personalize: Personalize) -> Outcome:
    """Look at the job, or try again to start it."""
    return _import(request, personalize).look(progress)


def delete(request: Request, personalize: Personalize) -> Outcome:
    """Wait for the end of a job that still runs; there is nothing else to do, for a job can't be deleted."""
    return poll_delete(request, Progress(dataset_import_job_arn=request.physical_resource_id), personalize)


def poll_delete(request: Request, progress: Progress, personalize: Personalize) -> Outcome:
    """Look whether the job still runs. Never fails: a resource that can't be deleted blocks its stack for good."""
    arn = request.physical_resource_id
    finished = Finished(physical_resource_id=arn, attributes={})
    if not _still_runs(request, personalize):
        return finished
    now = personalize.now()
    elapsed = progress.elapsed_seconds(now)
    if elapsed >= _delete_seconds(request.properties):
        logger.warning("%s still runs, and its dataset can't be deleted before it ends", arn)
        return finished
    seconds = pace.seconds_until_next_look(elapsed)
    return Waiting(physical_resource_id=arn, progress=progress.begun(now), wait_seconds=seconds)


def _delete_seconds(properties: Mapping[str, object]) -> int:
    given = str(properties.get("ServiceTimeout", ""))
    service_timeout = int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS
    return min(_DELETE_SECONDS_MAX, service_timeout - _ANSWER_SECONDS)


def _still_runs(request: Request, personalize: Personalize) -> bool:
    try:
        return any(job.phase is Phase.RUNNING for job in _jobs_of(request, personalize))
    except Busy:
        return True
    except (Refused, UnknownStatus) as error:
        logger.warning("Not waiting for %s: %s", request.physical_resource_id, error)
        return False


def _jobs_of(request: Request, personalize: Personalize) -> Iterable[DatasetImportJob]:
    """Find the job by its ARN; or by name, where CloudFormation has an id of its own.

    It makes one up for a resource whose creation was cancelled before it was answered.
    """
    arn = request.physical_resource_id
    if _JOB_ARN_MARK in arn:
        job = personalize.describe_dataset_import_job(arn)
        return [job] if job else []
    try:
        return attempts_at(personalize, parse(request.properties), request.resource)
    except InvalidProperties:
        return []  # with these no job was ever started


def _import(request: Request, personalize: Personalize) -> Import:
    try:
        return Import(parse(request.properties), request.resource, personalize, _parse_old(request))
    except InvalidProperties as problem:
        raise ImportFailed(f"{problem}. No job was started.") from problem


def _parse_old(request: Request) -> ImportProperties | None:
    try:
        return parse(request.old_properties)
    except InvalidProperties:
        return None  # they failed, or an earlier version took them: whatever they were, it is another import now
