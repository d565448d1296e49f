"""Calls of AWS services by all clients: timeouts, retries, exceptions and pagination."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from personalize_import_handler.aws.error_codes import error_from
from personalize_import_handler.errors import BusyError

_T = TypeVar("_T")
_Page = TypeVar("_Page", bound=Mapping[str, object])

# Three attempts take at most 3 * (3 + 10) s plus backoff. This must stay well below the functions' timeout, because a
# function that times out reports no cause. The standard retry mode would treat LimitExceededException as throttling and
# retry three times within seconds, although capacity becomes available only after minutes:
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
CLIENT_CONFIG: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "legacy", "total_max_attempts": 3})

RETRY_PAUSES: Final = (1, 2, 4, 8, 16)
"""Seconds before each retry in one invocation, for all pages of a list or all parts of a file together."""


def call_service(operation: str, call: Callable[[], _T]) -> _T:
    """Make a call; raise the `RefusedError` of its error code if it fails."""
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


def call_with_retries(
    operation: str, call: Callable[[], _T], pauses: Iterator[float], sleep: Callable[[float], None] = time.sleep
) -> _T:
    """Make a call, and retry it after each of the pauses while the service is busy; then raise `BusyError`.

    A call without a response is not retried, because its attempts have already taken most of a minute.
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
    pauses: Iterable[float] = RETRY_PAUSES,
) -> Iterator[_Page]:
    """Yield the pages of a list; retry a throttled page after each of the pauses. Raise `BusyError` or `RefusedError`.

    `tokens` maps each pagination member of a response to the parameter that requests the next page.
    """
    left = iter(pauses)
    following: dict[str, object] = {}
    while True:
        page = call_with_retries(operation, partial(fetch, **following), left, sleep)
        yield page
        following = {parameter: page[member] for member, parameter in tokens.items() if page.get(member)}
        if not following or not page.get("IsTruncated", True):
            return
