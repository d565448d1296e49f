"""Import the rows of other resources again: the jobs that `followers` selects, one after the other.

Each job is started with the description that the service returned for the original, under the next attempt number of
its own import. An update of the resource that owns it therefore adopts it.
"""

from collections.abc import Callable, Mapping, Sequence

from personalize_import_handler.aws.personalize import DatasetImportJob, JobSummary, has_succeeded
from personalize_import_handler.contract import (
    ATTEMPTS_MAX,
    DATA_FINGERPRINT_TAG,
    REFRESH_TAG,
    REPEATED_TAG,
    RESOURCE_TAG,
    Attribute,
    ImportMode,
)
from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.job import import_job, job_poll
from personalize_import_handler.job.followers import History, Repeat
from personalize_import_handler.job.requested_import import RequestedImport, finish_job
from personalize_import_handler.job.tagging import is_of_refresh
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request.job_names import (
    default_prefixes_of_followers,
    digest_after,
    is_tag_of_scope,
    names_from_job_arn,
    names_of,
    prefixes_of_followers,
)
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting, attributes_of

NextRepeat = Callable[[RequestedImport, DatasetImportJob], Repeat | None]
"""Returns the next job of a follower to repeat, or None if there is none; may raise `RefusedError`."""


def repeat_followers(
    requested: RequestedImport,
    full_job: DatasetImportJob,
    progress: Progress,
    next_repeat: NextRepeat | None = None,
) -> Outcome:
    """Repeat the jobs of followers, one by one; raise `ImportFailedError` with the followers whose rows are missing.

    `next_repeat` selects the jobs; by default, as a rollback does.
    """
    try:
        try:
            return _repeat_next(requested, full_job, progress, next_repeat or _next_repeat)
        except RefusedError as refused:
            return requested.retry_poll_or_fail(refused, full_job.dataset_import_job_arn, progress)
    except ImportFailedError as failure:
        reason = failure_reasons.rows_missing(failure, _followers(requested, progress.repeated), again=requested.again)
        raise ImportFailedError(reason, failure.dataset_import_job_arn, failure.status) from failure


def _repeat_next(
    requested: RequestedImport, full_job: DatasetImportJob, progress: Progress, next_repeat: NextRepeat
) -> Outcome:
    if progress.repeated and progress.repeat_attempt:
        return _repeat(requested, full_job, progress, progress.repeated, progress.repeat_attempt)
    repeat = next_repeat(requested, full_job)
    if repeat is None:
        return Finished(attributes_of(full_job))
    if repeat.attempt > ATTEMPTS_MAX:
        raise ImportFailedError(failure_reasons.attempts_exhausted())
    recorded = progress._replace(repeated=repeat.dataset_import_job_arn, repeat_attempt=repeat.attempt)
    if requested.refresh_requested_at:
        recorded = recorded._replace(started_at=None)  # the timeout of a refresh is that of each job
    return _wait(full_job, recorded.with_start_time(requested.personalize.now()), 0)


def _followers(requested: RequestedImport, repeated: str | None) -> list[str]:
    """Return the logical ids of the followers that a job may belong to; all of them if there is no job."""
    prefixes = prefixes_of_followers(requested.properties, requested.resource)
    return [each for each, prefix in prefixes.items() if repeated is None or digest_after(prefix, repeated)]


def _next_repeat(requested: RequestedImport, full_job: DatasetImportJob) -> Repeat | None:
    """Return the next job that a rollback has to repeat.

    A refresh repeats the followers after its FULL job; without this exception, each Update after a refresh would
    look like a rollback.
    """
    personalize, previous = requested.personalize, requested.previous
    if is_of_refresh(full_job.dataset_import_job_arn, personalize):
        return None
    created_at = personalize.dataset_created_at(full_job.dataset_arn)
    prefixes = prefixes_of_followers(requested.properties, requested.resource)
    before = prefixes_of_followers(previous, requested.resource) if previous else {}
    history = History(
        jobs=_own_jobs(requested, personalize.list_dataset_import_jobs(full_job.dataset_arn), prefixes),
        current=full_job,
        names=requested.names,
        previous=names_of(previous, requested.resource) if previous else None,
        prefixes=[*prefixes.values()],
        prefixes_before=[prefix for logical_id, prefix in prefixes.items() if logical_id in before],
        dataset_created_at=full_job.creation_date_time if created_at is None else created_at,
    )
    return history.next_repeat()


