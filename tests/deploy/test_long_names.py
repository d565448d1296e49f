"""Imports work where CloudFormation cuts generated names: long stack names, nested stacks, deep providers."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import import DatasetImportJob, DatasetImportProvider, DataSource
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_csv, users_schema

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

STACK_NAME_LENGTH_MAX = 128
Place = Callable[[cdk.App, str], tuple[cdk.Stack, Construct]]


def long_name(app: cdk.App, name: str) -> tuple[cdk.Stack, Construct]:
    stack = cdk.Stack(app, name, stack_name=name.ljust(STACK_NAME_LENGTH_MAX, "n"))
    return stack, stack


def nested(app: cdk.App, name: str) -> tuple[cdk.Stack, Construct]:
    stack = cdk.Stack(app, name)
    return stack, cdk.NestedStack(stack, "Recommendations")


def three_deep(app: cdk.App, name: str) -> tuple[cdk.Stack, Construct]:
    stack = cdk.Stack(app, name)
    return stack, Construct(Construct(Construct(stack, "Platform"), "Recommendations"), "Imports")


def import_users(scope: Construct, name: str, location: str, *, preflight: bool) -> DatasetImportJob:
    """Create a dataset in a scope and import into it, with a provider of the scope unless that is a stack."""
    schema = personalize.CfnSchema(scope, "Schema", name=name, schema=users_schema())
    group = personalize.CfnDatasetGroup(scope, "Group", name=name)
    dataset = personalize.CfnDataset(
        scope,
        "Dataset",
        name=name,
        dataset_type="Users",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schema.attr_schema_arn,
    )
    return DatasetImportJob(
        scope,
        "Import",
        dataset=dataset,
        data_source=DataSource.from_s3_uri(location),
        provider=None if cdk.Stack.is_stack(scope) else DatasetImportProvider(scope, "Provider"),
        preflight=preflight,
    )


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(long_name, id="long_name", marks=pytest.mark.nightly),
        pytest.param(nested, id="nested", marks=pytest.mark.nightly),
        pytest.param(three_deep, id="three_deep"),
    ],
)
def test_a_job_imports_with_a_provider_in_any_stack(cloud: Cloud, place: Place) -> None:
    name = f"Names-{place.__name__.replace('_', '-')}"
    location = cloud.put(name.lower(), "users.csv", users_csv("a", "b", "c"))

    def build(app: cdk.App) -> None:
        stack, scope = place(app, name)
        job = import_users(scope, name, location, preflight=True)
        cdk.CfnOutput(stack, "DatasetArn", value=job.dataset_arn)
        cdk.CfnOutput(stack, "Status", value=job.dataset_import_job_status)

    deployed = cloud.deploy(build)
    assert deployed.succeeded, deployed.output
    stack_name = name.ljust(STACK_NAME_LENGTH_MAX, "n") if place is long_name else name
    outputs = cloud.outputs(stack_name)
    assert outputs["Status"] == "ACTIVE"
    assert cloud.rows(outputs["DatasetArn"])["count"] == 3

    destroyed = cloud.destroy(build)
    assert destroyed.succeeded, destroyed.output
    assert [role for role in roles(cloud) if role.startswith(name)] == []


def roles(cloud: Cloud) -> list[str]:
    pages = cloud.client("iam").get_paginator("list_roles").paginate()
    return [role["RoleName"] for page in pages for role in page["Roles"]]
