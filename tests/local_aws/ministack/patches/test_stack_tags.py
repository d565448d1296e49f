"""The tags of a stack are on its resources, if their types have tags."""

import json
from typing import Any

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import ACCOUNT
from tests.local_aws.support.stacks import native_resource
from tests.support.until import until

# A type without tags: CloudFormation must not add those of the stack.
ATTRIBUTION = {
    "Metrics": [{"EventType": "click", "Expression": "SUM(DatasetType.INTERACTIONS)", "MetricName": "clicks"}],
    "MetricsOutputConfig": {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/metrics"},
}


def deploy(cloud: Cloud, name: str, *, update: bool = False, **tags: str) -> None:
    resources: dict[str, Any] = {
        "Group": native_resource("DatasetGroup", Name=name, Tags=[{"Key": "team", "Value": "films"}]),
        "Attribution": native_resource("MetricAttribution", Name=name, DatasetGroupArn={"Ref": "Group"}, **ATTRIBUTION),
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "team", "Value": "films"}]}},
    }
    call = cloud.cloudformation.update_stack if update else cloud.cloudformation.create_stack
    call(
        StackName=name,
        TemplateBody=json.dumps({"Resources": resources}),
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    until(lambda: not stack_status(cloud, name).endswith("IN_PROGRESS"))


def stack_status(cloud: Cloud, name: str) -> str:
    return str(cloud.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def group_tags(cloud: Cloud, name: str) -> dict[str, str]:
    arn = physical_id(cloud, name, "Group")
    found = cloud.personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    return {tag["tagKey"]: tag["tagValue"] for tag in found}


def bucket_tags(cloud: Cloud, name: str) -> dict[str, str]:
    found = cloud.s3.get_bucket_tagging(Bucket=physical_id(cloud, name, "Bucket"))["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found if not tag["Key"].startswith("aws:")}


def physical_id(cloud: Cloud, name: str, logical_id: str) -> str:
    resource = cloud.cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
    return resource["StackResourceDetail"]["PhysicalResourceId"]


def test_resources_have_the_tags_of_the_template_and_those_of_the_stack(cloud: Cloud, name: str) -> None:
    deploy(cloud, name, team="everyone", stage="test")

    assert stack_status(cloud, name) == "CREATE_COMPLETE"
    assert group_tags(cloud, name) == bucket_tags(cloud, name) == {"team": "films", "stage": "test"}


def test_changed_tags_of_a_stack_do_not_replace_resources_of_personalize(cloud: Cloud, name: str) -> None:
    deploy(cloud, name, stage="test")
    deploy(cloud, name, update=True, stage="production")

    assert stack_status(cloud, name) == "UPDATE_COMPLETE"
    assert group_tags(cloud, name) == {"team": "films", "stage": "test"}
    assert bucket_tags(cloud, name) == {"team": "films", "stage": "production"}
