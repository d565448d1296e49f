"""Failure reasons in stack events: the service's own text, then the job, then the advice."""

import bisect
import json
import re
from collections.abc import Sequence
from typing import Final

from personalize_import_handler.aws.data_reader import NotAssumableError, NotReadableError
from personalize_import_handler.aws.error_codes import is_access_denied
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import ATTEMPTS_MAX, RESOURCE_TAG
from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.messages import policy_advice
from personalize_import_handler.messages.policy_advice import DataAccess

# Advice by a part of the service's text. docs/troubleshooting.md lists all texts.
_ADVICE: Final = {
    "missing the following columns": "Use the names of the schema's fields in the header row",
    "Invalid Data location": "Check that the location exists, and that a folder ends in a slash",
    "is not authorized to perform": "Allow the provider's functions to perform this action",
    "bucket does not exist": "Check the name of the bucket",
    "security token included in the request": "Check that the roles of the provider's functions still exist",
    "doesn't exist either": "Add the file to the app again",
}
_DEFAULT_ADVICE: Final = "Fix this problem"
DEPLOY_AGAIN: Final = "deploy again"
"""The end of an advice to the user if CloudFormation has requested the import."""
WAIT_FOR_REFRESH: Final = "the next refresh tries again"
"""The end of an advice if a refresh needs the import."""
_TO_ANOTHER_VALUE: Final = "to another value (CDK: Reimport.when_value_changes(...))"
_START_OF_ADVICE: Final = re.compile(
    r"(?<=[.!?…]) (?=DatasetImportJob [\w-]+ |The files at s3://|The last attempt was |The root stack |\w+ of arn:)"
)

_BYTES_MAX: Final = 3150
"""The limit that leaves enough for the rest of the longest response; the service's text is cut, the advice is not."""


def split_reason(reason: str) -> tuple[str, str]:
    """Split a reason into the service's own text and the text that the handler added, which may be empty."""
    text, *rest = _START_OF_ADVICE.split(reason, maxsplit=1)
    return text, rest[0] if rest else ""


