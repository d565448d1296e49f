"""Import again what other resources had added to a dataset: the jobs that `followers` names, one after the other.

Each is started as it was described by the service, under the next attempt number of its own import. So an update of its
own resource adopts it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from personalize_import_handler.aws.personalize import DatasetImportJob, JobSummary, has_succeeded
from personalize_import_handler.contract import (
    ATTEMPTS_MAX,
    DATA_FINGERPRINT_TAG,
    RESOURCE_TAG,
    Attribute,
    ImportMode,
)
from personalize_import_handler.errors import ImportFailed, Refused
from personalize_import_handler.job.followers import History, Repeat
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request.names import (
    default_prefixes_of_followers,
    digest_after,
    is_tag_of_scope,
    names_in,
    names_of,
    prefixes_of_followers,
)
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting, attributes_of

if TYPE_CHECKING:
    from personalize_import_handler.job.import_job import Import


def restore(
    wanted: "Import", full: DatasetImportJob, progress: Progress, on_refusal: Callable[[Refused], Outcome]
) -> Outcome:
    """Run the jobs of followers again, one after the other; an `ImportFailed` says whose rows are missing."""
    try:
        try:
            return _restore(wanted, full, progress)
        except Refused as refused:
            return on_refusal(refused)
    except ImportFailed as failure:
        reason = failure_reasons.rows_missing(failure, _followers(wanted, progress.repeated))
        raise ImportFailed(reason, failure.dataset_import_job_arn, failure.status) from failure


def _restore(wanted: "Import", full: DatasetImportJob, progress: Progress) -> Outcome:
    if progress.repeated and progress.repeat_attempt:
        return _go_on(wanted, full, progress, progress.repeated, progress.repeat_attempt)
    repeat = _next_repeat(wanted, full)
    if repeat is None:
        return Finished(attributes_of(full))
    if repeat.attempt > ATTEMPTS_MAX:
        raise ImportFailed(failure_reasons.names_used_up())
    noted = progress._replace(repeated=repeat.dataset_import_job_arn, repeat_attempt=repeat.attempt)
    return _wait(full, noted.begun(wanted.personalize.now()), 0)


def _followers(wanted: "Import", repeated: str | None) -> list[str]:
    """Return the logical ids of the followers that a job may be of, or of all if there is no job."""
    prefixes = prefixes_of_followers(wanted.properties, wanted.resource)
    return [each for each, prefix in prefixes.items() if repeated is None or digest_after(prefix, repeated)]


def _next_repeat(wanted: "Import", full: DatasetImportJob) -> Repeat | None:
    personalize, undone = wanted.personalize, wanted.undone
    created_at = personalize.dataset_created_at(full.dataset_arn)
    prefixes = prefixes_of_followers(wanted.properties, wanted.resource)
    before = prefixes_of_followers(undone, wanted.resource) if undone else {}
    history = History(
        jobs=_without_foreign(wanted, personalize.list_dataset_import_jobs(full.dataset_arn), prefixes),
        current=full,
        names=wanted.names,
        undone=names_of(undone, wanted.resource) if undone else None,
        prefixes=[*prefixes.values()],
        prefixes_before=[prefix for logical_id, prefix in prefixes.items() if logical_id in before],
        dataset_created_at=full.creation_date_time if created_at is None else created_at,
    )
    return history.next_repeat()


def _without_foreign(wanted: "Import", jobs: Sequence[JobSummary], prefixes: Mapping[str, str]) -> Sequence[JobSummary]:
    """Return jobs without those that have the prefix of a follower and belong to another stack.

    Another stack may use that prefix as its `JobName`. Its jobs are not repeated, nor do they count as updates.
    Only FULL imports and the jobs since the first of this import count, so the tags of all others are not read.
    """
    begun_at = min(
        (job.creation_date_time for job in jobs if wanted.names.include(job.dataset_import_job_arn)), default=0.0
    )

    def is_foreign(job: JobSummary) -> bool:
        arn = job.dataset_import_job_arn
        if (
            job.import_mode is ImportMode.FULL
            or job.creation_date_time < begun_at
            or not any(digest_after(prefix, arn) for prefix in prefixes.values())
        ):
            return False
        resource_tag = wanted.personalize.list_tags(arn).get(RESOURCE_TAG)
        return resource_tag is not None and not is_tag_of_scope(resource_tag, wanted.resource)

    return [job for job in jobs if not is_foreign(job)]


def _resource_tag_of(wanted: "Import", repeated: str, tags: Mapping[str, str]) -> str:
    """Return the tag that names the resource of a job, or an empty string if nothing proves that it is of the stack.

    Earlier versions set no such tag. There a prefix with the name of the stack is proof, but a `JobName` is not.
    """
    if resource_tag := tags.get(RESOURCE_TAG):
        return resource_tag if is_tag_of_scope(resource_tag, wanted.resource) else ""
    return next(
        (
            each
            for each, prefix in default_prefixes_of_followers(wanted.properties, wanted.resource).items()
            if digest_after(prefix, repeated)
        ),
        "",
    )


def _go_on(wanted: "Import", full: DatasetImportJob, progress: Progress, repeated: str, attempt: int) -> Outcome:
    """Start the attempt that was noted, or poll it; note when it is ACTIVE."""
    again = wanted._replace(restores=False, names_of_follower=names_in(repeated))
    if not progress.repeat_started:
        again = _as_started(again, repeated)
    part = progress._replace(attempt=attempt, dataset_import_job_arn=None, tags_due=False, prepared=True)
    arn = names_in(repeated).arn(attempt)
    if progress.repeat_started:
        outcome = again.look(part._replace(dataset_import_job_arn=arn), arn)
    else:
        outcome = again.start(part, attempt)
    if isinstance(outcome, Waiting):
        part = outcome.progress
        noted = progress._replace(repeat_attempt=part.attempt, repeat_started=part.dataset_import_job_arn is not None)
        return _wait(full, noted.begun(wanted.personalize.now()), outcome.wait_seconds)
    if not has_succeeded(outcome.attributes[Attribute.STATUS]):
        return Finished(attributes_of(full))  # the time of this resource is up, and the next one goes on
    return _wait(full, progress._replace(repeated=None, repeat_attempt=None, repeat_started=False), 0)


def _as_started(again: "Import", repeated: str) -> "Import":
    """Return the import of a follower as its job was started; raise `ImportFailed` if it is of another stack."""
    job = again.personalize.describe_dataset_import_job(repeated)
    if job is None:
        raise ImportFailed(failure_reasons.vanished(repeated))
    tags = again.personalize.list_tags(repeated)
    resource_tag = _resource_tag_of(again, repeated, tags)
    if not resource_tag:
        raise ImportFailed(failure_reasons.of_no_follower(repeated))
    properties = again.properties._replace(
        data_location=job.data_location,
        role_arn=job.role_arn,
        import_mode=job.import_mode,
        publish_attribution_metrics_to_s3=job.publish_attribution_metrics_to_s3,
        tags=tuple((key, value) for key, value in tags.items() if not key.startswith("aws:")),
        data_fingerprint=tags.get(DATA_FINGERPRINT_TAG),
    )
    return again._replace(properties=properties, names_of_follower=names_in(repeated, resource_tag))


def _wait(full: DatasetImportJob, progress: Progress, seconds: int) -> Waiting:
    return Waiting(progress, seconds, dataset_import_job_arn=full.dataset_import_job_arn, status=full.status)
