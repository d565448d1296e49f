"""The real client, against a service that speaks AWS JSON."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.personalize import Busy, DatasetImportJob, JobSummary, NameTaken, Refused
from personalize_import_handler.personalize_client import CLIENT_CONFIG, BotoPersonalize
from personalize_import_handler.properties import parse
from tests.handler.aws_json import Service, error, serve
from tests.handler.fakes import DATASET_ARN, ROLE_ARN, job_arn
from tests.handler.properties import DATA_LOCATION, properties, tags

if TYPE_CHECKING:
    from mypy_boto3_personalize import PersonalizeClient

ARN = job_arn("nightly-1")
SUMMARY = {
    "datasetImportJobArn": ARN,
    "jobName": "nightly-1",
    "status": "CREATE IN_PROGRESS",
    "creationDateTime": 1542392161.837,
    "lastUpdatedDateTime": 1542393013.377,
    "importMode": "INCREMENTAL",
}
JOB = {
    **SUMMARY,
    "datasetArn": DATASET_ARN,
    "dataSource": {"dataLocation": DATA_LOCATION},
    "roleArn": ROLE_ARN,
    "publishAttributionMetricsToS3": True,
    "failureReason": "Broken row",
}
CALLS: dict[str, Callable[[BotoPersonalize], object]] = {
    "DescribeDatasetImportJob": lambda personalize: personalize.describe_dataset_import_job(ARN),
    "CreateDatasetImportJob": lambda personalize: personalize.create_dataset_import_job("n-1", parse(properties())),
    "ListDatasetImportJobs": lambda personalize: personalize.list_dataset_import_jobs(DATASET_ARN),
    "DescribeDataset": lambda personalize: personalize.dataset_created_at(DATASET_ARN),
    "ListTagsForResource": lambda personalize: personalize.list_tags(ARN),
    "TagResource": lambda personalize: personalize.tag_resource(ARN, {"team": "data"}),
    "UntagResource": lambda personalize: personalize.untag_resource(ARN, ["team"]),
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Service, "PersonalizeClient"]]:
    with serve() as service:
        yield service, client_of(service.url)


@pytest.fixture
def service(served: tuple[Service, "PersonalizeClient"]) -> Service:
    service, _ = served
    service.script.clear()
    service.requests.clear()
    return service


@pytest.fixture
def personalize(served: tuple[Service, "PersonalizeClient"]) -> BotoPersonalize:
    return BotoPersonalize(served[1])


def client_of(url: str) -> "PersonalizeClient":
    return boto3.client(
        "personalize",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1),
    )


def test_a_job_is_described_with_all_its_members(personalize: BotoPersonalize, service: Service) -> None:
    service.answers({"datasetImportJob": JOB})

    assert personalize.describe_dataset_import_job(ARN) == DatasetImportJob(
        dataset_import_job_arn=ARN,
        job_name="nightly-1",
        status="CREATE IN_PROGRESS",
        import_mode=ImportMode.INCREMENTAL,
        creation_date_time=1542392161.837,
        last_updated_date_time=1542393013.377,
        dataset_arn=DATASET_ARN,
        data_location=DATA_LOCATION,
        role_arn=ROLE_ARN,
        publish_attribution_metrics_to_s3=True,
        failure_reason="Broken row",
    )
    assert service.requests == [("DescribeDatasetImportJob", {"datasetImportJobArn": ARN})]


def test_a_member_that_the_service_leaves_out_has_the_service_s_own_default(
    personalize: BotoPersonalize, service: Service
) -> None:
    left_out = {"importMode", "publishAttributionMetricsToS3", "failureReason", "roleArn"}
    service.answers({"datasetImportJob": {name: value for name, value in JOB.items() if name not in left_out}})

    job = personalize.describe_dataset_import_job(ARN)

    assert job is not None
    assert (job.import_mode, job.publish_attribution_metrics_to_s3) == (ImportMode.FULL, False)
    assert (job.failure_reason, job.role_arn) == (None, "")


def test_a_job_is_created_with_every_parameter(personalize: BotoPersonalize, service: Service) -> None:
    service.answers({"datasetImportJobArn": ARN})
    wanted = parse(properties(ImportMode="INCREMENTAL", PublishAttributionMetricsToS3="true", Tags=tags(team="data")))

    assert personalize.create_dataset_import_job("nightly-1", wanted) == ARN
    assert service.requests == [
        (
            "CreateDatasetImportJob",
            {
                "jobName": "nightly-1",
                "datasetArn": DATASET_ARN,
                "dataSource": {"dataLocation": DATA_LOCATION},
                "roleArn": ROLE_ARN,
                "importMode": "INCREMENTAL",
                "publishAttributionMetricsToS3": True,
                "tags": [{"tagKey": "team", "tagValue": "data"}],
            },
        )
    ]


def test_what_nobody_asked_for_is_not_sent(personalize: BotoPersonalize, service: Service) -> None:
    service.answers({"datasetImportJobArn": ARN})

    personalize.create_dataset_import_job("nightly-1", parse(properties()))

    ((_, parameters),) = service.requests
    assert set(parameters) == {"jobName", "datasetArn", "dataSource", "roleArn", "importMode"}


def test_all_pages_of_a_list_are_read(personalize: BotoPersonalize, service: Service) -> None:
    other = {**SUMMARY, "datasetImportJobArn": job_arn("nightly-2"), "status": "ACTIVE", "importMode": "FULL"}
    service.answers({"datasetImportJobs": [SUMMARY], "nextToken": "more"}, {"datasetImportJobs": [other]})

    first, second = personalize.list_dataset_import_jobs(DATASET_ARN)

    assert first == JobSummary(
        dataset_import_job_arn=ARN,
        status="CREATE IN_PROGRESS",
        import_mode=ImportMode.INCREMENTAL,
        creation_date_time=1542392161.837,
    )
    assert (second.dataset_import_job_arn, second.import_mode) == (job_arn("nightly-2"), ImportMode.FULL)
    assert [parameters.get("nextToken") for _, parameters in service.requests] == [None, "more"]
    assert {parameters["datasetArn"] for _, parameters in service.requests} == {DATASET_ARN}


def test_a_dataset_s_age_is_read(personalize: BotoPersonalize, service: Service) -> None:
    service.answers({"dataset": {"datasetArn": DATASET_ARN, "creationDateTime": 1542392161.5}})

    assert personalize.dataset_created_at(DATASET_ARN) == 1542392161.5
    assert service.requests == [("DescribeDataset", {"datasetArn": DATASET_ARN})]


def test_tags_are_read_set_and_removed(personalize: BotoPersonalize, service: Service) -> None:
    service.answers({"tags": [{"tagKey": "team", "tagValue": "data"}]}, {}, {})

    assert personalize.list_tags(ARN) == {"team": "data"}
    personalize.tag_resource(ARN, {"stage": "prod"})
    personalize.untag_resource(ARN, iter(["team"]))

    assert service.requests == [
        ("ListTagsForResource", {"resourceArn": ARN}),
        ("TagResource", {"resourceArn": ARN, "tags": [{"tagKey": "stage", "tagValue": "prod"}]}),
        ("UntagResource", {"resourceArn": ARN, "tagKeys": ["team"]}),
    ]


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("LimitExceededException", 400, Busy),
        ("ResourceInUseException", 400, Busy),
        ("ThrottlingException", 400, Busy),
        ("TooManyRequestsException", 429, Busy),
        ("AnythingElse", 429, Busy),
        ("InternalFailure", 500, Busy),
        ("ServiceUnavailable", 503, Busy),
        ("AnythingElse", 502, Busy),
        ("InvalidInputException", 400, Refused),
        ("TooManyTagsException", 400, Refused),
        ("ValidationException", 400, Refused),
        ("AccessDeniedException", 400, Refused),
        ("UnrecognizedClientException", 403, Refused),
        ("ResourceAlreadyExistsException", 400, NameTaken),
    ],
)
@pytest.mark.parametrize("operation", CALLS)
def test_an_error_has_its_meaning_and_the_service_s_own_text(
    operation: str, code: str, status: int, meaning: type[Refused], personalize: BotoPersonalize, service: Service
) -> None:
    service.answers(error(code, "The service's own text.", status))

    with pytest.raises(Refused) as raised:
        CALLS[operation](personalize)

    assert type(raised.value) is meaning
    assert (raised.value.operation, raised.value.code) == (operation, code)
    assert raised.value.message == "The service's own text."


@pytest.mark.parametrize("operation", ["DescribeDatasetImportJob", "DescribeDataset"])
def test_what_does_not_exist_is_none(operation: str, personalize: BotoPersonalize, service: Service) -> None:
    service.answers(error("ResourceNotFoundException", f"Resource Arn {ARN} does not exist."))

    assert CALLS[operation](personalize) is None


@pytest.mark.parametrize("operation", sorted(CALLS.keys() - {"DescribeDatasetImportJob", "DescribeDataset"}))
def test_elsewhere_what_does_not_exist_is_refused(
    operation: str, personalize: BotoPersonalize, service: Service
) -> None:
    service.answers(error("ResourceNotFoundException", "does not exist."))

    with pytest.raises(Refused, match=r"does not exist\."):
        CALLS[operation](personalize)


def test_a_service_that_cannot_be_reached_is_busy() -> None:
    with pytest.raises(Busy) as raised:
        BotoPersonalize(client_of("http://127.0.0.1:1")).describe_dataset_import_job(ARN)

    assert raised.value.code == "EndpointConnectionError"


@pytest.mark.parametrize("off", [-1800, 0, 1800])
@pytest.mark.parametrize("failing", [False, True])
def test_the_clock_is_the_service_s_own_also_when_it_answers_with_an_error(
    off: int, personalize: BotoPersonalize, service: Service, *, failing: bool
) -> None:
    date = time.time() + off
    service.answers(error("ThrottlingException" if failing else "ResourceNotFoundException", date=date))

    try:
        personalize.describe_dataset_import_job(ARN)
    except Busy:
        assert failing

    assert personalize.now() == pytest.approx(time.time() + off, abs=2)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Foo 2023 99:99:99 GMT"])
def test_a_date_that_cannot_be_read_leaves_the_clock_as_it_is(
    date: str, personalize: BotoPersonalize, service: Service
) -> None:
    service.answers(error("ResourceNotFoundException", date=date))

    assert personalize.describe_dataset_import_job(ARN) is None
    assert personalize.now() == pytest.approx(time.time(), abs=2)


def test_all_attempts_of_a_call_end_well_within_a_minute() -> None:
    attempts: int = CLIENT_CONFIG.retries["total_max_attempts"]  # type: ignore[attr-defined]
    one: float = CLIENT_CONFIG.connect_timeout + CLIENT_CONFIG.read_timeout  # type: ignore[attr-defined]

    assert attempts > 1
    assert attempts * one < 45