def _own_jobs(
    requested: RequestedImport, jobs: Sequence[JobSummary], prefixes: Mapping[str, str]
) -> Sequence[JobSummary]:
    """Return jobs except those with the prefix of a follower that belong to another stack.

    Another stack may use that prefix as its `JobName`. Its jobs are not repeated and don't count as updates. Only FULL
    imports and jobs after the first attempt at this import matter, so the tags of other jobs are not read.
    """
    begun_at = min(
        (job.creation_date_time for job in jobs if requested.names.includes(job.dataset_import_job_arn)), default=0.0
    )

    def is_foreign(job: JobSummary) -> bool:
        arn = job.dataset_import_job_arn
        if (
            job.import_mode is ImportMode.FULL
            or job.creation_date_time < begun_at
            or not any(digest_after(prefix, arn) for prefix in prefixes.values())
        ):
            return False
        resource_tag = requested.personalize.list_tags(arn).get(RESOURCE_TAG)
        return resource_tag is not None and not is_tag_of_scope(resource_tag, requested.resource)

    return [job for job in jobs if not is_foreign(job)]


def _resource_tag_of(requested: RequestedImport, repeated: str, tags: Mapping[str, str]) -> str:
    """Return the tag of the resource that a job belongs to; an empty string if the stack is not proven to own it.

    Earlier versions set no such tag. For their jobs, a prefix that contains the stack name is proof, but a `JobName` is
    not.
    """
    if resource_tag := tags.get(RESOURCE_TAG):
        return resource_tag if is_tag_of_scope(resource_tag, requested.resource) else ""
    return next(
        (
            each
            for each, prefix in default_prefixes_of_followers(requested.properties, requested.resource).items()
            if digest_after(prefix, repeated)
        ),
        "",
    )


def _repeat(
    requested: RequestedImport, full_job: DatasetImportJob, progress: Progress, repeated: str, attempt: int
) -> Outcome:
    """Start or poll the recorded attempt; record when it is ACTIVE."""
    repeated_import = requested._replace(finish=finish_job, own_names=names_from_job_arn(repeated))
    if not progress.repeat_started:
        repeated_import = _with_settings_of_job(repeated_import, repeated)
    repeat_progress = progress._replace(attempt=attempt, dataset_import_job_arn=None, tags_due=False, prepared=True)
    arn = names_from_job_arn(repeated).arn(attempt)
    if progress.repeat_started:
        outcome = job_poll.poll_job(repeated_import, repeat_progress._replace(dataset_import_job_arn=arn), arn)
    else:
        outcome = import_job.start_attempt(repeated_import, repeat_progress, attempt)
    if isinstance(outcome, Waiting):
        repeat_progress = outcome.progress
        recorded = progress._replace(
            repeat_attempt=repeat_progress.attempt,
            repeat_started=repeat_progress.dataset_import_job_arn is not None,
            imports_ahead=repeat_progress.imports_ahead,
            moved_at=repeat_progress.moved_at,
            refusal=repeat_progress.refusal,
            usual_seconds=repeat_progress.usual_seconds,
        )
        return _wait(full_job, recorded.with_start_time(requested.personalize.now()), outcome.wait_seconds)
    if not has_succeeded(outcome.attributes[Attribute.STATUS]):
        return Finished(attributes_of(full_job))  # timed out; the next resource of the wait chain continues
    return _wait(full_job, progress._replace(repeated=None, repeat_attempt=None, repeat_started=False), 0)


def _with_settings_of_job(repeated_import: RequestedImport, repeated: str) -> RequestedImport:
    """Return a follower's import with the settings of its job; raise `ImportFailedError` if another stack owns it."""
    job = repeated_import.personalize.describe_dataset_import_job(repeated)
    if job is None:
        raise ImportFailedError(failure_reasons.job_not_found(repeated))
    tags = {**repeated_import.personalize.list_tags(repeated), REPEATED_TAG: "true"}
    resource_tag = _resource_tag_of(repeated_import, repeated, tags)
    if not resource_tag:
        raise ImportFailedError(failure_reasons.not_a_follower(repeated))
    properties = repeated_import.properties._replace(
        data_location=job.data_location,
        role_arn=job.role_arn,
        import_mode=job.import_mode,
        publish_attribution_metrics_to_s3=job.publish_attribution_metrics_to_s3,
        tags=tuple((key, value) for key, value in tags.items() if not key.startswith("aws:") and key != REFRESH_TAG),
        data_fingerprint=tags.get(DATA_FINGERPRINT_TAG),
        files_fingerprint=None,
    )
    return repeated_import._replace(properties=properties, own_names=names_from_job_arn(repeated, resource_tag))


def _wait(full_job: DatasetImportJob, progress: Progress, seconds: int) -> Waiting:
    return Waiting(progress, seconds, dataset_import_job_arn=full_job.dataset_import_job_arn, status=full_job.status)
