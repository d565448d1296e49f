"""The real client, against a service that speaks AWS JSON."""

from personalize_import_handler.aws.personalize import DatasetImportJob, JobSummary
from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.properties import parse
from tests.handler.support.aws_json import Service, error
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN, job_arn
from tests.handler.support.properties import DATA_LOCATION, properties

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


def test_a_job_is_described_with_all_its_members(
    boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with({"datasetImportJob": JOB})

    assert boto_personalize.describe_dataset_import_job(ARN) == DatasetImportJob(
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
    assert personalize_service.requests == [("DescribeDatasetImportJob", {"datasetImportJobArn": ARN})]


def test_a_member_that_the_service_leaves_out_has_the_service_s_own_default(
    boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    left_out = {"importMode", "publishAttributionMetricsToS3", "failureReason", "roleArn"}
    personalize_service.respond_with(
        {"datasetImportJob": {name: value for name, value in JOB.items() if name not in left_out} | {"dataSource": {}}}
    )

    job = boto_personalize.describe_dataset_import_job(ARN)

    assert job is not None
    assert (job.import_mode, job.publish_attribution_metrics_to_s3) == (ImportMode.FULL, False)
    assert (job.failure_reason, job.role_arn, job.data_location) == (None, "", "")


def test_a_job_is_created_with_every_parameter(boto_personalize: BotoPersonalize, personalize_service: Service) -> None:
    personalize_service.respond_with({"datasetImportJobArn": ARN})
    wanted = parse(properties(ImportMode="INCREMENTAL", PublishAttributionMetricsToS3="true"))

    assert boto_personalize.create_dataset_import_job("nightly-1", wanted, {"team": "data"}) == ARN
    assert personalize_service.requests == [
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


def test_optional_parameters_are_not_sent(boto_personalize: BotoPersonalize, personalize_service: Service) -> None:
    personalize_service.respond_with({"datasetImportJobArn": ARN})

    boto_personalize.create_dataset_import_job("nightly-1", parse(properties()), {"team": "data"})

    ((_, parameters),) = personalize_service.requests
    assert set(parameters) == {"jobName", "datasetArn", "dataSource", "roleArn", "importMode", "tags"}


def test_all_pages_of_a_list_are_read(boto_personalize: BotoPersonalize, personalize_service: Service) -> None:
    other = {**SUMMARY, "datasetImportJobArn": job_arn("nightly-2"), "status": "ACTIVE", "importMode": "FULL"}
    personalize_service.respond_with(
        {"datasetImportJobs": [SUMMARY], "nextToken": "more"}, {"datasetImportJobs": [other]}
    )

    first, second = boto_personalize.list_dataset_import_jobs(DATASET_ARN)

    assert first == JobSummary(
        dataset_import_job_arn=ARN,
        status="CREATE IN_PROGRESS",
        import_mode=ImportMode.INCREMENTAL,
        creation_date_time=1542392161.837,
        last_updated_date_time=1542393013.377,
    )
    assert (second.dataset_import_job_arn, second.import_mode) == (job_arn("nightly-2"), ImportMode.FULL)
    assert [parameters.get("nextToken") for _, parameters in personalize_service.requests] == [None, "more"]
    assert {parameters["datasetArn"] for _, parameters in personalize_service.requests} == {DATASET_ARN}


def test_a_list_requests_the_maximum_number_of_jobs_per_page(
    boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with({"datasetImportJobs": []})

    boto_personalize.list_dataset_import_jobs(DATASET_ARN)

    assert personalize_service.requests[0][1]["maxResults"] == 100


def test_only_the_throttled_page_of_a_list_is_requested_again(
    boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    throttled = error("ThrottlingException", "Rate exceeded")
    first, last = {"datasetImportJobs": [SUMMARY], "nextToken": "more"}, {"datasetImportJobs": [SUMMARY]}
    personalize_service.respond_with(first, throttled, throttled, last)

    assert len(boto_personalize.list_dataset_import_jobs(DATASET_ARN)) == 2
    assert [parameters.get("nextToken") for _, parameters in personalize_service.requests] == [None, *["more"] * 3]


def test_the_creation_time_of_a_dataset_is_returned(
    boto_personalize: BotoPersonalize, personalize_service: Service
) -> None:
    personalize_service.respond_with({"dataset": {"datasetArn": DATASET_ARN, "creationDateTime": 1542392161.5}})

    assert boto_personalize.dataset_created_at(DATASET_ARN) == 1542392161.5
    assert personalize_service.requests == [("DescribeDataset", {"datasetArn": DATASET_ARN})]


def test_tags_are_listed_set_and_removed(boto_personalize: BotoPersonalize, personalize_service: Service) -> None:
    personalize_service.respond_with({"tags": [{"tagKey": "team", "tagValue": "data"}]}, {}, {})

    assert boto_personalize.list_tags(ARN) == {"team": "data"}
    boto_personalize.tag_resource(ARN, {"stage": "prod"})
    boto_personalize.untag_resource(ARN, iter(["team"]))

    assert personalize_service.requests == [
        ("ListTagsForResource", {"resourceArn": ARN}),
        ("TagResource", {"resourceArn": ARN, "tags": [{"tagKey": "stage", "tagValue": "prod"}]}),
        ("UntagResource", {"resourceArn": ARN, "tagKeys": ["team"]}),
    ]
