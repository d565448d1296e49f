"""Trust policies of roles of state machines: principals and conditions."""

import json

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import ACCOUNT, REGION, trust
from tests.local_aws.support.stacks import Stack

DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


@pytest.mark.parametrize(
    ("principal", "status"),
    [
        ("states.amazonaws.com", "CREATE_COMPLETE"),
        ("states.eu-west-1.amazonaws.com", "CREATE_COMPLETE"),
        ("states.us-east-1.amazonaws.com", "ROLLBACK_COMPLETE"),
    ],
)
def test_a_state_machine_s_role_trusts_step_functions_everywhere_or_in_the_region(
    cloud: Cloud, name: str, principal: str, status: str
) -> None:
    assert Stack(cloud, name[-40:]).create(template(trust({"Service": principal}, {}))) == status


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:*", "CREATE_COMPLETE"),
        (f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:another", "ROLLBACK_COMPLETE"),
    ],
    ids=["any", "another"],
)
def test_a_role_may_require_a_state_machine_as_source(cloud: Cloud, name: str, source: str, status: str) -> None:
    condition = {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
    policy = trust({"Service": "states.amazonaws.com"}, condition)

    assert Stack(cloud, name[-40:]).create(template(policy)) == status


def template(trust_policy: str) -> str:
    """Return a template with a state machine and its role."""
    role = {"AssumeRolePolicyDocument": json.loads(trust_policy)}
    machine = {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "DefinitionString": DEFINITION}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine},
    }
    return json.dumps({"Resources": resources})
