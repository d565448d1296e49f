"""The job of an import: find or start it."""

import logging
from contextlib import suppress

from personalize_import_handler.contract import ATTEMPTS_MAX, DATA_FINGERPRINT_TAG
from personalize_import_handler.data import preparation
from personalize_import_handler.errors import DataRefusedError, ImportFailedError, RefusedError
from personalize_import_handler.job import attempts, job_poll
from personalize_import_handler.job.adoption import is_same_import
from personalize_import_handler.job.attempts import Attempt
from personalize_import_handler.job.prerequisites import compute_fingerprint
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import queueing
from personalize_import_handler.request.job_names import attempt_of
from personalize_import_handler.request.outcome import Outcome, Progress

logger = logging.getLogger(__name__)


def find_job(requested: RequestedImport, progress: Progress) -> Outcome:
    """Find a job that does the same import, otherwise choose the number of the next attempt."""
    names, number = requested.names, 1
    try:
        jobs = requested.personalize.list_dataset_import_jobs(requested.properties.dataset_arn)
        number = names.next_number(job.dataset_import_job_arn for job in jobs)
        found = attempts.find(requested, jobs) or attempts.next_attempt(names, number)
    except RefusedError as refused:
        return requested.retry_attempt_or_fail(refused, number, progress)
    return _proceed_with(requested, found, progress, tags_due=True)


def continue_from(requested: RequestedImport, progress: Progress, dataset_import_job_arn: str) -> Outcome:
    """Continue with the import of another resource: its job, or the attempt that it could not start.

    The job must match the first resource and these properties. Its tag contains the data fingerprint if the import
    depends on the data, or did so when the job was started.
    """
    if requested.names.includes(dataset_import_job_arn):
        return continue_job(requested, progress, dataset_import_job_arn)
    try:
        fingerprint = _fingerprint_of(requested, dataset_import_job_arn)
    except RefusedError as refused:
        return requested.retry_poll_or_fail(refused, dataset_import_job_arn, progress)
    if fingerprint is None and requested.compares_data:
        # No job has been started yet, so the fingerprint is computed from the current data.
        return compute_fingerprint(requested, progress) or find_job(requested, progress)
    known = requested._replace(properties=requested.properties._replace(data_fingerprint=fingerprint))
    return continue_job(known, progress._replace(data_fingerprint=fingerprint), dataset_import_job_arn)


def continue_job(requested: RequestedImport, progress: Progress, dataset_import_job_arn: str) -> Outcome:
    """Continue with the latest attempt if the given job belongs to this import."""
    if not requested.names.includes(dataset_import_job_arn):
        raise ImportFailedError(failure_reasons.job_of_another_import(dataset_import_job_arn))
    number = attempt_of(dataset_import_job_arn)
    try:
        found = attempts.latest(requested, number)
    except RefusedError as refused:
        return requested.retry_attempt_or_fail(refused, number, progress)
    return _proceed_with(requested, found, progress, tags_due=False)


def keep_job(requested: RequestedImport, progress: Progress, *, tags_due: bool) -> Outcome:
    """Continue with the resource's current job; import again if it failed or its dataset was replaced."""
    try:
        found = attempts.current(requested)
    except RefusedError as refused:
        return requested.retry_attempt_or_fail(refused, 1, progress)
    if found is None:
        return find_job(requested, progress)
    return _proceed_with(requested, found, progress, tags_due=tags_due)


def start_attempt(requested: RequestedImport, progress: Progress, attempt: int) -> Outcome:
    """Start the recorded attempt, unless it is too late; queue it if the service has no capacity."""
    name, arn = requested.names.name(attempt), requested.names.arn(attempt)
    with suppress(RefusedError):  # a throttled response has the time, too
        requested.sync_clock()
    if requested.is_timed_out(progress):
        return _give_up(requested, progress, attempt)
    try:
        standing = requested.standing()
        if standing.is_superseded:
            raise ImportFailedError(failure_reasons.superseded(name), arn)
        if preparation.is_due(requested.properties) and not progress.prepared:
            return _prepare(requested, attempt, progress)
        progress = progress.at_place(standing.imports_ahead, requested.personalize.now())
        if not queueing.may_request(requested.delay(progress)):
            return requested.queue(arn, progress)
        found = attempts.start(requested, attempt)
    except RefusedError as refused:
        return requested.retry_attempt_or_fail(refused, attempt, progress)
    return _proceed_with(requested, found, progress, tags_due=False)


def _fingerprint_of(requested: RequestedImport, dataset_import_job_arn: str) -> str | None:
    """Return the fingerprint of the data that a job imported; None if the job doesn't exist."""
    personalize = requested.personalize
    if personalize.describe_dataset_import_job(dataset_import_job_arn) is None:
        return None
    return personalize.list_tags(dataset_import_job_arn).get(DATA_FINGERPRINT_TAG, "")


def _proceed_with(requested: RequestedImport, found: Attempt, progress: Progress, *, tags_due: bool) -> Outcome:
    """Poll an attempt that was started; otherwise record its number, and the next poll starts it."""
    if found.number > ATTEMPTS_MAX:
        raise ImportFailedError(failure_reasons.attempts_exhausted())
    arn = found.dataset_import_job_arn
    if found.is_started:
        logger.info("%s %s", "Started" if progress.attempt else "Found", arn)
        fingerprint = found.data_fingerprint or progress.data_fingerprint
        recorded = progress._replace(
            dataset_import_job_arn=arn,
            tags_due=tags_due,
            data_fingerprint=fingerprint,
            usual_seconds=found.usual_seconds,
            refusal=None,
        )
        return job_poll.poll_job(requested, recorded, arn)
    if requested.is_timed_out(progress):
        # The event came so late that CloudFormation may have timed out and sent another request.
        name, waited = requested.names.name(found.number), requested.waited_seconds(progress)
        reason = failure_reasons.start_timed_out(name, waited, again=requested.again)
        return requested.complete_or_fail(reason, arn, progress)
    return requested.wait(arn, progress._replace(attempt=found.number), seconds=0)


def _give_up(requested: RequestedImport, progress: Progress, attempt: int) -> Outcome:
    """Complete or fail at the timeout, unless a function that was killed has started the job."""
    arn = requested.names.arn(attempt)
    with suppress(RefusedError):
        job = requested.personalize.describe_dataset_import_job(arn)
        if job and is_same_import(job, requested.properties):
            return job_poll.poll_job(requested, progress._replace(dataset_import_job_arn=arn), arn)
    name, waited = requested.names.name(attempt), requested.waited_seconds(progress)
    if progress.prepared or not preparation.is_due(requested.properties):
        place, refusal = progress.imports_ahead, progress.refusal
        reason = failure_reasons.queue_timed_out(name, waited, place, refusal, again=requested.again)
    else:
        reason = failure_reasons.start_timed_out(name, waited, again=requested.again)
    return requested.complete_or_fail(reason, arn, progress)


def _prepare(requested: RequestedImport, attempt: int, progress: Progress) -> Outcome:
    """Do the next step of the preparation, and record it; raise `ImportFailedError` or `RefusedError`."""
    name, arn = requested.names.name(attempt), requested.names.arn(attempt)
    try:
        prepared = preparation.prepare(requested.properties, progress, requested.services)
    except DataRefusedError as problem:
        raise ImportFailedError(
            failure_reasons.preflight_failed(problem, name, again=requested.again), arn
        ) from problem
    return requested.wait(arn, prepared, seconds=0)
