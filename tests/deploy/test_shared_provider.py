"""A provider of a platform team's, and stacks of other apps that know it by parameters of Systems Manager."""

from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssm as ssm
from botocore.exceptions import ClientError

from personalize_import import DatasetImportProvider
from personalize_import_handler.contract import RESOURCE_TYPE
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.concurrency import max_concurrent
from tests.deploy.support.stacks import UsersStack, users_csv
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

STACKS = [f"Shop{number}" for number in range(8)]
LIMIT = 5
"""So many jobs an account may have PENDING or IN_PROGRESS in a Region."""
PATH = "/team/ml/"


@pytest.fixture
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A separate local AWS, so that jobs of other tests don't count towards the limit."""
    with running_cloud(tmp_path_factory.mktemp("shared"), Options(speed=40, import_seconds=240)) as cloud:
        yield cloud


def platform(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Platform")
    provider = DatasetImportProvider(stack, "Imports", import_role_path=PATH, allow_preflight=True)
    for name, value in [("token", provider.service_token), ("looking-role", provider.preflight_role.role_arn)]:
        ssm.StringParameter(stack, name, parameter_name=f"/imports/{name}", string_value=value)


def shops(location: str, **job: Any) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        for name in STACKS:
            UsersStack(app, name, location, provider=imported_by_parameters, **job)

    return build


def imported_by_parameters(stack: cdk.Stack) -> Any:
    def parameter(name: str) -> str:
        return ssm.StringParameter.value_for_string_parameter(stack, f"/imports/{name}")

    return DatasetImportProvider.from_provider_attributes(
        stack,
        "Imports",
        service_token=parameter("token"),
        import_role_path=PATH,
        preflight_role_arn=parameter("looking-role"),
    )


def test_eight_stacks_with_one_provider_import_five_at_a_time(
    cloud: Cloud, record_property: Callable[[str, object], None]
) -> None:
    location = cloud.put("shared-provider", "users.csv", users_csv("a", "b", "c"))
    deployed = cloud.deploy(platform)
    assert deployed.succeeded, deployed.output

    deployed = cloud.deploy(shops(location, preflight=True), "--concurrency", str(len(STACKS)))

    assert deployed.succeeded, deployed.output
    jobs = cloud.aws.control("GET", "jobs")["jobs"]
    record_property("shared provider", f"{len(jobs)} jobs, at most {max_concurrent(jobs)} of them at once")
    assert [job["history"][-1]["status"] for job in jobs] == ["ACTIVE"] * len(STACKS)
    assert {job["dataset_arn"] for job in jobs} == {cloud.outputs(name)["DatasetArn"] for name in STACKS}
    assert max_concurrent(jobs) == LIMIT
    assert len(cloud.client("stepfunctions").list_state_machines()["stateMachines"]) == 1


def test_stacks_of_a_destroyed_provider_can_be_deleted_without_their_imports(cloud: Cloud) -> None:
    location = cloud.put("orphan", "users.csv", users_csv("a"))

    def shop(app: cdk.App) -> None:
        UsersStack(app, "Orphan", location, provider=imported_by_parameters)

    assert cloud.deploy(platform).succeeded
    assert cloud.deploy(shop).succeeded
    (resource,) = [each for each in resources_of(cloud, "Orphan") if each["ResourceType"] == RESOURCE_TYPE]
    assert delete(cloud, "Platform") == "DELETE_COMPLETE"

    assert delete(cloud, "Orphan") == "DELETE_FAILED"
    assert delete(cloud, "Orphan", RetainResources=[resource["LogicalResourceId"]]) == "DELETE_COMPLETE"

    assert cloud.personalize.list_datasets()["datasets"] == []


@pytest.mark.nightly
def test_a_provider_that_stacks_of_the_same_app_use_is_not_deleted(cloud: Cloud) -> None:
    location = cloud.put("same-app", "users.csv", users_csv("a"))

    def build(app: cdk.App) -> None:
        provider = DatasetImportProvider(cdk.Stack(app, "Provider"), "Imports")
        UsersStack(app, "User", location, provider=lambda _: provider)

    assert cloud.deploy(build, "--all").succeeded

    with pytest.raises(ClientError, match="Export Provider:"):
        delete(cloud, "Provider")


def resources_of(cloud: Cloud, stack: str) -> list[Any]:
    return list(cloud.cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"])


def delete(cloud: Cloud, stack: str, **arguments: Any) -> str:
    """Delete a stack, and return its final status."""
    stack_id = cloud.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloud.cloudformation.delete_stack(StackName=stack_id, **arguments)

    def status() -> str:
        return str(cloud.cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])

    until(lambda: not status().endswith("_IN_PROGRESS"))
    return status()
