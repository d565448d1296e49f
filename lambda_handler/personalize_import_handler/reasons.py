"""Reasons for the reader of a stack event: the service's own words first, then the job, then what to do."""

from typing import Final

from personalize_import_handler.contract import ATTEMPTS_MAX
from personalize_import_handler.personalize import DatasetImportJob, Refused

# What to do, by a part of the service's text. All texts: docs/troubleshooting.md.
_ADVICE: Final = {
    "missing the following columns": (
        "Name the columns in the header row as the schema's fields are named, and deploy again"
    ),
    "Insufficient privileges for accessing data": (
        "Let both the import role and personalize.amazonaws.com (by the bucket policy) read the location: s3:GetObject "
        "on the objects, s3:ListBucket on the bucket; then deploy again"
    ),
    "Invalid Data location": "Check that the location exists, and that a folder ends in a slash; then deploy again",
    "iam:PassRole": (
        "Let the provider's functions pass the role to personalize.amazonaws.com, as the construct does for every role "
        "that it knows; then deploy again"
    ),
    "is not authorized to perform": "Let the provider's functions do what is named; then deploy again",
}
_DEFAULT_ADVICE: Final = "Correct what is named and deploy again"

_SERVICE_TEXT_BYTES_MAX: Final = 2600
"""So much of the service's own words that the job's name and what to do fit into the answer behind them."""


def job_failed(job: DatasetImportJob) -> str:
    """Say why a job that had been started ended in failure."""
    reason = job.failure_reason or "The service gave no reason"
    return (
        f"{_sentence(reason)} DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. "
        f"{_advice(reason)}: a new job is started then."
    )


def names_used_up() -> str:
    """Say that no attempt is left."""
    return f"All {ATTEMPTS_MAX} names for this import are used up. Change ReimportToken to get new ones."


def given_up(job_name: str) -> str:
    """Say that nobody waits for this import any more."""
    return (
        f"DatasetImportJob {job_name} was not started: CloudFormation has made another request for this resource "
        "since, as it does when a deployment is cancelled or rolled back."
    )


def not_started(refused: Refused, job_name: str, data_location: str) -> str:
    """Say why a job was never started."""
    return (
        f"{_sentence(refused.message)} DatasetImportJob {job_name} of {data_location} was not started: "
        f"{refused.operation} was answered with {refused.code}. {_advice(refused.message)}."
    )


def not_in_time(job: DatasetImportJob, elapsed_seconds: float) -> str:
    """Say that a job has outlasted the time it was given."""
    return (
        f"Timed out: DatasetImportJob {job.job_name} is still {job.status} after {_duration(elapsed_seconds)}. "
        "It can't be stopped and goes on; deploying again joins it instead of starting a second one."
    )


def not_answered_in_time(busy: Refused, elapsed_seconds: float) -> str:
    """Say that the service had no room for a request, or no answer, in all the time there was."""
    return (
        f"Timed out after {_duration(elapsed_seconds)}: {_sentence(busy.message)} That was the last answer to "
        f"{busy.operation} ({busy.code}). Deploy again when the service has room; a job that runs by then is joined."
    )


def not_seen(refused: Refused, job_arn: str) -> str:
    """Say that the handler may not look at the job."""
    return (
        f"{_sentence(refused.message)} {refused.operation} of {job_arn} was answered with {refused.code}. "
        f"{_advice(refused.message)}: a job that runs by then is joined."
    )


def vanished(job_arn: str) -> str:
    """Say that the job is gone."""
    return f"DatasetImportJob {job_arn} does not exist any more. Deploy again: a new job is started then."


def unknown_status(job: DatasetImportJob, problem: object) -> str:
    """Say that the service gave a status we know nothing about."""
    return (
        f"DatasetImportJob {job.job_name}: {problem}. Whether the data was imported is not known; look at the job in "
        "the console, then deploy again."
    )


def _advice(text: str) -> str:
    return next((advice for part, advice in _ADVICE.items() if part in text), _DEFAULT_ADVICE)


def _sentence(text: str) -> str:
    text = text.strip()
    if len(encoded := text.encode(errors="replace")) > _SERVICE_TEXT_BYTES_MAX:
        text = encoded[:_SERVICE_TEXT_BYTES_MAX].decode(errors="ignore") + "…"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
