"""Reasons for the reader of a stack event: the service's own words first, then the job, then what to do."""

import bisect
import json
from collections.abc import Sequence
from typing import Final

from personalize_import_handler.aws.data_reader import NotAssumableError, NotReadableError
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import ATTEMPTS_MAX, required_statements
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.contract.required_statements import DataAccess
from personalize_import_handler.errors import RefusedError

# What to do, by a part of the service's text. All texts: docs/troubleshooting.md.
_ADVICE: Final = {
    "missing the following columns": "Name the columns in the header row as the schema's fields are named",
    "Invalid Data location": "Check that the location exists, and that a folder ends in a slash",
    "is not authorized to perform": "Let the provider's functions do what is named",
    "bucket does not exist": "Check the bucket's name",
    "security token included in the request": "Check that the roles of the provider's functions still exist",
    "Neither does its copy": "Have the file in the app, so that it is shipped once more,",
}
_DEFAULT_ADVICE: Final = "Correct what is named"

_BYTES_MAX: Final = 3150
"""So much that the rest of the longest answer fits beside it; the service's own words give way to what to do."""


def job_failed(job: DatasetImportJob) -> str:
    """Say why a job that had been started ended in failure."""
    reason = job.failure_reason or "The service gave no reason"
    return _with_service_text(
        reason,
        f"DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. "
        f"{_advice(reason, job)} and deploy again: a new job is started then.",
    )


def attempts_exhausted() -> str:
    """Say that no attempt is left."""
    return f"All {ATTEMPTS_MAX} names for this import are used up. Change ReimportToken to get new ones."


def superseded(job_name: str) -> str:
    """Say that nobody waits for this import any more."""
    return (
        f"DatasetImportJob {job_name} was not started: CloudFormation has made another request for this resource "
        "since, as it does when a deployment is cancelled or rolled back."
    )


def start_failed(refused: RefusedError, job_name: str, access: DataAccess) -> str:
    """Say why a job was never started."""
    return _with_service_text(
        refused.message,
        f"DatasetImportJob {job_name} of {access.data_location} was not started: {refused.operation} was answered "
        f"with {refused.code}. {_advice_on(refused, access)} and deploy again.",
    )


def properties_of_another_stack(problems: Sequence[str]) -> str:
    """Return the reason that properties belong to another stack."""
    return f"{'; '.join(problems)}. No job was started."


def job_of_another_import(dataset_import_job_arn: str) -> str:
    """Return the reason that a resource can't continue with a job."""
    return (
        f"{dataset_import_job_arn} is not a job of this import. DatasetImportJobArn must be the attribute of a "
        "resource of this stack that has the same properties, and FirstResource the first of these resources. No job "
        "was started."
    )


def job_of_another_resource(dataset_import_job_arn: str) -> str:
    """Return the reason that a job isn't adopted although its name has the hash of this import."""
    return (
        f"{dataset_import_job_arn} is the job of another resource, as its tag says, although its name has the same "
        "hash. Change the ReimportToken to start another job."
    )


def not_a_follower(dataset_import_job_arn: str) -> str:
    """Return the reason that a job isn't repeated."""
    return (
        f"{dataset_import_job_arn} is not a job of a resource of this stack, and is not repeated. Name in FollowedBy "
        "the resources of this stack alone, and give imports of other stacks another JobName."
    )


def root_stack_unknown(refused: RefusedError) -> str:
    """Return the reason that it isn't known which stack the stack is nested in."""
    return _with_service_text(
        refused.message,
        "Which stack this one is nested in is not known, and so no job was started: "
        f"{refused.operation} was answered with {refused.code}. {_advice(refused.message)} and deploy again.",
    )


def preflight_failed(problem: object, job_name: str) -> str:
    """Say which rules the data breaks, so that a job would fail over it."""
    return _with_service_text(
        str(problem),
        f"DatasetImportJob {job_name} was not started, for it would fail over this. Correct the data and deploy again; "
        "Preflight set to false starts jobs without a look at the data.",
    )


