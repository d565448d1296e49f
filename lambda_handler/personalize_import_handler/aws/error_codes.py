"""AWS error codes: the exception for each, and whether the same call may succeed later.

All clients use this module, so an error code means the same for Personalize, S3, STS, EventBridge and Step Functions.

Permissions and credentials that were created seconds ago are not effective yet. A stack creates the import role and the
bucket policy seconds before the job that needs them, and IAM is eventually consistent:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency.
Personalize checks role, policy and data during the call, and AWS's own samples sleep for a minute before it.

The same applies to credentials of a role that was created seconds ago: a service may not accept them yet. Each poll
that reads data assumes the import role again. The functions' own credentials come from Lambda's environment.
"""

from typing import Final

from personalize_import_handler.errors import BusyError, NameTakenError, NotFoundError, RefusedError

_NAME_TAKEN: Final = frozenset({"ExecutionAlreadyExists", "ResourceAlreadyExistsException"})
_NOT_FOUND: Final = frozenset({"NoSuchBucket", "ResourceNotFoundException"})
# The codes of botocore.retries.standard and a few more. They are copied because the names there are private and Lambda
# updates botocore on its own; tests/handler/aws/test_calls.py compares them with the installed version.
_BUSY: Final = frozenset({
    "BandwidthLimitExceeded",
    "ExecutionLimitExceeded",  # of StartExecution
    "InternalError",  # of S3, also for single objects in a response with status 200
    "InternalFailure",
    "InternalServerError",
    "LimitExceededException",  # of Personalize: more than five running jobs, or too many requests
    "OperationAborted",  # of S3: another operation on the same resource is in progress
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ResourceInUseException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "TooManyRequestsException",
    "TransactionInProgressException",
})  # fmt: skip
_THROTTLED: Final = "Throttl"
"""Part of Throttling, ThrottledException, RequestThrottled, KMS.ThrottlingException and many other codes."""
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500

_ACCESS_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
# Codes for credentials in Personalize, Step Functions, STS and S3; see the pages of common errors,
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_CREDENTIALS: Final = frozenset({
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
})  # fmt: skip
# Parts of messages that refuse to read the data, to pass the role or to assume it, under any code.
_DENYING_WORDS: Final = ("insufficient privileges", "not authorized", "assume")
FRESH_SECONDS: Final = 120
"""Seconds after which a denied call is treated as permanent, because new permissions would be effective."""


def error_from(operation: str, code: str, message: str, status: int = 0) -> RefusedError:
    """Return the exception for an AWS error code; `BusyError` if the same call may succeed later."""
    kind = RefusedError
    if code in _NAME_TAKEN:
        kind = NameTakenError
    elif code in _NOT_FOUND:
        kind = NotFoundError
    elif code in _BUSY or _THROTTLED in code or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        kind = BusyError
    return kind(operation, code, message)


def is_access_denied(refused: RefusedError) -> bool:
    """Return whether a permission is missing."""
    return refused.code in _ACCESS_DENIED


def may_become_effective(refused: RefusedError, elapsed_seconds: float) -> bool:
    """Return whether a call may have been denied only because permissions or credentials are not effective yet."""
    if elapsed_seconds >= FRESH_SECONDS:
        return False
    message = refused.message.lower()
    is_denied = is_access_denied(refused) or any(words in message for words in _DENYING_WORDS)
    return is_denied or refused.code in _CREDENTIALS


def is_retryable(refused: RefusedError, elapsed_seconds: float) -> bool:
    """Return whether a call that was refused so many seconds after the request may succeed when it is retried."""
    return isinstance(refused, BusyError) or may_become_effective(refused, elapsed_seconds)
