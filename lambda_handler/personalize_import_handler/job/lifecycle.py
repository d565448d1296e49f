"""Create, Update and Delete requests: which import to find, start or poll. Nothing here calls AWS directly.

A request is received once. Then the state machine polls it until a response can be sent. Each poll finds, decides or
starts one thing; what it records is passed to the next poll.
"""

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.aws.services import Services
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.job import import_job, job_poll
from personalize_import_handler.job.first_call import wait_for_first_call
from personalize_import_handler.job.prerequisites import compute_fingerprint, resolve_root_stack
from personalize_import_handler.job.requested_import import RequestedImport, finish_job
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import ownership
from personalize_import_handler.request.job_names import attempt_of, names_of
from personalize_import_handler.request.outcome import Outcome, Progress, Waiting
from personalize_import_handler.request.request import Request


def receive(request: Request) -> Waiting:
    """Check a Create or Update and pass it to the state machine; invalid properties fail here."""
    _check_ownership(request)
    return Waiting(Progress(), wait_seconds=0)


def receive_delete() -> Waiting:
    """Pass a Delete to the state machine without any checks."""
    return Waiting(Progress(), wait_seconds=0)


def poll_create(request: Request, progress: Progress, services: Services) -> Outcome:
    """Find or start the job, then poll it until it ends."""
    requested = _import(request, progress, services)._replace(is_create=True)
    return (
        resolve_root_stack(requested, progress)
        or _resume(requested, progress)
        or compute_fingerprint(requested, progress)
        or import_job.find_job(requested, progress)
    )


def poll_update(request: Request, progress: Progress, services: Services) -> Outcome:
    """Start a job if the import has changed; otherwise keep the current job and update its tags.

    A rollback is an Update with the previous properties: the job for these properties is adopted, or the data is
    imported again. The comparison uses the same stack for both imports, because the resource may have been moved to
    another stack.
    """
    requested = _import(request, progress, services)._replace(finish=_finish_update)
    if outcome := (
        resolve_root_stack(requested, progress)
        or _resume(requested, progress)
        or compute_fingerprint(requested, progress)
    ):
        return outcome
    old, new = requested.previous, requested.properties
    if old is None or old.after != new.after or names_of(old, requested.resource).digest != requested.names.digest:
        return import_job.find_job(requested, progress)
    return import_job.keep_job(requested, progress, tags_due=dict(old.tags) != dict(new.tags))


def _resume(requested: RequestedImport, progress: Progress) -> Outcome | None:
    """Continue with the recorded state, or with the import of the previous resource; None if there is neither.

    A request without recorded state may have to wait first.
    """
    if recorded_arn := progress.dataset_import_job_arn:
        if not requested.names.includes(recorded_arn):
            raise ImportFailedError(failure_reasons.job_of_another_import(recorded_arn))
        return job_poll.poll_job(requested, progress, recorded_arn)
    if progress.attempt:
        return import_job.start_attempt(requested, progress, progress.attempt)
    if waiting := wait_for_first_call(requested, progress):
        return waiting
    if previous_resource_job_arn := requested.properties.dataset_import_job_arn:
        return import_job.continue_from(requested, progress, previous_resource_job_arn)
    return None


def _finish_update(requested: RequestedImport, job: DatasetImportJob, progress: Progress) -> Outcome:
    """Finish an import; if it repeats an earlier one, import the rows of its followers again before that."""
    is_repeated = attempt_of(job.dataset_import_job_arn) > 1
    if not (is_repeated and requested.properties.followed_by and requested.properties.wait):
        return finish_job(requested, job, progress)
    from personalize_import_handler.job import repeating_followers  # few imports have followers

    return repeating_followers.repeat_followers(requested, job, progress)


def _import(request: Request, progress: Progress, services: Services) -> RequestedImport:
    _check_ownership(request)
    scope = request.properties.stack_scope if progress.root_stack_name else None
    return RequestedImport(
        properties=request.properties._replace(
            data_fingerprint=progress.data_fingerprint, files_fingerprint=progress.files_fingerprint
        ),
        resource=request.resource._replace(stack_scope=scope),
        services=services,
        standing=request.standing,
        previous=request.previous,
        import_role_path=request.provider.import_role_path,
    )


def _check_ownership(request: Request) -> None:
    """Raise `ImportFailedError` if a property belongs to another stack."""
    if problems := [*ownership.problems_of(request.properties, request.resource, request.provider)]:
        raise ImportFailedError(failure_reasons.properties_of_another_stack(problems))
