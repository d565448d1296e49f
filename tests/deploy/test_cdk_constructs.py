"""A stack with the CDK's own custom resources, deployed and destroyed by the unmodified CDK CLI."""

from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_s3_notifications as s3_notifications
from aws_cdk import aws_sqs as sqs
from aws_cdk import custom_resources
from constructs import Construct

from personalize_import import DatasetImportJob, DataSource
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.deploy.support.cloud import LOG, Cloud
from tests.deploy.support.stacks import users_csv, users_schema
from tests.local_aws.support.javascript import needs_sdk

pytestmark = [pytest.mark.deploy, pytest.mark.slow, needs_sdk]

NAME = "AllConstructs"
ENVIRONMENT = cdk.Environment(account="123456789012", region="us-east-1")
OPTIONS = Options(account="123456789012", region="us-east-1", speed=100, import_seconds=60)
# The function of a provider returns; the CDK's framework responds to CloudFormation.
COUNTS_OBJECTS = """
import boto3
def on_event(event, context):
    if event["RequestType"] == "Delete":
        return {}
    bucket = event["ResourceProperties"]["Bucket"]
    return {"PhysicalResourceId": "count", "Data": {"Bucket": bucket}}

def is_complete(event, context):
    objects = boto3.client("s3").list_objects_v2(Bucket=event["ResourceProperties"]["Bucket"]).get("Contents", [])
    if event["RequestType"] == "Delete":
        return {"IsComplete": True}
    return {"IsComplete": len(objects) >= 3, "Data": {"Objects": str(len(objects))}}
"""


class Datasets(cdk.NestedStack):
    """The resources of Personalize, in a nested stack."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        group = personalize.CfnDatasetGroup(self, "Group", name=NAME)
        schema = personalize.CfnSchema(self, "Schema", name=NAME, schema=users_schema())
        self.users = personalize.CfnDataset(
            self,
            "Users",
            name=NAME,
            dataset_type="Users",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=schema.attr_schema_arn,
        )


class AllConstructs(cdk.Stack):
    """A bucket that empties itself, filled in two ways, counted by a provider and imported."""

    def __init__(self, app: cdk.App, folder: Path) -> None:
        super().__init__(app, NAME, env=ENVIRONMENT)
        bucket = s3.Bucket(self, "Bucket", auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY)
        files = s3_deployment.BucketDeployment(
            self,
            "Files",
            sources=[s3_deployment.Source.asset(str(folder))],
            destination_bucket=bucket,
            destination_key_prefix="users",
        )
        put = self._put_object(bucket, users_csv("from-sdk-call"))
        put.node.add_dependency(files)  # which removes other files under its prefix
        counted = self._count(bucket)
        counted.node.add_dependency(put)
        job = DatasetImportJob(
            self,
            "Import",
            dataset=Datasets(self, "Datasets").users,
            data_source=DataSource.from_bucket(bucket, "users/"),
        )
        job.node.add_dependency(counted)
        bucket.add_object_created_notification(s3_notifications.SqsDestination(sqs.Queue(self, "Queue")))
        logs.LogRetention(self, "Retention", log_group_name=NAME, retention=logs.RetentionDays.ONE_WEEK)
        cdk.CfnOutput(self, "BucketName", value=bucket.bucket_name)
        cdk.CfnOutput(self, "Objects", value=counted.get_att_string("Objects"))
        cdk.CfnOutput(self, "Status", value=job.dataset_import_job_status)

    def _put_object(self, bucket: s3.Bucket, body: str) -> Construct:
        return custom_resources.AwsCustomResource(
            self,
            "Put",
            on_create=custom_resources.AwsSdkCall(
                service="S3",
                action="putObject",
                parameters={"Bucket": bucket.bucket_name, "Key": "users/put.csv", "Body": body},
                physical_resource_id=custom_resources.PhysicalResourceId.of("put"),
            ),
            policy=custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=[bucket.arn_for_objects("*")]),
        )

    def _count(self, bucket: s3.Bucket) -> cdk.CustomResource:
        functions = [self._function(handler) for handler in ("on_event", "is_complete")]
        bucket.grant_read(functions[1])
        provider = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=functions[0],
            is_complete_handler=functions[1],
            query_interval=cdk.Duration.seconds(5),
        )
        return cdk.CustomResource(
            self, "Count", service_token=provider.service_token, properties={"Bucket": bucket.bucket_name}
        )

    def _function(self, handler: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            handler,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler=f"index.{handler}",
            code=lambda_.Code.from_inline(COUNTS_OBJECTS),
            timeout=cdk.Duration.minutes(1),
        )


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A local AWS with another account and Region. The CDK's functions log more than the check for secrets allows."""
    with (tmp_path / LOG).open("wb") as log, LocalAws(OPTIONS, log) as aws:
        cloud = Cloud(aws, tmp_path)
        cloud.bootstrap()
        yield cloud


def test_the_cdk_s_custom_resources_work_in_a_stack_with_an_import(own_cloud: Cloud, tmp_path: Path) -> None:
    folder = tmp_path / "users"
    folder.mkdir()
    (folder / "a.csv").write_text(users_csv("a", "b"))
    (folder / "b.csv").write_text(users_csv("c"))

    def build(app: cdk.App) -> None:
        AllConstructs(app, folder)

    deployed = own_cloud.deploy(build, "--tags", "stage=test")

    assert deployed.succeeded, deployed.output
    outputs = own_cloud.outputs(NAME)
    bucket = outputs["BucketName"]
    objects = own_cloud.s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [each["Key"] for each in objects] == ["users/a.csv", "users/b.csv", "users/put.csv"]
    assert (outputs["Objects"], outputs["Status"]) == ("3", "ACTIVE")
    assert own_cloud.s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    [log_group] = own_cloud.client("logs").describe_log_groups(logGroupNamePrefix=NAME)["logGroups"]
    assert log_group["retentionInDays"] == 7
    [group] = own_cloud.personalize.list_dataset_groups()["datasetGroups"]
    assert group["datasetGroupArn"] == f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{NAME}"
    assert own_cloud.tags(group["datasetGroupArn"]) == {"stage": "test"}
    [dataset] = own_cloud.personalize.list_datasets()["datasets"]
    users = {row["USER_ID"] for row in own_cloud.rows(dataset["datasetArn"])["rows"]}
    assert users == {"a", "b", "c", "from-sdk-call"}

    destroyed = own_cloud.destroy(build)

    assert destroyed.succeeded, destroyed.output
    assert bucket not in [each["Name"] for each in own_cloud.s3.list_buckets()["Buckets"]]
    assert own_cloud.personalize.list_datasets()["datasets"] == []
    stacks = own_cloud.cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "DELETE_FAILED"])
    assert [each["StackName"] for each in stacks["StackSummaries"]] == ["CDKToolkit"]
