"""A provider of a platform team's, and stacks of other apps that know it by parameters of Systems Manager."""

from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssm as ssm

from personalize_import import DatasetImportProvider
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.concurrency import max_concurrent
from tests.deploy.support.stacks import UsersStack, users_csv

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
