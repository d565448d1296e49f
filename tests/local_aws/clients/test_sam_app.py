"""A SAM app, deployed by the calls that `sam deploy` makes, with a function and a state machine."""

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.stacks import Stack
from tests.local_aws.support.state_machines import PERSONALIZE_SDK, execute
from tests.support.until import until

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import CapabilityType

CAPABILITIES: "list[CapabilityType]" = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
CODE = """
import os
import boto3

def handler(event, context):
    groups = boto3.client("personalize").list_dataset_groups()["datasetGroups"]
    return {"stage": os.environ["STAGE"], "found": event["name"] in [group["name"] for group in groups]}
"""
DEFINITION = {
    "StartAt": "CreateGroup",
    "States": {
        "CreateGroup": {
            "Type": "Task",
            "Resource": f"{PERSONALIZE_SDK}:createDatasetGroup",
            "Parameters": {"Name.$": "$.name"},
            "ResultPath": "$.group",
            "Next": "FindGroup",
        },
        "FindGroup": {"Type": "Task", "Resource": "${FindGroupArn}", "End": True},
    },
}
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Bucket: {Type: String}
Globals:
  Function:
    Runtime: python3.13
    Environment: {Variables: {STAGE: test}}
Resources:
  FindGroup:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      CodeUri: {Bucket: !Ref Bucket, Key: code.zip}
      Policies:
        - Statement: [{Effect: Allow, Action: "personalize:ListDatasetGroups", Resource: "*"}]
  Pipeline:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: {Bucket: !Ref Bucket, Key: pipeline.json}
      DefinitionSubstitutions: {FindGroupArn: !GetAtt FindGroup.Arn}
      Policies:
        - LambdaInvokePolicy: {FunctionName: !Ref FindGroup}
        - Statement: [{Effect: Allow, Action: "personalize:CreateDatasetGroup", Resource: "*"}]
Outputs:
  PipelineArn: {Value: !Ref Pipeline}
"""


@pytest.fixture
def bucket(cloud: Cloud, name: str) -> str:
    """The bucket with the artifacts of `sam package`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("index.py", CODE)
    cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    cloud.s3.put_object(Bucket=name, Key="code.zip", Body=content.getvalue())
    cloud.s3.put_object(Bucket=name, Key="pipeline.json", Body=json.dumps(DEFINITION).encode())
    return name


def create_change_set(cloud: Cloud, name: str, template: str, kind: Any, **parameters: str) -> str:
    """Create a change set, and return its ARN when it can be executed."""
    created = cloud.cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"samcli-{kind.lower()}",
        ChangeSetType=kind,
        TemplateBody=template,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=CAPABILITIES,
    )
    cloud.cloudformation.get_waiter("change_set_create_complete").wait(
        ChangeSetName=created["Id"], WaiterConfig={"Delay": 1}
    )
    return created["Id"]


def deploy(cloud: Cloud, name: str, template: str, kind: Any, **parameters: str) -> Stack:
    change_set = create_change_set(cloud, name, template, kind, **parameters)
    stack = Stack(cloud, name)
    cloud.cloudformation.execute_change_set(ChangeSetName=change_set)
    until(lambda: stack.status() == f"{kind}_COMPLETE")
    return stack


def test_a_sam_app_is_deployed_runs_and_is_updated(cloud: Cloud, name: str, bucket: str) -> None:
    stack = deploy(cloud, name, TEMPLATE, "CREATE", Bucket=bucket)
    pipeline = cloud.outputs(name)["PipelineArn"]
    assert execute(cloud, pipeline, name=f"{name}-1")["output"] == {"stage": "test", "found": True}

    deploy(cloud, name, TEMPLATE.replace("STAGE: test", "STAGE: production"), "UPDATE", Bucket=bucket)
    assert execute(cloud, pipeline, name=f"{name}-2")["output"] == {"stage": "production", "found": True}
    stack.delete()


def test_a_change_set_lists_the_resources_after_the_transform(cloud: Cloud, name: str, bucket: str) -> None:
    change_set = create_change_set(cloud, name, TEMPLATE, "CREATE", Bucket=bucket)
    described = cloud.cloudformation.describe_change_set(ChangeSetName=change_set)
    changed = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["ResourceType"]
        for change in described["Changes"]
    }
    assert changed == {
        "FindGroup": "AWS::Lambda::Function",
        "FindGroupRole": "AWS::IAM::Role",
        "Pipeline": "AWS::StepFunctions::StateMachine",
        "PipelineRole": "AWS::IAM::Role",
    }
    cloud.cloudformation.delete_stack(StackName=name)


def test_a_stack_with_a_transform_requires_the_capability(cloud: Cloud, name: str, bucket: str) -> None:
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND"):
        cloud.cloudformation.create_stack(
            StackName=name,
            TemplateBody=TEMPLATE,
            Parameters=[{"ParameterKey": "Bucket", "ParameterValue": bucket}],
            Capabilities=["CAPABILITY_IAM"],
        )


def test_an_invalid_sam_template_is_refused_with_the_reason(cloud: Cloud, name: str, bucket: str) -> None:
    template = yaml.safe_dump(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {"FindGroup": {"Type": "AWS::Serverless::Function", "Properties": {"Nonsense": 1}}},
        }
    )
    with pytest.raises(ClientError, match="FindGroup"):
        create_change_set(cloud, name, template, "CREATE")
