"""Poll a refresh: do its next step, publish the state of its job, and check its limits."""

from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import STATUS_UNWATCHED
from personalize_import_handler.contract.refresh_event import REFRESH_POLLS_MAX, REFRESH_SECONDS_MAX
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.job import state_changes
from personalize_import_handler.messages import refresh_reasons
from personalize_import_handler.refresh.next_job import ListExecutions
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.refresh.steps import poll_once, requested_import
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting
from personalize_import_handler.request.refresh_request import RefreshRequest


def poll_refresh(
    request: RefreshRequest, progress: Progress, services: Services, list_executions: ListExecutions
) -> Outcome | Skipped:
    """Poll a refresh once, and publish the state of its job; raise `ImportFailedError`."""
    progress = progress._replace(polls=progress.polls + 1)
    published = request._replace(properties=requested_import(request, progress, services).properties)
    try:
        outcome = poll_once(request, progress, services, list_executions)
        if isinstance(outcome, Waiting):
            _check_limits(outcome.progress, request, services)
    except ImportFailedError as failure:
        failed = _with_file(failure, progress)
        state_changes.publish_failure(failed, published, progress, services)
        raise failed from failure
    if isinstance(outcome, Skipped):
        return outcome
    outcome = state_changes.publish_outcome(outcome, published, progress, services)
    return _next_file(progress) if isinstance(outcome, Finished) and progress.file_name else outcome


def _with_file(failure: ImportFailedError, progress: Progress) -> ImportFailedError:
    """Return the failure with the name of the file that the refresh was importing, if it imports single files."""
    if not progress.file_name:
        return failure
    reason = refresh_reasons.file_failed(
        failure, progress.file_name, progress.files_imported, may_succeed=failure.status == STATUS_UNWATCHED
    )
    return ImportFailedError(reason, failure.dataset_import_job_arn, failure.status)


def _next_file(progress: Progress) -> Waiting:
    """Continue with the next file after one was imported; only what concerns the refresh as a whole is kept."""
    kept = Progress(
        root_stack_name=progress.root_stack_name,
        publishing_failed=progress.publishing_failed,
        files_imported=progress.files_imported + 1,
        polls=progress.polls,
    )
    return Waiting(kept, wait_seconds=0)


def _check_limits(progress: Progress, request: RefreshRequest, services: Services) -> None:
    """Raise `ImportFailedError` at the limits of a refresh: the history of an execution is limited."""
    elapsed = services.personalize.now() - request.window.due_at
    if progress.polls >= REFRESH_POLLS_MAX or elapsed >= REFRESH_SECONDS_MAX:
        reason = refresh_reasons.refresh_too_long(progress.polls, elapsed, progress.files_imported)
        raise ImportFailedError(reason, progress.dataset_import_job_arn, progress.status_if_failed)