def fingerprint_failed(refused: RefusedError, access: DataAccess) -> str:
    """Say why it isn't known whether the data has changed."""
    return _with_service_text(
        refused.message,
        f"Whether {access.data_location} has changed is not known, and no job was started: {refused.operation} was "
        f"answered with {refused.code}. {_advice_on(refused, access)} and deploy again.",
    )


def rows_missing(failure: object, followers: Sequence[str]) -> str:
    """Return the reason that rows of other resources, which a rollback has to import again, are missing."""
    names = ", ".join(followers)
    return (
        f"{failure} The rows that {names} added to the dataset before are missing. Continue the rollback to import "
        f"them again. If you skip this resource there, change the ReimportToken of {names} afterwards."
    )


def bucket_not_emptied(refused: RefusedError, bucket: str) -> str:
    """Say why the data bucket is not empty when it is about to be deleted."""
    return _with_service_text(
        refused.message,
        f"The bucket {bucket} was not emptied, and can't be deleted before that: {refused.operation} was answered with "
        f"{refused.code}. {_advice(refused.message)}, or empty it by hand, and delete the stack again.",
    )


def job_timed_out(job: DatasetImportJob, elapsed_seconds: float) -> str:
    """Say that a job has outlasted the time it was given."""
    return (
        f"Timed out: DatasetImportJob {job.job_name} is still {job.status} after {_duration(elapsed_seconds)}. "
        "It can't be stopped and goes on; deploying again joins it instead of starting a second one."
    )


def start_timed_out(job_name: str, elapsed_seconds: float) -> str:
    """Return the reason where the time was over before the job could be started."""
    return f"Timed out after {_duration(elapsed_seconds)}: DatasetImportJob {job_name} was not started. Deploy again."


def call_timed_out(busy: RefusedError, elapsed_seconds: float) -> str:
    """Say that the service had no room for a request, or no answer, in all the time there was."""
    return f"Timed out after {_duration(elapsed_seconds)}: " + _with_service_text(
        busy.message,
        f"That was the last answer to {busy.operation} ({busy.code}). Deploy again when the service has room; a job "
        "that runs by then is joined.",
    )


def describe_failed(refused: RefusedError, job_arn: str) -> str:
    """Say that the handler may not look at the job."""
    return _with_service_text(
        refused.message,
        f"{refused.operation} of {job_arn} was answered with {refused.code}. {_advice(refused.message)} and deploy "
        "again: a job that runs by then is joined.",
    )


def job_not_found(job_arn: str) -> str:
    """Say that the job is gone."""
    return f"DatasetImportJob {job_arn} does not exist any more. Deploy again: a new job is started then."


def unknown_status(job: DatasetImportJob, problem: object) -> str:
    """Say that the service gave a status we know nothing about."""
    return (
        f"DatasetImportJob {job.job_name}: {problem}. Whether the data was imported is not known; look at the job in "
        "the console, then deploy again."
    )


def _advice_on(refused: RefusedError, access: DataAccess) -> str:
    denied = refused.code.startswith("AccessDenied")
    if isinstance(refused, NotAssumableError) and denied:
        return required_statements.to_be_assumed(access, refused.message)
    if isinstance(refused, NotReadableError) and denied:
        return required_statements.to_read(access)
    return _advice(refused.message, access)


def _advice(text: str, access: DataAccess | None = None) -> str:
    if access and "Insufficient privileges for accessing data" in text:
        return required_statements.to_read(access)
    if access and "assume the role" in text:
        return required_statements.to_assume(access)
    if allowed := required_statements.to_allow_denied_action(text):
        return allowed
    return next((advice for part, advice in _ADVICE.items() if part in text), _DEFAULT_ADVICE)


def _with_service_text(text: str, rest: str) -> str:
    """Put the service's own words first, as many of them as there is room for."""
    room = _BYTES_MAX - _bytes_in_json(rest)
    text = printable(text.strip())
    if _bytes_in_json(text) > room:
        too_long = bisect.bisect(range(len(text)), room, key=lambda length: _bytes_in_json(text[:length]))
        text = f"{text[: max(0, too_long - 1)]}…"
    return f"{text if text.endswith(('.', '!', '?', '…')) else f'{text}.'} {rest}"


def _bytes_in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