def job_failed(job: DatasetImportJob, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason for a job that has failed."""
    reason = job.failure_reason or "The service gave no reason"
    return _with_service_text(
        reason,
        f"DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. "
        f"{_advice(reason, job)}{_then(again)}{'; this starts a new job' if again == DEPLOY_AGAIN else ''}.",
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
        f"with {refused.code}. {_advice_on(refused, access, import_role_path)}{_then(again)}.",
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
        f"{refused.operation} failed with {refused.code}. {_advice(refused.message)}{_then(again)}.",
    )


def preflight_failed(problem: object, job_name: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the data breaks rules of the service."""
    return _with_service_text(
        str(problem),
        f"DatasetImportJob {job_name} was not started, because it would fail. Fix the data{_then(again)}, or set "
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
        f"{_advice_on(refused, access, import_role_path)}{_then(again)}.",
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
        f"failed with {refused.code}. {_advice(refused.message)}, or empty the bucket yourself, and delete the stack "
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
        f"Timed out after {_duration(elapsed_seconds)}: DatasetImportJob {job_name} was not started. "
        f"{_sentence(again)}."
    )


def queue_timed_out(
    job_name: str,
    elapsed_seconds: float,
    imports_ahead: int | None,
    refusal: str | None,
    *,
    again: str = DEPLOY_AGAIN,
) -> str:
    """Return the reason if the job was queued until the timeout: the service's last refusal and the place."""
    place = "" if imports_ahead is None else f" with {imports_ahead} imports of the same provider ahead of it"
    text = (
        f"DatasetImportJob {job_name} was queued{place} and not started. Personalize runs five jobs at once in an "
        f"account and Region, and one per dataset. {_sentence(again)}."
    )
    timed_out = f"Timed out after {_duration(elapsed_seconds)}: "
    return timed_out + (_with_service_text(refusal, text) if refusal else text)


def call_timed_out(busy: RefusedError, elapsed_seconds: float, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a service had no capacity, or didn't respond, until the timeout."""
    then = (
        "Deploy again when the service has capacity; a job that is running then is adopted"
        if again == DEPLOY_AGAIN
        else _sentence(again)
    )
    return f"Timed out after {_duration(elapsed_seconds)}: " + _with_service_text(
        busy.message, f"The last attempt was {busy.operation}, which failed with {busy.code}. {then}."
    )


def describe_failed(refused: RefusedError, job_arn: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a job could not be described."""
    return _with_service_text(
        refused.message,
        f"{refused.operation} of {job_arn} failed with {refused.code}. {_advice(refused.message)}{_then(again)}"
        f"{'; a job that is running then is adopted' if again == DEPLOY_AGAIN else ''}.",
    )


def job_not_found(job_arn: str, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if a job no longer exists."""
    then = "Deploy again; this starts a new job" if again == DEPLOY_AGAIN else _sentence(again)
    return f"DatasetImportJob {job_arn} no longer exists. {then}."


def unknown_status(job: DatasetImportJob, problem: object, *, again: str = DEPLOY_AGAIN) -> str:
    """Return the reason if the service has returned an undocumented status."""
    return (
        f"DatasetImportJob {job.job_name}: {problem}. It is unknown whether the data was imported. Check the job in "
        f"the Amazon Personalize console{', then deploy again' if again == DEPLOY_AGAIN else ''}."
    )


def stack_changes(status: str) -> str:
    """Return the reason if a refresh starts no job because of the status of the stack."""
    return f"No job was started: the stack is {status}."


def file_failed(failure: object, file_name: str, files_imported: int, *, may_succeed: bool) -> str:
    """Return the reason if an INCREMENTAL refresh could not import a file, or no longer monitors its job."""
    following = (
        "Do not upload it again: its job may still succeed, and its rows would be added twice."
        if may_succeed
        else "The next refresh begins with this file: if the file is the cause, replace it or delete it."
    )
    return (
        f"{failure} The refresh ended with the file {printable(file_name)}, after {files(files_imported)} that it has "
        f"imported. {following}"
    )


def location_too_long(location: str, length_max: int) -> str:
    """Return the reason if the location of a file is too long for a job."""
    return (
        f"The location {printable(location)} has {len(location)} characters, and a job allows {length_max}. Upload the "
        "file under a shorter name. No job was started."
    )


def file_name_not_allowed(file_name: str) -> str:
    """Return the reason if the name of a file contains characters that a location can't contain."""
    return (
        f"The name of the file {shown(file_name)} contains control characters, which a location must not contain. "
        "Upload the file under another name, and delete this one. No job was started."
    )


def hour_is_over() -> str:
    """Return the reason if all polls have failed until CloudFormation stopped to wait for the response."""
    return (
        "CloudFormation waits an hour for a response, and all polls have failed until then. The log of the function "
        "has the reason. Deploy again."
    )


def refresh_too_long(polls: int, seconds: float, files_imported: int) -> str:
    """Return the reason if a refresh has reached its limit of time or polls."""
    imported = f" {files_imported} files were imported." if files_imported else ""
    return (
        f"The refresh has not ended after {seconds / 3600:.0f} hours and {polls} polls, so it is no longer monitored."
        f"{imported} The next refresh imports what is left. Merge small files, because each file is a job of minutes."
    )


def files(number: int) -> str:
    """Return a number of files as text."""
    return "1 file" if number == 1 else f"{number} files"


def _then(again: str) -> str:
    """Return how an import is tried again, to follow an advice that is an imperative."""
    return f" and {again}" if again == DEPLOY_AGAIN else f"; {again}"


def _sentence(again: str) -> str:
    return f"{again[0].upper()}{again[1:]}"


def _advice_on(refused: RefusedError, access: DataAccess, import_role_path: str | None) -> str:
    denied = is_access_denied(refused)
    is_not_assumable = isinstance(refused, NotAssumableError) and denied
    is_role_denied = is_not_assumable or policy_advice.is_pass_role_denied(refused.message, access.role_arn)
    if is_role_denied and (advice := policy_advice.path_advice(access.role_arn, import_role_path)):
        return advice
    if is_not_assumable:
        return policy_advice.preflight_trust_advice(access, refused.message)
    if isinstance(refused, NotReadableError) and denied:
        return policy_advice.read_advice(access)
    return _advice(refused.message, access)


def _advice(text: str, access: DataAccess | None = None) -> str:
    if access and "Insufficient privileges for accessing data" in text:
        return policy_advice.read_advice(access)
    if access and "assume the role" in text:
        return policy_advice.trust_advice(access)
    if allowed := policy_advice.denied_action_advice(text):
        return allowed
    return next((advice for part, advice in _ADVICE.items() if part in text), _DEFAULT_ADVICE)


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
