"""A wait chain with a job of three hours on a fast clock."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob, DataSource
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.stacks import UsersStack, users_csv, users_schema
from tests.support.until import until

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

pytestmark = pytest.mark.slow
HOUR = 3600
JOB, WAIT = "Custom::PersonalizeDatasetImportJob", "Custom::PersonalizeDatasetImportJobWait"
# Three hours in less than a minute.
OPTIONS = Options(speed=200, import_seconds=3 * HOUR)


@pytest.fixture(scope="module")
def slow_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("slow-cloud"), OPTIONS) as cloud:
        yield cloud


class ImportStack(cdk.Stack):
    """An import into a dataset outside the stack, which a failed stack doesn't delete."""

    def __init__(self, app: cdk.App, name: str, dataset_arn: str, data_location: str, hours: float) -> None:
        super().__init__(app, name)
        job = DatasetImportJob(
            self,
            "Import",
            dataset=dataset_arn,
            data_source=DataSource.from_s3_uri(data_location),
            timeout=cdk.Duration.hours(hours),
        )
        cdk.CfnOutput(self, "Status", value=job.dataset_import_job_status)
        cdk.CfnOutput(self, "JobName", value=job.dataset_import_job_name)


def users_dataset(cloud: Cloud, name: str) -> str:
    """Create a dataset of users outside any stack, and wait until it is active."""
    client = cloud.personalize
    group = client.create_dataset_group(name=name)["datasetGroupArn"]
    schema = client.create_schema(name=name, schema=users_schema())["schemaArn"]
    until(lambda: client.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE")
    arn = client.create_dataset(name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Users")["datasetArn"]
    until(lambda: client.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE")
    return arn


def waited(events: "list[StackEventTypeDef]", status: str) -> list[str]:
    """Return the types of the resources of the wait chain in the order in which they reached a status."""
    chain = [event for event in events if event.get("ResourceType") in {JOB, WAIT}]
    return [event["ResourceType"] for event in chain if event.get("ResourceStatus") == status]


def test_five_resources_wait_up_to_four_hours_for_a_job_of_three_hours(slow_cloud: Cloud) -> None:
    location = slow_cloud.put("three-hours", "users.csv", users_csv("a", "b"))

    def build(app: cdk.App) -> None:
        UsersStack(app, "ThreeHours", location, timeout=cdk.Duration.hours(4))

    deployed = slow_cloud.deploy(build)

    assert deployed.succeeded, deployed.output
    events = slow_cloud.events("ThreeHours")
    assert waited(events, "CREATE_COMPLETE") == [JOB, *[WAIT] * 4]
    assert slow_cloud.outputs("ThreeHours")["Status"] == "ACTIVE"
    (job,) = slow_cloud.jobs("ThreeHours")
    assert slow_cloud.rows(job["dataset_arn"])["count"] == 2


@pytest.mark.nightly
def test_after_a_timeout_of_two_hours_the_next_deployment_adopts_the_job(slow_cloud: Cloud) -> None:
    location = slow_cloud.put("two-hours", "users.csv", users_csv("a", "b", "c"))
    dataset_arn = users_dataset(slow_cloud, "two-hours")

    def build(app: cdk.App, hours: float) -> None:
        ImportStack(app, "TwoHours", dataset_arn, location, hours)

    failed = slow_cloud.deploy(partial(build, hours=2))
    (job,) = slow_cloud.jobs("TwoHours")
    again = slow_cloud.deploy(partial(build, hours=4))

    assert not failed.succeeded
    assert f"Timed out: DatasetImportJob {job['job_name']} is still CREATE IN_PROGRESS after 2 h" in failed.output
    assert "deploying again adopts it instead of starting another one" in failed.output
    assert again.succeeded, again.output
    assert slow_cloud.outputs("TwoHours") == {"Status": "ACTIVE", "JobName": job["job_name"]}
    assert len(slow_cloud.jobs("TwoHours")) == 1
    assert slow_cloud.rows(dataset_arn)["count"] == 3
