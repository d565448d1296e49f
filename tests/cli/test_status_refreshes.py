"""The refreshes of a stack on the local AWS: its triggers, its state machine and its executions are read for real."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from personalize_import_handler.contract import RESOURCE_TYPE
from personalize_import_handler.request.execution import resource_hash
from personalize_local.server.options import Options
from tests.cli.support.runs import ROOT, Ended, run
from tests.deploy.support.cloud import Cloud, running_cloud

STACK: Final = "Refreshed"
FUNCTION_CODE: Final = """
import json, os, ssl, urllib.request
def handler(event, context):
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer.update(Status="SUCCESS", PhysicalResourceId="Refreshed/Import")
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"]))
"""
ASSUMED_BY_SERVICES: Final = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com", "scheduler.amazonaws.com"]},
        }
    ]
}
# The input decides how an execution ends.
STATES: Final = {
    "StartAt": "IsFailed",
    "States": {
        "IsFailed": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.Cause", "IsPresent": True, "Next": "Failed"}],
            "Default": "Done",
        },
        "Failed": {"Type": "Fail", "Error": "ImportFailed", "CausePath": "$.Cause"},
        "Done": {"Type": "Succeed"},
    },
}
EVENT: Final = '{"RequestType":"Refresh","LogicalResourceId":"Import","RequestedAt":"<time>"}'


def get_att(logical_id: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def resource(resource_type: str, **properties: object) -> dict[str, object]:
    return {"Type": resource_type, "Properties": properties}


TEMPLATE: Final = json.dumps({
    "Resources": {
        "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument=ASSUMED_BY_SERVICES),
        "Waiter": resource(
            "AWS::StepFunctions::StateMachine", RoleArn=get_att("Role"), DefinitionString=json.dumps(STATES)
        ),
        "OnEvent": resource(
            "AWS::Lambda::Function",
            Runtime="python3.13",
            Handler="index.handler",
            Role=get_att("Role"),
            Code={"ZipFile": FUNCTION_CODE},
            Environment={"Variables": {"STATE_MACHINE_ARN": {"Ref": "Waiter"}}},
        ),
        "Import": resource(RESOURCE_TYPE, ServiceToken=get_att("OnEvent")),
        "Group": resource("AWS::Scheduler::ScheduleGroup", Name="nightly"),
        "Nightly": resource(
            "AWS::Scheduler::Schedule",
            GroupName={"Ref": "Group"},
            ScheduleExpression="at(2099-01-01T00:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": get_att("OnEvent"), "RoleArn": get_att("Role"), "Input": EVENT},
        ),
        "Uploads": resource(
            "AWS::Events::Rule",
            EventPattern={"source": ["aws.s3"]},
            Targets=[
                {
                    "Id": "Import",
                    "Arn": get_att("OnEvent"),
                    "InputTransformer": {"InputPathsMap": {"time": "$.time"}, "InputTemplate": EVENT},
                }
            ],
        ),
        "Disabled": resource(
            "AWS::Events::Rule",
            ScheduleExpression="rate(1 day)",
            State="DISABLED",
            Targets=[{"Id": "Import", "Arn": get_att("OnEvent"), "Input": EVENT}],
        ),
    }
})  # fmt: skip
NEXT: Final = ["2099-01-01T00:00:00Z", "after uploads", "disabled"]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("local-aws")
    with running_cloud(folder, Options(), bootstrapped=False) as cloud:
        cloud.cloudformation.create_stack(
            StackName=STACK, TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
        )
        waiter = cloud.cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        yield cloud


def with_policies(cloud: Cloud, user: str, *policies: str) -> dict[str, str]:
    """Return the environment of a user that has these policies."""
    iam = cloud.client("iam")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    for number, policy in enumerate(policies):
        iam.put_user_policy(UserName=user, PolicyName=f"policy{number}", PolicyDocument=policy)
    return {
        **cloud.aws.environment,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def policies_of_the_page() -> list[str]:
    page = (ROOT / "docs" / "status.md").read_text()
    return re.findall(r"^```json\n(\{\n  \"Version\".*?)^```", page, re.DOTALL | re.MULTILINE)


def start_refresh(cloud: Cloud, start: int, **data: object) -> None:
    """Start an execution under the name of a refresh, and wait for its end."""
    stack = cloud.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    client = cloud.client("stepfunctions")
    (machine,) = client.list_state_machines()["stateMachines"]
    started = client.start_execution(
        stateMachineArn=machine["stateMachineArn"],
        name=f"{resource_hash(stack['StackId'], 'Import')}-refresh-0-{start:010}",
        input=json.dumps({"RequestedAt": "2026-11-28T02:00:00Z", **data}),
    )
    while client.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING":
        pass


def refresh_of(ended: Ended) -> Mapping[str, Any]:
    assert (ended.code, ended.stderr) == (0, "")
    (found,) = json.loads(ended.output)["refreshes"]
    return dict(found)


def test_the_permissions_of_the_page_are_enough_and_without_them_only_the_refreshes_are_unknown(cloud: Cloud) -> None:
    of_imports, of_refreshes = policies_of_the_page()
    watcher = with_policies(cloud, "watcher", of_imports, of_refreshes)

    none = refresh_of(run("status", STACK, "--json", env=watcher))
    start_refresh(cloud, 1, Refresh={"Outcome": "SKIPPED", "Reason": "the stack is UPDATE_IN_PROGRESS"})
    skipped = refresh_of(run("status", STACK, "--json", env=watcher))
    start_refresh(cloud, 2, Cause="Too few.")
    failed = refresh_of(run("status", STACK, "--json", env=watcher))

    assert (none["state"], none["next_refreshes"]) == ("none", NEXT)
    assert (skipped["state"], skipped["reason"]) == ("skipped", "the stack is UPDATE_IN_PROGRESS")
    assert (failed["state"], failed["reason"], failed["requested_at"]) == ("failed", "Too few.", "2026-11-28T02:00:00Z")

    denied = refresh_of(run("status", STACK, "--json", env=with_policies(cloud, "denied", of_imports)))
    assert denied["state"] == "unknown"
    assert denied["next_refreshes"] == [
        "unknown (scheduler:GetSchedule is denied)",
        *["unknown (events:DescribeRule is denied)"] * 2,
    ]
