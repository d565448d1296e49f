"""The schema of a dataset is found at synth through the dataset's schema ARN."""

import gc
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema
from personalize_import.data.dataset_reference import DatasetReference
from personalize_import.data.dataset_schema_lookup import find_schema
from tests.constructs.support.stacks import DATASET_ARN, SCHEMA_ARN, new_app, new_stack

USERS = DatasetSchema.users().field("AGE", "int")


def dataset(stack: cdk.Stack, schema_arn: str) -> personalize.CfnDataset:
    return personalize.CfnDataset(
        stack, "Dataset", name="users", dataset_type="Users", dataset_group_arn="arn", schema_arn=schema_arn
    )


def resource(stack: cdk.Stack, text: str = USERS.to_json(), **more: Any) -> personalize.CfnSchema:
    return personalize.CfnSchema(stack, "Schema", name="users", schema=text, **more)


def test_a_schema_that_the_app_creates_is_found() -> None:
    stack = new_stack()
    assert find_schema(dataset(stack, USERS.to_cfn_schema(stack, "Schema").attr_schema_arn)) == USERS


def test_a_schema_that_was_created_without_the_builder_is_found_with_its_domain() -> None:
    stack = new_stack()
    schema_arn = resource(stack, domain="ECOMMERCE").attr_schema_arn
    gc.collect()  # what Python forgets, the CDK still knows
    assert find_schema(dataset(stack, schema_arn)) == DatasetSchema.from_json(USERS.to_json(), "ECOMMERCE")


def test_a_schema_of_another_stack_is_found() -> None:
    app = new_app()
    schema = resource(new_stack("Schemas", app))
    assert find_schema(dataset(new_stack("Datasets", app), schema.attr_schema_arn)) == USERS


def test_a_schema_is_found_by_its_reference_too() -> None:
    stack = new_stack()
    assert find_schema(dataset(stack, resource(stack).schema_ref.schema_arn)) == USERS


@pytest.mark.parametrize(
    "schema_arn",
    [
        lambda stack: SCHEMA_ARN,
        lambda stack: cdk.CfnParameter(stack, "Arn").value_as_string,
        lambda stack: cdk.Fn.import_value("schema"),
        lambda stack: personalize.CfnDatasetGroup(stack, "Group", name="group").attr_dataset_group_arn,
        lambda stack: f"{resource(stack).attr_schema_arn}-2",
        lambda stack: f"{resource(stack).attr_schema_arn}{cdk.Aws.REGION}",
        lambda stack: cdk.Fn.join("", [resource(stack).attr_schema_arn, "-2"]),
    ],
    ids=["arn", "parameter", "export", "another resource", "and more", "and a token", "joined"],
)
def test_a_schema_arn_that_is_no_reference_to_a_schema_of_the_app_is_unknown(
    schema_arn: Callable[[cdk.Stack], str],
) -> None:
    stack = new_stack()
    assert find_schema(dataset(stack, schema_arn(stack))) is None


def test_a_schema_that_is_known_at_deploy_time_only_can_not_be_known() -> None:
    stack = new_stack()
    text = cdk.CfnParameter(stack, "Text").value_as_string
    assert find_schema(dataset(stack, resource(stack, text).attr_schema_arn)) is None


def test_a_domain_that_is_known_at_deploy_time_only_leaves_the_schema_unknown() -> None:
    stack = new_stack()
    domain = cdk.CfnParameter(stack, "Domain").value_as_string
    assert find_schema(dataset(stack, resource(stack, domain=domain).attr_schema_arn)) is None


@pytest.mark.parametrize("text", ["{}", "{", '{"type": "record", "name": "Things"}'])
def test_what_is_no_schema_is_none(text: str) -> None:
    stack = new_stack()
    assert find_schema(dataset(stack, resource(stack, text).attr_schema_arn)) is None


def test_the_schema_of_a_dataset_outside_the_app_is_unknown() -> None:
    assert find_schema(DatasetReference.of(DATASET_ARN, new_stack()).resource) is None
