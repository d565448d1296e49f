"""Failure reasons in stack events: the service's own text, then the job, then the advice."""

import bisect
import json
from collections.abc import Sequence
from typing import Final

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import ATTEMPTS_MAX, RESOURCE_TAG
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.messages.advice import (
    DEPLOY_AGAIN,
    WAIT_FOR_REFRESH,
    advice,
    advice_on,
    limit_of,
    sentence,
    then,
)
from personalize_import_handler.messages.policy_advice import DataAccess

_TO_ANOTHER_VALUE: Final = "to another value (CDK: Reimport.when_value_changes(...))"

_BYTES_MAX: Final = 3150
"""The limit that leaves enough for the rest of the longest response; the service's text is cut, the advice is not."""


def job_failed(job: DatasetImportJob, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason for a job that has failed."""
    reason = job.failure_reason or "The service gave no reason"
    return _with_service_text(
        reason,
        f"DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. "
        f"{advice(reason, job)}{then(again)}{'; this starts a new job' if again == DEPLOY_AGAIN else ''}.",
    )


def attempts_exhausted() -> str:
    """Return the reason if no job name is left for an import."""
    return (
        f"All {ATTEMPTS_MAX} job names of this import are used. Set ReimportToken {_TO_ANOTHER_VALUE} to get new names."
    )


def superseded(job_name: str) -> str:
    """Return the reason if CloudFormation has sent a later request."""
    return (
        f"DatasetImportJob {job_name} was not started: CloudFormation has sent another request for this resource, "
        "as it does when a deployment is cancelled or rolled back."
    )


def start_failed(
    refused: RefusedError,
    job_name: str,
    access: DataAccess,
    import_role_path: str | None = None,
    *,
    again: str = DEPLOY_AGAIN,
) -> str:
    """Return the reason if a job could not be started, with the path of all roles that the provider can use."""
    return _with_service_text(
        refused.message,
        f"DatasetImportJob {job_name} of {access.data_location} was not started: {refused.operation} failed "
        f"with {refused.code}. {advice_on(refused, access, import_role_path)}{then(again)}.",
    )


def properties_of_another_stack(problems: Sequence[str]) -> str:
    """Return the reason if properties belong to another stack."""
    return f"{'; '.join(problems)}. No job was started."


def job_of_another_import(dataset_import_job_arn: str) -> str:
    """Return the reason if a resource can't continue with a job."""
    return (
        f"{dataset_import_job_arn} is not a job of this import. Set DatasetImportJobArn to the attribute of a resource "
        "in this stack that has the same properties, and FirstResource to the first of these resources. No job was "
        "started."
    )


def job_of_another_resource(dataset_import_job_arn: str) -> str:
    """Return the reason if a job isn't adopted although its name has the hash of this import."""
    return (
        f"{dataset_import_job_arn} belongs to another resource, as its tag {RESOURCE_TAG} says, although its name has "
        f"the same hash. Set ReimportToken {_TO_ANOTHER_VALUE} to start another job."
    )


def not_a_follower(dataset_import_job_arn: str) -> str:
    """Return the reason if a job isn't repeated."""
    return (
        f"{dataset_import_job_arn} is not a job of a resource in this stack, so it is not repeated. List only "
        "resources of this stack in FollowedBy, and give imports of other stacks another JobName."
    )


def root_stack_unknown(refused: RefusedError, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the root stack could not be described."""
    return _with_service_text(
        refused.message,
        "The root stack of this nested stack is unknown, so no job was started: "
        f"{refused.operation} failed with {refused.code}. {advice(refused.message)}{then(again)}.",
    )


def preflight_failed(problem: object, job_name: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the data breaks rules of the service."""
    return _with_service_text(
        str(problem),
        f"DatasetImportJob {job_name} was not started, because it would fail. Fix the data{then(again)}, or set "
        "Preflight to false to start jobs without checking the data.",
    )


def fingerprint_failed(
    refused: RefusedError, access: DataAccess, import_role_path: str | None = None, *, again: str = DEPLOY_AGAIN
) -> str:
    """Return the reason if the files could not be compared with those that were imported last."""
    return _with_service_text(
        refused.message,
        f"The files at {access.data_location} could not be compared with the last import, so no job was started: "
        f"{refused.operation} failed with {refused.code}. "
        f"{advice_on(refused, access, import_role_path)}{then(again)}.",
    )


def rows_missing(failure: object, followers: Sequence[str], *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if rows of other resources, which a rollback or refresh has to import again, are missing."""
    names = ", ".join(followers)
    missing = f"{failure} The rows that {names} had added to the dataset are missing."
    if again == WAIT_FOR_REFRESH:
        return f"{missing} The next refresh imports them again."
    return (
        f"{missing} Continue the rollback to import them "
        f"again. If you skip this resource, set ReimportToken of {names} {_TO_ANOTHER_VALUE} afterwards."
    )


def bucket_not_emptied(refused: RefusedError, bucket: str) -> str:
    """Return the log message if the staging bucket could not be emptied."""
    return _with_service_text(
        refused.message,
        f"Bucket {bucket} could not be emptied; CloudFormation can delete only an empty bucket. {refused.operation} "
        f"failed with {refused.code}. {advice(refused.message)}, or empty the bucket yourself, and delete the stack "
        "again.",
    )


def job_timed_out(job: DatasetImportJob, elapsed_seconds: float, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a job runs longer than the timeout."""
    then = (
        "deploying again adopts it instead of starting another one"
        if again == DEPLOY_AGAIN
        else "the next refresh waits for its end"
    )
    return (
        f"Timed out: DatasetImportJob {job.job_name} is still {job.status} after {_duration(elapsed_seconds)}. "
        f"A job can't be stopped, so it continues; {then}."
    )


def start_timed_out(job_name: str, elapsed_seconds: float, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the timeout has passed before a job could be started."""
    return (
        f"Timed out after {_duration(elapsed_seconds)}: DatasetImportJob {job_name} was not started. {sentence(again)}."
    )


def call_timed_out(busy: RefusedError, elapsed_seconds: float, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a service had no capacity, or didn't respond, until the timeout."""
    limit = limit_of(busy)
    then = (
        f"Deploy again {limit.until}; a job that is running then is adopted"
        if again == DEPLOY_AGAIN
        else sentence(again)
    )
    named = f"{limit.text}. " if limit.text else ""
    return f"Timed out after {_duration(elapsed_seconds)}: " + _with_service_text(
        busy.message, f"The last attempt was {busy.operation}, which failed with {busy.code}. {named}{then}."
    )


def describe_failed(refused: RefusedError, job_arn: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a job could not be described."""
    return _with_service_text(
        refused.message,
        f"{refused.operation} of {job_arn} failed with {refused.code}. {advice(refused.message)}{then(again)}"
        f"{'; a job that is running then is adopted' if again == DEPLOY_AGAIN else ''}.",
    )


def job_not_found(job_arn: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a job no longer exists."""
    then = "Deploy again; this starts a new job" if again == DEPLOY_AGAIN else sentence(again)
    return f"DatasetImportJob {job_arn} no longer exists. {then}."


def unknown_status(job: DatasetImportJob, problem: object, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the service has returned an undocumented status."""
    return (
        f"DatasetImportJob {job.job_name}: {problem}. It is unknown whether the data was imported. Check the job in "
        f"the Amazon Personalize console{', then deploy again' if again == DEPLOY_AGAIN else ''}."
    )


def hour_is_over() -> str:
    """Return the reason if all polls have failed until CloudFormation stopped to wait for the response."""
    return (
        "CloudFormation waits an hour for a response, and all polls have failed until then. The log of the function "
        "has the reason. Deploy again."
    )


def _with_service_text(text: str, rest: str) -> str:
    """Return the service's own text, cut to the bytes that are left for it, followed by the rest."""
    bytes_left = _BYTES_MAX - _bytes_in_json(rest)
    text = printable(text.strip())
    if _bytes_in_json(text) > bytes_left:
        too_long = bisect.bisect(range(len(text)), bytes_left, key=lambda length: _bytes_in_json(text[:length]))
        text = f"{text[: max(0, too_long - 1)]}…"
    return f"{text if text.endswith(('.', '!', '?', '…')) else f'{text}.'} {rest}"


def _bytes_in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
