"""Roles of state machines may trust the service's principal of the Region."""

import json

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import trust
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
    role = {"AssumeRolePolicyDocument": json.loads(trust({"Service": principal}, {}))}
    machine = {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "DefinitionString": DEFINITION}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine},
    }

    assert Stack(cloud, name[-40:]).create(json.dumps({"Resources": resources})) == status
