"""An app with one wrong input, for the CDK CLI: the first argument is the name of its function."""

import sys
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_sqs as sqs

from personalize_import import DatasetImportJob, DatasetImportProvider, DataSource, ImportMode

LOCATION = DataSource.from_s3_uri("s3://nobodys-interactions/interactions/")


def add_job(stack: cdk.Stack, construct_id: str = "Import", **arguments: Any) -> DatasetImportJob:
    dataset = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/INTERACTIONS")
    return DatasetImportJob(stack, construct_id, **{"dataset": dataset, "data_source": LOCATION, **arguments})


def another_account(stack: cdk.Stack) -> None:
    add_job(stack, dataset="arn:aws:personalize:eu-west-1:999999999999:dataset/shop/INTERACTIONS")


def no_such_dataset(stack: cdk.Stack) -> None:
    add_job(stack)


def another_resource_fails(stack: cdk.Stack) -> None:
    group = personalize.CfnDatasetGroup(stack, "Group", name="no blanks here")
    add_job(stack).node.add_dependency(group)


def role_outside_the_path(stack: cdk.Stack) -> None:
    provider = DatasetImportProvider(stack, "Imports", import_role_path="/team/")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, provider=provider, role=role)


def prefix_without_a_slash(stack: cdk.Stack) -> None:
    add_job(stack, data_source=DataSource.from_s3_uri("s3://nobodys-interactions/interactions"))


def timeout_of_40_hours(stack: cdk.Stack) -> None:
    add_job(stack, timeout=cdk.Duration.hours(40))


def incremental_alone(stack: cdk.Stack) -> None:
    schema = personalize.CfnSchema(stack, "Schema", name="shop", schema="{}")
    group = personalize.CfnDatasetGroup(stack, "Group", name="shop")
    dataset = personalize.CfnDataset(
        stack,
        "Interactions",
        name="interactions",
        dataset_type="Interactions",
        schema_arn=schema.attr_schema_arn,
        dataset_group_arn=group.attr_dataset_group_arn,
    )
    add_job(stack, dataset=dataset, import_mode=ImportMode.INCREMENTAL)


def queue_of_another_stack(stack: cdk.Stack) -> None:
    queue = sqs.Queue(cdk.Stack(cdk.App.of(stack), "Ops"), "Queue")
    add_job(stack).on_failed("Failed", target=targets.SqsQueue(queue))


def shared_provider(stack: cdk.Stack) -> None:
    platform = cdk.Stack(cdk.App.of(stack), "Platform")
    provider = DatasetImportProvider(platform, "Imports", import_role_path="/team/")
    cdk.CfnOutput(stack, "Token", value=provider.service_token)


WRONG = (
    another_account,
    no_such_dataset,
    another_resource_fails,
    role_outside_the_path,
    prefix_without_a_slash,
    timeout_of_40_hours,
    incremental_alone,
    queue_of_another_stack,
    shared_provider,
)

if __name__ == "__main__":
    app = cdk.App()
    (build,) = (each for each in WRONG if each.__name__ == sys.argv[1])
    build(cdk.Stack(app, "Shop"))
    app.synth()
