"""A status that can't be read ends with 2 and one line with the fix."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest
from botocore.exceptions import WaiterError

from personalize_local.server.environment import without_aws
from personalize_local.server.options import Options
from tests.cli.support.runs import ROOT, Ended, run
from tests.deploy.support.cloud import Cloud, running_cloud

EMPTY = json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
# Its provider is missing, so that it fails at once.
PROPERTIES = {"ServiceToken": "arn:aws:lambda:eu-west-1:000000000000:function:none"}
IMPORT = json.dumps(
    {"Resources": {"Import": {"Type": "Custom::PersonalizeDatasetImportJob", "Properties": PROPERTIES}}}
)
# Its dataset group has an invalid name.
GROUP = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "not a name"}}
UNREACHED = json.dumps(
    {
        "Resources": {
            "Group": GROUP,
            "Import": {
                "Type": "Custom::PersonalizeDatasetImportJob",
                "Properties": PROPERTIES,
                "DependsOn": "Group",
            },
        }
    }
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("local-aws"), Options(), bootstrapped=False) as cloud:
        cloud.cloudformation.create_stack(StackName="Empty", TemplateBody=EMPTY)
        cloud.cloudformation.create_stack(StackName="Failed", TemplateBody=IMPORT)
        cloud.cloudformation.create_stack(StackName="Unreached", TemplateBody=UNREACHED)
        for stack in ("Empty", "Failed", "Unreached"):
            with suppress(WaiterError):  # one of them is rolled back
                cloud.cloudformation.get_waiter("stack_create_complete").wait(
                    StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
                )
        yield cloud


def status_of(stack: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command in an environment without other settings of AWS."""
    return run("status", stack, env={**without_aws({}), "AWS_EC2_METADATA_DISABLED": "true", **(environment or {})})


def test_without_a_region() -> None:
    assert status_of("Shop").failure == "Shop: no Region is set. Set AWS_REGION, or a region in the profile"


def test_without_credentials() -> None:
    failure = status_of("Shop", {"AWS_DEFAULT_REGION": "eu-west-1"}).failure
    assert failure == "Shop: Unable to locate credentials. Set AWS_PROFILE, or log in with the AWS CLI"


def test_with_a_profile_that_does_not_exist() -> None:
    failure = status_of("Shop", {"AWS_PROFILE": "none"}).failure
    assert failure.startswith("Shop: The config profile (none) could not be found. Set AWS_PROFILE")


def test_with_an_endpoint_that_is_no_url(cloud: Cloud) -> None:
    assert status_of("Shop", {**cloud.aws.environment, "AWS_ENDPOINT_URL": "x"}).failure.startswith("Shop: ")


@pytest.mark.slow
def test_with_an_endpoint_that_can_not_be_reached(cloud: Cloud) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"https://127.0.0.1:{unused.getsockname()[1]}"
        ended = status_of("Shop", {**cloud.aws.environment, "AWS_ENDPOINT_URL": endpoint})
    assert ended.failure.startswith(f'Shop: Could not connect to the endpoint URL: "{endpoint}')


def test_a_stack_that_does_not_exist(cloud: Cloud) -> None:
    failure = status_of("None", cloud.aws.environment).failure
    assert failure.startswith("None: there is no such stack in this account in Region eu-west-1.")


def test_a_stack_without_imports(cloud: Cloud) -> None:
    failure = "Empty: the stack has no dataset import jobs (Custom::PersonalizeDatasetImportJob)"
    assert status_of("Empty", cloud.aws.environment).failure == failure


def test_a_first_deploy_that_failed_before_its_import_names_the_resource_and_the_command(cloud: Cloud) -> None:
    failure = status_of("Unreached", cloud.aws.environment)

    *_, reason, command = failure.output.splitlines()
    assert failure.code == 1
    assert reason.startswith(
        "Import cancelled: CloudFormation did not reach it because Group (AWS::Personalize::DatasetGroup) failed: "
    )
    assert "run: cdk deploy" in command


def test_missing_permissions_are_reported_and_those_of_the_docs_are_enough(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="watcher")
    key = iam.create_access_key(UserName="watcher")["AccessKey"]
    watcher = {
        **cloud.aws.environment,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    denied = status_of("Failed", watcher).failure
    assert "not authorized to perform: cloudformation:DescribeStacks" in denied
    assert denied.endswith("docs/status.md lists the required permissions")

    page = (ROOT / "docs" / "status.md").read_text()
    policy, _of_refreshes = re.findall(r"^```json\n(\{\n  \"Version\".*?)^```", page, re.DOTALL | re.MULTILINE)
    iam.put_user_policy(UserName="watcher", PolicyName="inline", PolicyDocument=policy)
    assert status_of("Failed", watcher).code == 1
