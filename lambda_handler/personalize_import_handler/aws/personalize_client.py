"""The `Personalize` protocol on boto3: requests, responses and errors of the real service."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3

from personalize_import_handler.aws.calls import CLIENT_CONFIG, call_service, paginate
from personalize_import_handler.aws.personalize import DatasetImportJob, DatasetSchema, JobSummary
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.errors import NotFoundError

if TYPE_CHECKING:
    from mypy_boto3_personalize import PersonalizeClient
    from mypy_boto3_personalize.type_defs import CreateDatasetImportJobRequestTypeDef

_T = TypeVar("_T")

_JOBS_PER_PAGE: Final = 100
"""Maximum of the API: https://docs.aws.amazon.com/personalize/latest/dg/API_ListDatasetImportJobs.html"""


class BotoPersonalize:
    """Amazon Personalize through boto3."""

    def __init__(
        self, client: "PersonalizeClient | None" = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client or boto3.client("personalize", config=CLIENT_CONFIG)
        self._sleep = sleep
        self._clock_offset = 0.0
        self._client.meta.events.register("after-call.personalize", self._read_clock)

    def now(self) -> float:
        """Return the service's time, because job times must not be compared with the function's clock."""
        return time.time() + self._clock_offset

    def describe_dataset_import_job(self, dataset_import_job_arn: str) -> DatasetImportJob | None:
        """Describe a job, or return None if there is none."""
        return _or_none(lambda: self._describe(dataset_import_job_arn))

    def create_dataset_import_job(self, job_name: str, properties: ImportProperties, tags: Mapping[str, str]) -> str:
        """Start a job and return its ARN."""
        request: CreateDatasetImportJobRequestTypeDef = {
            "jobName": job_name,
            "datasetArn": properties.dataset_arn,
            "dataSource": {"dataLocation": properties.data_location},
            "roleArn": properties.role_arn,
            "importMode": properties.import_mode.value,
            "tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()],
        }
        if properties.publish_attribution_metrics_to_s3:
            request["publishAttributionMetricsToS3"] = True
        response = call_service("CreateDatasetImportJob", lambda: self._client.create_dataset_import_job(**request))
        return response["datasetImportJobArn"]

    def list_dataset_import_jobs(self, dataset_arn: str) -> Sequence[JobSummary]:
        """List all jobs of a dataset."""
        fetch = partial(self._client.list_dataset_import_jobs, datasetArn=dataset_arn, maxResults=_JOBS_PER_PAGE)
        listed = paginate("ListDatasetImportJobs", fetch, {"nextToken": "nextToken"}, self._sleep)
        return [JobSummary(**_summary(summary)) for page in listed for summary in page["datasetImportJobs"]]

    def dataset_created_at(self, dataset_arn: str) -> float | None:
        """Return when a dataset was created, or None if there is none."""
        return _or_none(
            lambda: call_service("DescribeDataset", lambda: self._client.describe_dataset(datasetArn=dataset_arn))[
                "dataset"
            ]["creationDateTime"].timestamp()
        )

    def schema_of(self, dataset_arn: str) -> DatasetSchema | None:
        """Return a dataset's schema, or None if there is no such dataset."""
        return _or_none(lambda: self._schema_of(dataset_arn))

    def list_tags(self, resource_arn: str) -> Mapping[str, str]:
        """Return a resource's tags."""
        response = call_service(
            "ListTagsForResource", lambda: self._client.list_tags_for_resource(resourceArn=resource_arn)
        )
        return {tag["tagKey"]: tag["tagValue"] for tag in response["tags"]}

    def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Set tags."""
        items = [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
        call_service("TagResource", lambda: self._client.tag_resource(resourceArn=resource_arn, tags=items))  # type: ignore[arg-type]

    def untag_resource(self, resource_arn: str, keys: Iterable[str]) -> None:
        """Remove tags."""
        call_service("UntagResource", lambda: self._client.untag_resource(resourceArn=resource_arn, tagKeys=list(keys)))

    def _schema_of(self, dataset_arn: str) -> DatasetSchema:
        dataset = call_service("DescribeDataset", lambda: self._client.describe_dataset(datasetArn=dataset_arn))[
            "dataset"
        ]
        schema_arn = dataset["schemaArn"]
        schema = call_service("DescribeSchema", lambda: self._client.describe_schema(schemaArn=schema_arn))["schema"]
        return DatasetSchema(schema["schema"], schema.get("domain"))

    def _describe(self, dataset_import_job_arn: str) -> DatasetImportJob:
        job = call_service(
            "DescribeDatasetImportJob",
            lambda: self._client.describe_dataset_import_job(datasetImportJobArn=dataset_import_job_arn),
        )["datasetImportJob"]
        return DatasetImportJob(
            **_summary(job),
            job_name=job["jobName"],
            dataset_arn=job["datasetArn"],
            data_location=job["dataSource"].get("dataLocation", ""),
            role_arn=job.get("roleArn", ""),
            publish_attribution_metrics_to_s3=job.get("publishAttributionMetricsToS3", False),
            failure_reason=job.get("failureReason"),
        )

    def _read_clock(self, http_response: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own, untyped
        # The date header may be missing, or changed by a proxy; then the clock offset stays unchanged.
        with suppress(ValueError, OverflowError):
            date = http_response.headers.get("date")
            self._clock_offset = parsedate_to_datetime(date).timestamp() - time.time()


def _summary(job: Any) -> dict[str, Any]:  # noqa: ANN401 - two response shapes that share these members
    return {
        "dataset_import_job_arn": job["datasetImportJobArn"],
        "status": job["status"],
        "import_mode": ImportMode(job.get("importMode", ImportMode.FULL)),
        "creation_date_time": job["creationDateTime"].timestamp(),
        "last_updated_date_time": job["lastUpdatedDateTime"].timestamp(),
    }


def _or_none(call: Callable[[], _T]) -> _T | None:
    try:
        return call()
    except NotFoundError:
        return None
