"""Errors of the real client, and the clock of the service."""

import time
from collections.abc import Callable

import pytest

from personalize_import_handler.aws.calls import CLIENT_CONFIG, RETRY_PAUSES
from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, NameTakenError, RefusedError
from tests.handler.support.aws_json import Service, client_of, error
from tests.handler.support.fakes import DATASET_ARN, job_arn
from tests.handler.support.properties import properties

ARN = job_arn("nightly-1")
CALLS: dict[str, Callable[[BotoPersonalize], object]] = {
    "DescribeDatasetImportJob": lambda personalize: personalize.describe_dataset_import_job(ARN),
    "CreateDatasetImportJob": lambda personalize: personalize.create_dataset_import_job("n-1", parse(properties()), {}),
    "ListDatasetImportJobs": lambda personalize: personalize.list_dataset_import_jobs(DATASET_ARN),
    "DescribeDataset": lambda personalize: personalize.dataset_created_at(DATASET_ARN),
    "ListTagsForResource": lambda personalize: personalize.list_tags(ARN),
    "TagResource": lambda personalize: personalize.tag_resource(ARN, {"team": "data"}),
    "UntagResource": lambda personalize: personalize.untag_resource(ARN, ["team"]),
}


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("LimitExceededException", 400, BusyError),
        ("ResourceInUseException", 400, BusyError),
        ("ThrottlingException", 400, BusyError),
        ("TooManyRequestsException", 400, BusyError),
        ("AnythingElse", 429, BusyError),
        ("InternalFailure", 400, BusyError),
        ("InternalServerError", 400, BusyError),
        ("ServiceUnavailable", 400, BusyError),
        ("ServiceUnavailableException", 400, BusyError),
        ("AnythingElse", 500, BusyError),
        ("AnythingElse", 502, BusyError),
        ("InvalidInputException", 400, RefusedError),
        ("TooManyTagsException", 400, RefusedError),
        ("ValidationException", 400, RefusedError),
        ("AccessDeniedException", 400, RefusedError),
        ("UnrecognizedClientException", 403, RefusedError),
        ("ResourceAlreadyExistsException", 400, NameTakenError),
    ],
)
@pytest.mark.parametrize("operation", CALLS)
def test_an_error_has_its_exception_and_the_text_of_the_service(
    operation: str,
    code: str,
    status: int,
    meaning: type[RefusedError],
    boto_personalize: BotoPersonalize,
    personalize_service: Service,
) -> None:
    personalize_service.respond_with(*[error(code, "The service's own text.", status)] * (len(RETRY_PAUSES) + 1))

    with pytest.raises(RefusedError) as raised:
        CALLS[operation](boto_personalize)

    assert type(raised.value) is meaning
    assert (raised.value.operation, raised.value.code) == (operation, code)
    assert raised.value.message == "The service's own text."


@pytest.mark.parametrize("operation", ["DescribeDatasetImportJob", "DescribeDataset"])
def test_describing_something_that_does_not_exist_returns_none(
    operation: str, boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with(error("ResourceNotFoundException", f"Resource Arn {ARN} does not exist."))

    assert CALLS[operation](boto_personalize) is None


@pytest.mark.parametrize("operation", sorted(CALLS.keys() - {"DescribeDatasetImportJob", "DescribeDataset"}))
def test_other_calls_raise_an_error_if_something_does_not_exist(
    operation: str, boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with(error("ResourceNotFoundException", "does not exist."))

    with pytest.raises(RefusedError, match=r"does not exist\."):
        CALLS[operation](boto_personalize)


def test_a_service_that_cannot_be_reached_is_busy() -> None:
    with pytest.raises(BusyError) as raised:
        BotoPersonalize(client_of("http://127.0.0.1:1")).describe_dataset_import_job(ARN)

    assert raised.value.code == "EndpointConnectionError"


@pytest.mark.parametrize("off", [-1800, 0, 1800])
@pytest.mark.parametrize("failing", [False, True])
def test_the_clock_follows_the_service_even_if_it_returns_an_error(
    off: int, boto_personalize: BotoPersonalize, personalize_service: Service, *, failing: bool
) -> None:
    date = time.time() + off
    personalize_service.respond_with(
        error("ThrottlingException" if failing else "ResourceNotFoundException", date=date)
    )

    try:
        boto_personalize.describe_dataset_import_job(ARN)
    except BusyError:
        assert failing

    # The header has whole seconds.
    assert date - 1 <= boto_personalize.now() <= time.time() + off


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Thu, 99 Foo 2023 99:99:99 GMT", f"Thu, 01 Jan {9**30} 00:00:00 GMT"]
)
def test_an_invalid_date_leaves_the_clock_unchanged(
    date: str | None, boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with(error("ResourceNotFoundException", date=date))
    before = time.time()

    assert boto_personalize.describe_dataset_import_job(ARN) is None
    assert before <= boto_personalize.now() <= time.time()


@pytest.mark.parametrize(
    ("code", "status", "times"),
    [
        ("LimitExceededException", 400, 1),
        ("InvalidInputException", 400, 1),
        ("ThrottlingException", 400, 3),
        ("AnythingElse", 429, 3),
        ("InternalServerError", 500, 3),
        ("ServiceUnavailable", 503, 3),
    ],
)
def test_throttling_is_retried_at_once_and_missing_capacity_is_not(
    monkeypatch: pytest.MonkeyPatch, code: str, status: int, times: int, personalize_service: Service
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    personalize_service.respond_with(*[error(code, status=status)] * 3)

    with pytest.raises(RefusedError):
        BotoPersonalize(client_of(personalize_service.url, CLIENT_CONFIG)).describe_dataset_import_job(ARN)

    assert len(personalize_service.requests) == times


def test_all_attempts_of_a_call_end_well_within_a_minute() -> None:
    attempts: int = CLIENT_CONFIG.retries["total_max_attempts"]  # type: ignore[attr-defined]
    one: float = CLIENT_CONFIG.connect_timeout + CLIENT_CONFIG.read_timeout  # type: ignore[attr-defined]

    assert attempts > 1
    assert attempts * one < 45


def test_the_created_client_has_these_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    config = BotoPersonalize()._client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (  # type: ignore[attr-defined]
        CLIENT_CONFIG.connect_timeout,  # type: ignore[attr-defined]
        CLIENT_CONFIG.read_timeout,  # type: ignore[attr-defined]
    )
