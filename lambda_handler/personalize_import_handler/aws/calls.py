"""Calls of AWS services: their bounds, the meaning of their errors, and lists that are read page by page.

All clients use this module, so a code means the same from Personalize, S3, STS, EventBridge and Step Functions.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from personalize_import_handler.errors import BusyError, NameTakenError, RefusedError

_T = TypeVar("_T")
_Page = TypeVar("_Page", bound=Mapping[str, object])

# Three attempts take at most 3 * (3 + 10) s and some backoff: well inside the functions' timeout, whose end would
# otherwise be all that is left to see. The standard mode would take LimitExceededException for one request too many,
# and ask three times within seconds for room that comes in minutes:
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
CLIENT_CONFIG: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "legacy", "total_max_attempts": 3})

RETRY_PAUSES: Final = (1, 2, 4, 8, 16)
"""Seconds before each retry within one invocation: half a minute for all pages of a list, or all parts of a file."""

_NAME_TAKEN: Final = "ResourceAlreadyExistsException"
# The codes of botocore.retries.standard, and some more. Copied, because the names there are private, and Lambda updates
# botocore by itself; tests/handler/aws/test_aws_calls.py compares them with the installed version.
_BUSY: Final = frozenset({
    "BandwidthLimitExceeded",
    "ExecutionLimitExceeded",  # of StartExecution
    "InternalError",  # of S3, also for single objects in an answer with status 200
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
"""In Throttling, ThrottledException, RequestThrottled, KMS.ThrottlingException and many more."""
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500


def call_service(operation: str, call: Callable[[], _T]) -> _T:
    """Make a call; raise `NameTakenError`, `BusyError` or `RefusedError` where it fails."""
    try:
        return call()
    except ClientError as error:
        details = error.response["Error"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise error_from(
            operation, details.get("Code", "Unknown"), details.get("Message", str(error)), status
        ) from error
    except BotoCoreError as error:  # no connection, no response in time, no credentials yet
        raise BusyError(operation, type(error).__name__, str(error)) from error


def error_from(operation: str, code: str, message: str, status: int = 0) -> RefusedError:
    """Return the exception that an error of AWS stands for; `BusyError` if the same call may succeed later."""
    if code == _NAME_TAKEN:
        return NameTakenError(operation, code, message)
    if code in _BUSY or _THROTTLED in code or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        return BusyError(operation, code, message)
    return RefusedError(operation, code, message)


def call_with_retries(
    operation: str, call: Callable[[], _T], pauses: Iterator[float], sleep: Callable[[float], None] = time.sleep
) -> _T:
    """Make a call again after each of the pauses while the service is busy, then raise `BusyError`.

    Not after a call without an answer: its attempts have taken most of a minute already.
    """
    while True:
        try:
            return call_service(operation, call)
        except BusyError as busy:
            pause = next(pauses, None)
            if pause is None or isinstance(busy.__cause__, BotoCoreError):
                raise
            sleep(pause)


def paginate(
    operation: str,
    fetch: Callable[..., _Page],
    tokens: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[_Page]:
    """Yield the pages of a list; repeat only the page that is throttled. Raise `BusyError` or `RefusedError`.

    `tokens` maps the members of a page that name the next one to the parameters that request it.
    """
    pauses = iter(RETRY_PAUSES)
    following: dict[str, object] = {}
    while True:
        page = call_with_retries(operation, partial(fetch, **following), pauses, sleep)
        yield page
        following = {parameter: page[member] for member, parameter in tokens.items() if page.get(member)}
        if not following or not page.get("IsTruncated", True):
            return
