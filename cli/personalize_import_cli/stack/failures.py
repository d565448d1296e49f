"""Reasons for failed imports, and how to fix them."""

import re
import shlex
from typing import Final

from personalize_import_cli.stack.client import Job, StackClient
from personalize_import_cli.stack.imports import ImportRequest
from personalize_import_cli.stack.stack_events import Event, Outcome
from personalize_import_handler.aws.personalize import has_failed
from personalize_import_handler.messages import failure_reasons

_NO_RESPONSE: Final = ("did not receive a response", "failed to stabilize")
_NO_RESPONSE_FIX: Final = (
    "The functions of the provider did not respond in time. Check their log group (DatasetImportProvider/Logs) and the "
    "executions of the state machine (DatasetImportProvider/Waiter), and deploy again."
)
_NAME_IN_USE_FIX: Final = (
    "Choose another name, or delete the existing resource; an earlier stack may have retained it when it was deleted"
)
# CloudFormation wraps the reason of a custom resource in these.
_PREFIX: Final = re.compile(r"^Received response status \[FAILED\] from custom resource\. Message returned: ")
_SUFFIX: Final = re.compile(r"\(RequestId: [0-9a-f-]{36}\)$")


def failure_reason(client: StackClient, requested: ImportRequest, job: Job | None) -> str:
    """Return the reason and the fix, from the stack's events or, if CloudFormation did not wait, from the job."""
    if requested.outcome is Outcome.FAILED:
        reason = unwrapped(requested.last.last.reason)
        if any(words in reason for words in _NO_RESPONSE):
            reason += f" {_NO_RESPONSE_FIX}"
    else:
        described = client.job(job.arn) if job else None
        reason = failure_reasons.job_failed(described) if described else ""
    if job and has_failed(job.status) and requested.properties:
        location = shlex.quote(requested.properties.data_location)
        reason += f" To find all errors in the data, run: personalize-import check {location} --schema FILE"
    return reason


def cancellation_reason(first_failure: Event | None, effect: str = "cancelled it") -> str:
    """Return which resource failed, so that CloudFormation cancelled an import or did not request it."""
    return f"CloudFormation {effect} because {failure_of_resource(first_failure)}" if first_failure else ""


def failure_of_resource(failure: Event) -> str:
    """Return which resource failed, why, and how to fix a name that is in use."""
    reason = unwrapped(failure.reason)
    if "already exists" in reason.lower():
        reason = f"{reason.removesuffix('.')}. {_NAME_IN_USE_FIX}"
    return f"{failure.logical_id} ({failure.resource_type}) failed: {reason}"


def unwrapped(reason: str) -> str:
    """Return a reason without the words that CloudFormation puts around it."""
    return _SUFFIX.sub("", _PREFIX.sub("", reason.strip())).rstrip()
