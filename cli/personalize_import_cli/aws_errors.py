"""Errors of AWS and of the connection to it, as one line with the fix."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)

from personalize_import_cli.errors import CommandError, UnavailableError

_CREDENTIALS: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
)
_INVALID_CREDENTIALS: Final = frozenset({
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
})  # fmt: skip
# HeadObject has no error code in its response, so botocore reports the HTTP status.
_DENIED: Final = frozenset({"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BUSY: Final = frozenset({"LimitExceededException", "Throttling", "ThrottlingException", "TooManyRequestsException"})
_SERVER_ERROR: Final = 500


@contextmanager
def reported_aws_errors(subject: str, policy: str) -> Iterator[None]:
    """Raise errors of AWS as `CommandError`, or as `UnavailableError` if a retry may succeed.

    Args:
        subject: The beginning of the message, such as the name of the stack.
        policy: The page that lists the required permissions.
    """
    try:
        yield
    # botocore raises ValueError for an endpoint that isn't a URL.
    except (ClientError, BotoCoreError, ValueError) as error:
        raise _command_error(error, subject, policy) from error


def _command_error(error: Exception, subject: str, policy: str) -> CommandError:
    if isinstance(error, ClientError):
        return _service_error(error, subject, policy)
    if isinstance(error, NoRegionError):
        return CommandError(f"{subject}: no Region is set. Set AWS_REGION, or a region in the profile")
    if isinstance(error, _CREDENTIALS):
        return CommandError(f"{subject}: {error}. Set AWS_PROFILE, or log in with the AWS CLI")
    if isinstance(error, ConnectionError | HTTPClientError):
        return UnavailableError(f"{subject}: {error}")
    return CommandError(f"{subject}: {error}")


def _service_error(error: ClientError, subject: str, policy: str) -> CommandError:
    code = error.response["Error"].get("Code", "")
    if code in _INVALID_CREDENTIALS:
        return CommandError(
            f"{subject}: {error}. Log in again with the AWS CLI, or set AWS_PROFILE to other credentials"
        )
    if is_denied(error):
        return CommandError(f"{subject}: {error}. {policy} lists the required permissions")
    if is_temporary(error):
        return UnavailableError(f"{subject}: {error}")
    return CommandError(f"{subject}: {error}")


def is_denied(error: ClientError) -> bool:
    """Return whether a permission for the call is missing."""
    return error.response["Error"].get("Code", "") in _DENIED


def is_temporary(error: ClientError) -> bool:
    """Return whether a retry may succeed."""
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return error.response["Error"].get("Code", "") in _BUSY or status >= _SERVER_ERROR
