"""Generated physical names are truncated to the limit of the service, and contain a part of the logical id."""

import json
from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import trust
from tests.support.until import until

LONG_ID = "ImportsOfRecommendationsWaiterWithAnIdOfSixtyCharacters012345"
TRUST = json.loads(trust({"Service": "states.amazonaws.com"}, {}))
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket"}
MACHINE = {
    "Type": "AWS::StepFunctions::StateMachine",
    "DependsOn": "Role",
    "Properties": {
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "DefinitionString": json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
    },
}


def generated_names(cloud: Cloud, name: str, resources: dict[str, Any]) -> dict[str, str]:
    """Deploy resources and return the last part of each physical id, by logical id."""
    client = cloud.cloudformation
    client.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_IAM"]
    )
    until(lambda: not client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"))
    summaries = client.list_stack_resources(StackName=name)["StackResourceSummaries"]
    names = {each["LogicalResourceId"]: each["PhysicalResourceId"].rpartition(":")[2] for each in summaries}
    client.delete_stack(StackName=name)
    return names


# The parts of real names, in public repositories: nfe-network-serverless-de-CustomVpcRestrictDefault-…,
# OpenReception-Web-dev-CustomS3AutoDeleteObjectsCust-yIrNw85NvcWP.
@pytest.mark.parametrize(
    ("resource", "limit", "of_stack", "of_id"),
    [(ROLE, 64, 25, 25), (BUCKET, 63, 25, 24), (MACHINE, 80, 33, 33)],
    ids=["a role", "a bucket", "a state machine"],
)
def test_two_long_parts_get_half_of_the_space_each(
    cloud: Cloud, resource: dict[str, Any], limit: int, of_stack: int, of_id: int
) -> None:
    stack = f"generated-names-{limit}-" + "n" * 108

    generated = generated_names(cloud, stack, {LONG_ID: resource, "Role": ROLE})[LONG_ID]

    suffix = generated[-12:]
    wanted = f"{stack[:of_stack]}-{LONG_ID[:of_id]}-{suffix}"
    assert generated == (wanted.lower() if resource is BUCKET else wanted)
    assert len(generated) == limit
    assert "-" not in suffix


def test_the_shorter_part_is_not_truncated(cloud: Cloud) -> None:
    short, long = "short-stack-name", "a-stack-with-a-name-of-" + "n" * 60

    assert generated_names(cloud, short, {LONG_ID: ROLE})[LONG_ID].startswith(f"{short}-{LONG_ID[:34]}-")
    assert generated_names(cloud, long, {"Role": ROLE})["Role"].startswith(f"{long[:46]}-Role-")


def test_all_resources_of_a_stack_have_different_names(cloud: Cloud) -> None:
    alike = {f"{LONG_ID}{number}": ROLE for number in range(3)}

    assert len(set(generated_names(cloud, "n" * 128, alike).values())) == 3
