"""The failures of the native types' handlers, with the messages that CloudFormation shows in stack events."""

import uuid
from collections.abc import Mapping
from typing import Final

from personalize_local.personalize.errors import ServiceError

# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
_HANDLER_ERROR_CODES: Final[Mapping[str, str]] = {
    "AccessDeniedException": "AccessDenied",
    "InvalidInputException": "InvalidRequest",
    "LimitExceededException": "ServiceLimitExceeded",
    "ResourceInUseException": "ResourceConflict",
    "ResourceNotFoundException": "NotFound",
    "ThrottlingException": "Throttling",
    "ValidationException": "InvalidRequest",
}


class ResourceFailedError(Exception):
    """A resource operation failed; the message is the reason in the stack event."""


def handler_failure(error: ServiceError) -> ResourceFailedError:
    """Return the failure for a refused call of the service."""
    origin = f"Service: Personalize, Status Code: {error.status}, Request ID: {uuid.uuid4()}"
    code = _HANDLER_ERROR_CODES.get(error.code, "GeneralServiceException")
    return ResourceFailedError(handler_message(f"{error.message} ({origin})", code))


def handler_message(text: str, code: str) -> str:
    """Return a handler's message as CloudFormation shows it."""
    return f'Resource handler returned message: "{text}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'
