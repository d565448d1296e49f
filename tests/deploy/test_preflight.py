"""Data in a bucket: imported again when it has changed, and looked at by the import role before a job starts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_ssm as ssm

from personalize_import import DatasetImportJob, DataSource, Reimport
from personalize_import_handler.contract import DATA_FINGERPRINT_TAG, RESOURCE_TAG
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = pytest.mark.deploy


def stack_of(name: str, location: str, **arguments: Any) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        UsersStack(app, name, location, **arguments)
        ssm.StringParameter(cdk.Stack(app, f"{name}Other"), "Other", string_value="has no parameter DataAsOf")

    return build


def as_of(name: str, deploy: str) -> tuple[str, str]:
    return "--parameters", f"{name}:DataAsOf={deploy}"


def users(cloud: Cloud, name: str) -> list[str]:
    rows = cloud.rows(cloud.outputs(name)["DatasetArn"], limit=100)["rows"]
    return sorted(row["USER_ID"] for row in rows)


def put(cloud: Cloud, name: str, key: str, *ids: str) -> None:
    cloud.s3.put_object(Bucket=name.lower(), Key=key, Body=users_csv(*ids))


@pytest.mark.slow
def test_only_changed_data_is_imported_again(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "users/a.csv", users_csv("a", "b")).removesuffix("a.csv")
    app = stack_of(name, location, reimport=Reimport.when_data_changes())
    deployed = cloud.deploy(app, *as_of(name, "monday"))
    assert deployed.succeeded, deployed.output
    assert users(cloud, name) == ["a", "b"]

    put(cloud, name, "users/a.csv", "a", "c")  # one value is another one, in a file of the same size
    assert cloud.deploy(app, *as_of(name, "tuesday")).succeeded
    assert users(cloud, name) == ["a", "c"]
    assert cloud.deploy(app, *as_of(name, "wednesday")).succeeded
    assert [job["status"] for job in cloud.jobs(name)] == ["ACTIVE"] * 2

    put(cloud, name, "users/a.csv", "a", "b")  # and back again
    assert cloud.deploy(app, *as_of(name, "thursday")).succeeded
    assert users(cloud, name) == ["a", "b"]
    jobs = cloud.jobs(name)
    assert len(jobs) == 3
    tags = cloud.personalize.list_tags_for_resource(resourceArn=cloud.outputs(name)["JobArn"])["tags"]
    assert {tag["tagKey"] for tag in tags} == {DATA_FINGERPRINT_TAG, RESOURCE_TAG}


@pytest.mark.slow
def test_changed_data_is_imported_again_without_a_parameter(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "users/a.csv", users_csv("a")).removesuffix("a.csv")

    def of_build(number: str) -> Callable[[cdk.App], None]:
        return stack_of(name, location, reimport=Reimport.when_data_changes(as_of=number))

    assert cloud.deploy(of_build("1")).succeeded
    put(cloud, name, "users/a.csv", "b")
    assert cloud.deploy(of_build("1")).succeeded
    assert users(cloud, name) == ["a"]

    assert cloud.deploy(of_build("2")).succeeded

    assert users(cloud, name) == ["b"]


@pytest.mark.slow
def test_invalid_data_fails_before_a_job_is_started(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a", "b") + ",gold\n")
    deployed = cloud.deploy(stack_of(name, location, preflight=True))

    assert not deployed.succeeded
    assert "id-missing: an id or a time is missing in a.csv, line 4, column USER_ID" in " ".join(
        deployed.output.split()
    )
    assert cloud.jobs(name) == []


@pytest.mark.slow
def test_a_role_without_read_permission_fails_before_a_job_is_started(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a", "b"))

    def build(app: cdk.App) -> None:
        stack = UsersStack(app, name, location, preflight=True)
        role = stack.job.role
        denied = iam.PolicyStatement(effect=iam.Effect.DENY, actions=["s3:GetObject"], resources=["*"])
        role.add_to_principal_policy(denied)

    deployed = cloud.deploy(build)

    assert not deployed.succeeded
    output = " ".join(deployed.output.split())
    assert "s3:GetObject" in output
    assert "GetObject failed with AccessDenied. Add to the policy of the role" in output
    assert cloud.jobs(name) == []
    calls = cloud.aws.control("GET", "calls?operation=CreateDatasetImportJob")["calls"]
    assert not [call for call in calls if any(name in part for part in call["names"])]


@pytest.mark.slow
def test_a_role_of_the_app_is_assumed_by_the_function_too(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "users/a.csv", users_csv("a", "b")).removesuffix("a.csv")

    def build(app: cdk.App) -> None:
        users_stack = UsersStack(app, name, location)
        stack = cdk.Stack(app, f"{name[:12]}Again")
        role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
        dataset = cast("personalize.CfnDataset", users_stack.node.find_child("Dataset"))
        data_source = DataSource.from_s3_uri(location)
        DatasetImportJob(stack, "Import", dataset=dataset, data_source=data_source, role=role, preflight=True)

    deployed = cloud.deploy(build)

    assert deployed.succeeded, deployed.output
    assert [job["status"] for job in cloud.jobs(f"{name[:12]}Again")] == ["ACTIVE"]


@pytest.mark.slow
def test_only_the_function_that_runs_preflight_may_assume_the_role(cloud: Cloud, name: str, tmp_path: Path) -> None:
    location = cloud.put(name.lower(), "users/a.csv", users_csv("a", "b")).removesuffix("a.csv")
    assert cloud.deploy(stack_of(name, location, preflight=True)).succeeded
    roles = cloud.client("iam").list_roles(PathPrefix=f"/personalize-import/eu-west-1/{name}/")["Roles"]

    (trusting,) = [role["AssumeRolePolicyDocument"]["Statement"] for role in roles]
    by_roles = [statement["Principal"]["AWS"] for statement in trusting if "AWS" in statement["Principal"]]
    assert [principal.rpartition("/")[2].startswith(f"{name}-") for principal in by_roles] == [True]
