"""Classification of error codes of all services; and lists that continue at the throttled page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.retries import standard

from personalize_import_handler.aws.calls import RETRY_PAUSES, call_service, call_with_retries, paginate
from personalize_import_handler.aws.error_codes import error_from
from personalize_import_handler.errors import BusyError, NameTakenError, NotFoundError, RefusedError

BOTOCORE: Any = standard  # whose lists are private
THROTTLED = BOTOCORE.ThrottledRetryableChecker._THROTTLED_ERROR_CODES
TRANSIENT = BOTOCORE.TransientRetryableChecker._TRANSIENT_ERROR_CODES


def client_error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "AnyOperation",
    )


def failing(*errors: Exception) -> Callable[[], str]:
    """Create a call that fails with each of the errors, and then succeeds."""
    left = iter(errors)

    def call() -> str:
        for error in left:
            raise error
        return "done"

    return call


@pytest.mark.parametrize("code", sorted({*THROTTLED, *TRANSIENT}))
def test_codes_that_botocore_retries_are_busy(code: str) -> None:
    assert type(error_from("AnyOperation", code, "")) is BusyError


@pytest.mark.parametrize("status", BOTOCORE.TransientRetryableChecker._TRANSIENT_STATUS_CODES)
def test_statuses_that_botocore_retries_are_busy(status: int) -> None:
    assert type(error_from("AnyOperation", "AnyCode", "", status)) is BusyError


@pytest.mark.parametrize(
    "code",
    [
        "ExecutionLimitExceeded",
        "InternalError",
        "KMS.ThrottlingException",
        "KmsThrottlingException",
        "OperationAborted",
        "SomeThrottlingCodeOfTheFuture",
    ],
)
def test_codes_of_other_services_are_busy(code: str) -> None:
    with pytest.raises(BusyError):
        call_service("AnyOperation", failing(client_error(code)))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ExecutionAlreadyExists", NameTakenError),
        ("NoSuchBucket", NotFoundError),
        ("ResourceAlreadyExistsException", NameTakenError),
        ("ResourceNotFoundException", NotFoundError),
    ],
)
def test_a_taken_name_and_a_missing_resource_have_their_own_exceptions(code: str, expected: type[RefusedError]) -> None:
    assert type(error_from("AnyOperation", code, "")) is expected


@pytest.mark.parametrize("code", ["AccessDenied", "StateMachineDoesNotExist", "ValidationException"])
def test_anything_else_is_refused(code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        call_service("AnyOperation", failing(client_error(code)))

    assert type(refused.value) is RefusedError


def test_a_busy_call_is_retried_with_increasing_pauses() -> None:
    slept: list[float] = []
    call = failing(client_error("Throttling"), client_error("SlowDown", 503), client_error("InternalError", 500))

    assert call_with_retries("AnyOperation", call, iter(RETRY_PAUSES), slept.append) == "done"
    assert slept == [1, 2, 4]


def test_retries_of_a_call_end_before_the_function_times_out() -> None:
    slept: list[float] = []

    with pytest.raises(BusyError):
        call_with_retries("AnyOperation", failing(*[client_error("Throttling")] * 9), iter(RETRY_PAUSES), slept.append)

    assert slept == list(RETRY_PAUSES)
    assert sum(slept) < 60


@pytest.mark.parametrize("error", [client_error("AccessDenied"), ReadTimeoutError(endpoint_url="https://any")])
def test_a_refused_call_and_a_call_without_a_response_are_not_retried(error: Exception) -> None:
    with pytest.raises(RefusedError):
        call_with_retries("AnyOperation", failing(error), iter(RETRY_PAUSES), lambda _: pytest.fail("slept"))


class Pages:
    """A list of three pages; some requests are throttled."""

    def __init__(self, throttled: dict[int, int]) -> None:
        self.asked: list[int] = []
        self._throttled = throttled

    def fetch(self, *, token: int = 1) -> dict[str, object]:
        self.asked.append(token)
        assert len(self.asked) < 20, "this would never end"
        if self._throttled.get(token):
            self._throttled[token] -= 1
            raise client_error("ThrottlingException")
        return {"Item": token, "Next": token + 1 if token < 3 else None}

    def read(self, sleep: Callable[[float], None]) -> Iterator[object]:
        return (page["Item"] for page in paginate("ListAny", self.fetch, {"Next": "token"}, sleep))


def test_a_list_continues_at_the_page_that_was_throttled() -> None:
    listed = Pages({2: 1, 3: 2})
    slept: list[float] = []

    assert list(listed.read(slept.append)) == [1, 2, 3]
    assert listed.asked == [1, 2, 2, 3, 3, 3]
    assert slept == [1, 2, 4], "pauses are for the whole list, so that many throttled pages take no longer than one"


def test_a_list_that_stays_throttled_raises_the_error_of_the_service() -> None:
    with pytest.raises(BusyError, match="ThrottlingException from ListAny"):
        list(Pages({3: 99}).read(lambda _: None))


def test_a_page_that_is_not_truncated_is_the_last_page() -> None:
    only: dict[str, object] = {"IsTruncated": False, "NextKeyMarker": "b.csv"}

    assert list(paginate("ListAny", lambda **_: only, {"NextKeyMarker": "KeyMarker"})) == [only]
