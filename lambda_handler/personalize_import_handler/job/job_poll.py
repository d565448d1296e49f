"""A poll of an import's job: its status, and whether the import is finished, still waiting or has failed."""

from personalize_import_handler.aws.personalize import DatasetImportJob, Phase, UnknownStatusError
from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.job.tagging import ForeignJobError, set_tags
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import polling
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, attributes_of


def poll_job(requested: RequestedImport, progress: Progress, dataset_import_job_arn: str) -> Outcome:
    """Poll the job: return whether it is finished or still running; raise `ImportFailedError` if it failed."""
    arn, personalize = dataset_import_job_arn, requested.personalize
    try:
        job = personalize.describe_dataset_import_job(arn)
        if job and progress.tags_due:
            set_tags(personalize, arn, requested.job_tags)
            progress = progress._replace(tags_due=False)
    except RefusedError as refused:
        return requested.retry_poll_or_fail(refused, arn, progress)
    except ForeignJobError as foreign:
        raise ImportFailedError(failure_reasons.job_of_another_resource(arn)) from foreign
    if job is None:
        reason = failure_reasons.job_not_found(arn, again=requested.again)
        raise ImportFailedError(reason, arn, progress.status_if_failed)
    return _evaluate(requested, job, progress)


def _evaluate(requested: RequestedImport, job: DatasetImportJob, progress: Progress) -> Outcome:
    arn = job.dataset_import_job_arn
    try:
        phase = job.phase
    except UnknownStatusError as problem:
        reason = failure_reasons.unknown_status(job, problem, again=requested.again)
        raise ImportFailedError(reason, arn, progress.status_if_failed) from problem
    if phase is Phase.FAILED:
        raise ImportFailedError(failure_reasons.job_failed(job, again=requested.again), arn, job.status)
    if phase is Phase.ACTIVE or not requested.properties.wait:
        return requested.finish(requested, job, progress)
    if requested.is_timed_out(progress):
        if requested.properties.completes_at_timeout:
            return Finished(attributes_of(job))
        reason = failure_reasons.job_timed_out(job, requested.waited_seconds(progress), again=requested.again)
        raise ImportFailedError(reason, arn, progress.status_if_failed)
    age = requested.personalize.now() - job.creation_date_time
    seconds = polling.seconds_until_next_poll(age, progress.usual_seconds)
    return requested.wait(arn, progress, seconds, job.status)
