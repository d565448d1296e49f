"""What keeps `watch` and `explain` from looking at a stack ends with 2 and one line that says what to do."""

import json
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import WaiterError

from personalize_import_cli.app import run as run_here
from personalize_local.server.configuration import Options, without_aws
from tests.cli.runs import ROOT, Ended, run
from tests.deploy.cloud import Cloud, running_cloud

Here = Callable[..., Ended]
COMMANDS = pytest.mark.parametrize("command", ["watch", "explain"])
EMPTY = json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
# Its provider is missing, so that it fails at once.
PROPERTIES = {"ServiceToken": "arn:aws:lambda:eu-west-1:000000000000:function:none"}
IMPORT = json.dumps(
    {"Resources": {"Import": {"Type": "Custom::PersonalizeDatasetImportJob", "Properties": PROPERTIES}}}
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("local-aws"), Options(), bootstrapped=False) as cloud:
        cloud.cloudformation.create_stack(StackName="Empty", TemplateBody=EMPTY)
        cloud.cloudformation.create_stack(StackName="Failed", TemplateBody=IMPORT)
        for stack in ("Empty", "Failed"):
            with suppress(WaiterError):  # one of them is rolled back
                cloud.cloudformation.get_waiter("stack_create_complete").wait(
                    StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
                )
        yield cloud


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run in this process, which is faster, in an environment that knows nothing of AWS but what is given."""

    def run(command: str, stack: str, environment: Mapping[str, str] | None = None) -> Ended:
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which remembers credentials
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in {**without_aws({}), "AWS_EC2_METADATA_DISABLED": "true", **(environment or {})}.items():
            monkeypatch.setenv(name, value)
        code = run_here([command, stack])
        return Ended(code, *capsys.readouterr())

    return run


@COMMANDS
def test_without_a_region(command: str, here: Here) -> None:
    assert here(command, "Shop").failure == "Shop: no Region is set. Set AWS_REGION, or a region in the profile"


@COMMANDS
def test_without_credentials(command: str, here: Here) -> None:
    failure = here(command, "Shop", {"AWS_DEFAULT_REGION": "eu-west-1"}).failure
    assert failure == "Shop: Unable to locate credentials. Set AWS_PROFILE, or log in with the AWS CLI"


@COMMANDS
def test_with_a_profile_that_there_is_not(command: str, here: Here) -> None:
    failure = here(command, "Shop", {"AWS_PROFILE": "none"}).failure
    assert failure.startswith("Shop: The config profile (none) could not be found. Set AWS_PROFILE")


def test_with_an_endpoint_that_is_none(cloud: Cloud, here: Here) -> None:
    assert here("explain", "Shop", {**cloud.aws.environment, "AWS_ENDPOINT_URL": "x"}).failure.startswith("Shop: ")


@pytest.mark.slow
def test_with_an_endpoint_that_is_not_there(cloud: Cloud, here: Here) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"https://127.0.0.1:{unused.getsockname()[1]}"
        ended = here("explain", "Shop", {**cloud.aws.environment, "AWS_ENDPOINT_URL": endpoint})
    assert ended.failure.startswith(f'Shop: Could not connect to the endpoint URL: "{endpoint}')


@COMMANDS
def test_a_stack_that_there_is_not(cloud: Cloud, here: Here, command: str) -> None:
    failure = here(command, "None", cloud.aws.environment).failure
    assert failure.startswith("None: there is no such stack. One that `cdk deploy`")


@COMMANDS
def test_a_stack_without_imports(cloud: Cloud, here: Here, command: str) -> None:
    failure = "Empty: the stack has no dataset import jobs (Custom::PersonalizeDatasetImportJob)."
    assert here(command, "Empty", cloud.aws.environment).failure == failure


def test_permissions_that_are_missing_are_told_and_those_of_the_docs_are_enough(cloud: Cloud, here: Here) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="watcher")
    key = iam.create_access_key(UserName="watcher")["AccessKey"]
    watcher = {
        **cloud.aws.environment,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    denied = here("watch", "Failed", watcher).failure
    assert "not authorized to perform: cloudformation:DescribeStacks" in denied
    assert denied.endswith("docs/watch.md has the permissions that are needed")

    page = (ROOT / "docs" / "watch.md").read_text()
    (policy,) = re.findall(r"^```json\n(\{\n  \"Version\".*?)^```", page, re.DOTALL | re.MULTILINE)
    iam.put_user_policy(UserName="watcher", PolicyName="inline", PolicyDocument=policy)
    assert here("watch", "Failed", watcher).code == 1
    assert here("explain", "Failed", watcher).code == 1


def test_a_reader_that_goes_away_ends_it_without_a_word(cloud: Cloud) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = cloud.aws.environment
    ended = run("watch", "Failed", "--json", env=environment, capture_output=False, stdout=writing, stderr=-1)
    os.close(writing)
    assert (ended.code, ended.said) == (141, "")


@pytest.mark.parametrize("every", ["0.5", "301", "often"])
def test_a_pace_that_is_none(every: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(["watch", "Shop", "--every", every]) == 2
    assert "Invalid value for '--every'" in capsys.readouterr().err
