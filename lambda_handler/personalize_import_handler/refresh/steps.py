"""The steps of a refresh: each poll waits, decides, starts or polls one thing, and records it for the next poll.

A decision is recorded before its job is started, and made again right before that, because another refresh of the
dataset may have imported in the meantime. If a function is killed after it has started a job, the next poll finds that
job by the recorded attempt.
"""

import logging
from typing import Final

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import ATTEMPTS_MAX, REFRESH_TAG, ImportMode, ReimportMode
from personalize_import_handler.contract.refresh_event import REFRESH_POLLS_MAX
from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.job import import_job, job_poll
from personalize_import_handler.job.prerequisites import resolve_root_stack
from personalize_import_handler.job.requested_import import RequestedImport, finish_job
from personalize_import_handler.messages import failure_reasons, refresh_reasons
from personalize_import_handler.refresh import repeats
from personalize_import_handler.refresh.next_job import NO_NEW_FILES, Busy, ListExecutions, find_next_job, location_of
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.refresh.turn import Turn, turn_of
from personalize_import_handler.request import ownership, queueing
from personalize_import_handler.request.execution import Standing
from personalize_import_handler.request.job_names import file_digest_in, names_of
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting, attributes_of
from personalize_import_handler.request.queueing import Delay
from personalize_import_handler.request.refresh_request import RefreshRequest

logger = logging.getLogger(__name__)

_POLLS_OF_A_FILE: Final = 500
"""The polls that must be left for the next file: enough for a job of six hours."""


class StackChangesError(ImportFailedError):
    """No job may be started, because CloudFormation changes or deletes the stack, or has failed to."""

    def __init__(self, status: str) -> None:
        super().__init__(refresh_reasons.stack_changes(status))
        self.stack_status = status


def poll_once(
    request: RefreshRequest, progress: Progress, services: Services, list_executions: ListExecutions
) -> Outcome | Skipped:
    """Do the next step; raise `ImportFailedError`."""
    requested = requested_import(request, progress, services)
    if problems := [*ownership.problems_of(request.properties, request.resource, request.provider)]:
        raise ImportFailedError(failure_reasons.properties_of_another_stack(problems))
    if recorded_arn := progress.dataset_import_job_arn:
        if not requested.names.includes(recorded_arn):
            raise ImportFailedError(failure_reasons.job_of_another_import(recorded_arn))
        return job_poll.poll_job(requested, progress, recorded_arn)
    try:
        requested.sync_clock()
        return (
            resolve_root_stack(requested, progress)
            or _poll_started_attempt(request, requested, progress)
            or _wait_for_turn(request, progress, list_executions)
            or _start_next_job(request, requested, progress, list_executions)
        )
    except StackChangesError as changes:
        return _skipped(f"the stack is {changes.stack_status}", progress)
    except RefusedError as refused:
        reason = failure_reasons.fingerprint_failed(
            refused, request.properties, request.provider.import_role_path, again=requested.again
        )
        return requested.retry_or_fail(refused, reason, None, progress)


def requested_import(request: RefreshRequest, progress: Progress, services: Services) -> RequestedImport:
    """Return the import of the recorded job: one file, or the whole location."""
    fingerprint, properties = progress.files_fingerprint, request.properties
    compares_data = properties.reimport is ReimportMode.WHEN_DATA_CHANGES
    requested = RequestedImport(
        properties=properties._replace(
            files_fingerprint=fingerprint, data_fingerprint=fingerprint if compares_data else None
        ),
        resource=request.resource._replace(stack_scope=properties.stack_scope if progress.root_stack_name else None),
        services=services,
        standing=lambda: _standing(request, services),
        finish=_finish,
        import_role_path=request.provider.import_role_path,
        refresh_requested_at=request.requested_at,
    )
    if not (progress.file_name and progress.file_digest):
        return requested
    location = location_of(properties.data_location, progress.file_name)
    return requested._replace(
        properties=properties._replace(data_location=location, tag_fingerprint=False),
        own_names=names_of(properties, requested.resource)._replace(digest=progress.file_digest),
    )


def _standing(request: RefreshRequest, services: Services) -> Standing:
    """Raise `StackChangesError` unless the stack is settled; a refresh has no place in the queue of the requests."""
    _raise_if_stack_changes(request, services)
    return Standing()


