"""What AWS, or the way to it, has said, in one line that names what to do."""

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

from personalize_import_cli.errors import CommandError

_CREDENTIALS: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
)
_REFUSED_CREDENTIALS: Final = frozenset({
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
})  # fmt: skip
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BUSY: Final = frozenset({"LimitExceededException", "Throttling", "ThrottlingException", "TooManyRequestsException"})
_SERVER_ERROR: Final = 500


class UnavailableError(CommandError):
    """Nothing is wrong with the request; it may be answered when it is made again."""


@contextmanager
def reported_aws_errors(what: str, policy: str) -> Iterator[None]:
    """Raise what AWS says as `CommandError`, or `UnavailableError`.

    Args:
        what: What the failure is about, for the beginning of the line.
        policy: Where it stands which permissions are needed.
    """
    try:
        yield
    # A ValueError is what botocore has for an endpoint that is no URL.
    except (ClientError, BotoCoreError, ValueError) as error:
        raise _failure(error, what, policy) from error


def _failure(error: Exception, what: str, policy: str) -> CommandError:
    if isinstance(error, ClientError):
        return _answer(error, what, policy)
    if isinstance(error, NoRegionError):
        return CommandError(f"{what}: no Region is set. Set AWS_REGION, or a region in the profile")
    if isinstance(error, _CREDENTIALS):
        return CommandError(f"{what}: {error}. Set AWS_PROFILE, or log in with the AWS CLI")
    if isinstance(error, ConnectionError | HTTPClientError):
        return UnavailableError(f"{what}: {error}")
    return CommandError(f"{what}: {error}")


def _answer(error: ClientError, what: str, policy: str) -> CommandError:
    code = error.response["Error"].get("Code", "")
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    if code in _REFUSED_CREDENTIALS:
        return CommandError(f"{what}: {error}. Log in again with the AWS CLI, or set AWS_PROFILE to other credentials")
    if code in _DENIED:
        return CommandError(f"{what}: {error}. {policy} has the permissions that are needed")
    if code in _BUSY or status >= _SERVER_ERROR:
        return UnavailableError(f"{what}: {error}")
    return CommandError(f"{what}: {error}")
