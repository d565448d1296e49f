"""The result of a refresh, in the output of its execution; the reason of a failure is the execution's cause."""

from typing import Final, NamedTuple

from personalize_import_handler.cloudformation.events import Event
from personalize_import_handler.contract import Attribute
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.contract.refresh_event import RefreshResult
from personalize_import_handler.request.outcome import Finished, Progress

ERROR: Final = "ImportFailed"
"""The error of the execution of a refresh that has failed."""
_CAUSE_LENGTH_MAX: Final = 4000
"""Our limit, about as long as a reason in a stack event; Step Functions allows 32,768 characters."""


class Skipped(NamedTuple):
    """The refresh started no job, or no further one, for a reason that is no failure."""

    reason: str


def succeeded(event: Event, outcome: Finished | Skipped, progress: Progress) -> Event:
    """Return the output of an execution whose refresh has imported, or had nothing to import."""
    return {**event, "IsComplete": True, "WaitSeconds": 0, "Refresh": _result(outcome, progress)}


def failed(event: Event, reason: str) -> Event:
    """Return an event with which the state machine fails the execution."""
    cause = printable(reason)[:_CAUSE_LENGTH_MAX]
    return {**event, "IsComplete": True, "WaitSeconds": 0, "Error": ERROR, "Cause": cause}


def _result(outcome: Finished | Skipped, progress: Progress) -> RefreshResult:
    result: RefreshResult
    if isinstance(outcome, Skipped):
        result = {"Outcome": "SKIPPED", "Reason": printable(outcome.reason)}
    else:
        arn = outcome.attributes[Attribute.DATASET_IMPORT_JOB_ARN]
        result = {"Outcome": "IMPORTED", "DatasetImportJobArn": arn}
    if progress.files_imported:
        result["ImportedFiles"] = progress.files_imported
    return result