def _raise_if_stack_changes(request: RefreshRequest, services: Services) -> None:
    """Raise `StackChangesError` unless the stack is settled; a request can't supersede a refresh in any other way."""
    root = services.stacks.root_of(request.resource.stack_id)
    if not root.is_settled:
        raise StackChangesError(root.status)


def _poll_started_attempt(request: RefreshRequest, requested: RequestedImport, progress: Progress) -> Outcome | None:
    """Poll the job of the recorded attempt if this refresh has started it; None if there is no such job."""
    if not progress.attempt:
        return None
    arn, personalize = requested.names.arn(progress.attempt), requested.personalize
    if personalize.describe_dataset_import_job(arn) is None:
        return None
    if personalize.list_tags(arn).get(REFRESH_TAG) != request.requested_at:
        return None
    logger.info("Found %s", arn)
    return job_poll.poll_job(requested, progress._replace(dataset_import_job_arn=arn), arn)


def _wait_for_turn(
    request: RefreshRequest, progress: Progress, list_executions: ListExecutions
) -> Outcome | Skipped | None:
    """Wait for earlier refreshes of the resource; None if it is the turn of this one, or it has begun to import."""
    if progress.attempt or progress.files_imported:
        return None
    match turn_of(request.execution_name, list_executions()):
        case Turn.LATER:
            return Skipped("a later refresh follows")
        case Turn.WAIT:
            return _queue(progress)
        case Turn.GO:
            return None


def _start_next_job(
    request: RefreshRequest, requested: RequestedImport, progress: Progress, list_executions: ListExecutions
) -> Outcome | Skipped:
    """Decide which job is next: record it, or start it if it is recorded."""
    _raise_if_stack_changes(request, requested.services)
    found = find_next_job(request, requested, progress, list_executions)
    if isinstance(found, Skipped):
        is_finished = progress.files_imported and found.reason == NO_NEW_FILES
        return _finished(requested) if is_finished else _skipped(found.reason, progress)
    if progress.files_imported and not progress.attempt and progress.polls > REFRESH_POLLS_MAX - _POLLS_OF_A_FILE:
        return _skipped(f"the next refresh continues, because this one has polled {progress.polls} times", progress)
    if isinstance(found, Busy):
        return _queue(progress._replace(attempt=None, file_name=None, file_digest=None, files_fingerprint=None))
    if found.attempt > ATTEMPTS_MAX:
        raise ImportFailedError(failure_reasons.attempts_exhausted())
    if found.is_recorded_in(progress):
        return import_job.start_attempt(requested, progress, found.attempt)
    return requested.wait(None, found.recorded_in(progress), seconds=0)


def _finish(requested: RequestedImport, job: DatasetImportJob, progress: Progress) -> Outcome:
    """Finish a job; a FULL one has removed the rows of its followers, which are imported again before that."""
    if not requested.properties.followed_by or job.import_mode is not ImportMode.FULL:
        return finish_job(requested, job, progress)
    from personalize_import_handler.job import repeating_followers  # few imports have followers

    return repeating_followers.repeat_followers(requested, job, progress, repeats.next_repeat)


def _finished(requested: RequestedImport) -> Outcome:
    """Return the attributes of the last job that has imported a file."""
    personalize = requested.personalize
    jobs = [
        job
        for job in personalize.list_dataset_import_jobs(requested.properties.dataset_arn)
        if requested.names.shares_prefix(job.dataset_import_job_arn) and file_digest_in(job.dataset_import_job_arn)
    ]
    last = max(jobs, key=lambda job: job.creation_date_time)
    job = personalize.describe_dataset_import_job(last.dataset_import_job_arn)
    if job is None:
        raise ImportFailedError(failure_reasons.job_not_found(last.dataset_import_job_arn, again=requested.again))
    return Finished(attributes_of(job))


def _skipped(reason: str, progress: Progress) -> Skipped:
    imported = progress.files_imported
    return Skipped(f"{reason}; {refresh_reasons.files(imported)} imported before" if imported else reason)


def _queue(progress: Progress) -> Waiting:
    """Wait for another import; the timeout of a job doesn't include this time, which may be that of several jobs."""
    return Waiting(progress._replace(started_at=None), queueing.seconds_until_retry(Delay(0)))
