"""The event bus on boto3: what is put, and what comes of refusals."""

import json
from collections.abc import Iterator

import boto3
import pytest

from personalize_import_handler.aws import event_bus_client
from personalize_import_handler.aws.calls import CLIENT_CONFIG
from personalize_import_handler.aws.event_bus import NotPublishedError
from personalize_import_handler.aws.event_bus_client import BotoEventBus
from personalize_import_handler.contract import StateChange
from tests.handler.support import aws_json
from tests.handler.support.aws_json import Service
from tests.handler.support.fakes import DATASET_ARN, job_arn

CHANGE: StateChange = {
    "provider": None,
    "stackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
    "stackName": "shop",
    "logicalResourceId": "Import",
    "datasetArn": DATASET_ARN,
    "dataLocation": "s3://shop-data/ä.csv",
    "datasetImportJobArn": job_arn("nightly"),
    "jobName": "nightly",
    "status": "ACTIVE",
    "previousStatus": None,
    "failureReason": None,
}
AT = 1_700_000_000.0


@pytest.fixture
def service() -> Iterator[Service]:
    with aws_json.serve() as service:
        yield service


@pytest.fixture
def event_bus(service: Service, monkeypatch: pytest.MonkeyPatch) -> BotoEventBus:
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": service.url,
    }.items():
        monkeypatch.setenv(name, value)
    return BotoEventBus(sleep=lambda _: None)


def test_an_event_is_put_on_the_default_bus_of_the_account(service: Service, event_bus: BotoEventBus) -> None:
    service.respond_with({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    event_bus.publish(CHANGE, AT)

    ((operation, request),) = service.requests
    (entry,) = request["Entries"]
    assert operation == "PutEvents"
    assert json.loads(entry.pop("Detail")) == CHANGE
    assert entry == {
        "Source": "cdk-personalize-import",
        "DetailType": "Personalize Dataset Import Job State Change",
        "Resources": [job_arn("nightly"), DATASET_ARN],
        "Time": AT,
    }


def test_without_a_job_the_event_is_about_the_dataset(service: Service, event_bus: BotoEventBus) -> None:
    service.respond_with({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    event_bus.publish({**CHANGE, "datasetImportJobArn": None}, AT)

    assert service.requests[0][1]["Entries"][0]["Resources"] == [DATASET_ARN]


BUSY_ENTRY = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "Try again"}]}
DENIED_ENTRY = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "NotAuthorizedForSource", "ErrorMessage": "No"}]}


def test_an_entry_is_retried_while_eventbridge_is_busy(service: Service, event_bus: BotoEventBus) -> None:
    service.respond_with(BUSY_ENTRY, BUSY_ENTRY, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})

    event_bus.publish(CHANGE, AT)

    assert len(service.requests) == 3


def test_an_entry_is_not_published_if_eventbridge_is_busy_three_times(
    service: Service, event_bus: BotoEventBus
) -> None:
    service.respond_with(*[BUSY_ENTRY] * 3)

    with pytest.raises(NotPublishedError, match=r"^Try again \(ThrottlingException from PutEvents\)$"):
        event_bus.publish(CHANGE, AT)


def test_an_entry_that_is_refused_in_a_response_with_status_200_is_not_published(
    service: Service, event_bus: BotoEventBus
) -> None:
    service.respond_with(DENIED_ENTRY)

    with pytest.raises(NotPublishedError, match=r"^No \(NotAuthorizedForSource from PutEvents\)$"):
        event_bus.publish(CHANGE, AT)


def test_an_error_has_the_text_of_the_service(service: Service, event_bus: BotoEventBus) -> None:
    service.respond_with(aws_json.error("AccessDeniedException", "is not authorized to perform: events:PutEvents"))

    with pytest.raises(NotPublishedError, match="is not authorized to perform: events:PutEvents"):
        event_bus.publish(CHANGE, AT)


def test_a_client_that_can_not_be_created_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    with pytest.raises(NotPublishedError, match="region"):
        BotoEventBus().publish(CHANGE, AT)


def test_an_unreachable_bus_delays_an_import_by_seconds_only() -> None:
    times = {name: getattr(event_bus_client._CONFIG, name) for name in ("connect_timeout", "read_timeout", "retries")}

    assert times["retries"]["total_max_attempts"] * (times["connect_timeout"] + times["read_timeout"]) <= 6
    assert times["read_timeout"] < getattr(CLIENT_CONFIG, "read_timeout")  # noqa: B009 - botocore's own, untyped


def test_a_refused_connection_is_reported_at_once(
    service: Service, event_bus: BotoEventBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", "http://127.0.0.1:9")

    with pytest.raises(NotPublishedError, match="Could not connect"):
        event_bus.publish(CHANGE, AT)
