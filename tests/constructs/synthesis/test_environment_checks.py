"""The resources of a job are compared with the account, Region and partition of its stack, if known."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportProvider, DataSource
from personalize_import.synthesis.environment_checks import check_environment
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import (
    DATASET_ARN,
    ROLE_ARN,
    add_dataset,
    add_job,
    new_app,
    new_stack,
    own_warnings,
)

ACCOUNT, OTHER = "123456789012", "210987654321"
HERE = cdk.Environment(account=ACCOUNT, region="eu-west-1")
IN_OTHER_REGION = cdk.Environment(account=ACCOUNT, region="us-east-1")
IN_OTHER_ACCOUNT = cdk.Environment(account=OTHER, region="eu-west-1")
KEY_ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d"


def bucket_of(stack: cdk.Stack, **attributes: Any) -> DataSource:
    return DataSource.from_bucket(
        s3.Bucket.from_bucket_attributes(stack, "Data", bucket_name="data", **attributes), "a/"
    )


def problem(stack: cdk.Stack, **arguments: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        add_job(stack, **arguments)
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (
            "eu-west-1",
            "us-east-1",
            "dataset is in Region us-east-1 (the stack: eu-west-1), got 'arn:",
        ),
        (ACCOUNT, OTHER, f"dataset is in account {OTHER} (the stack: {ACCOUNT}), got"),
        ("arn:aws:", "arn:aws-cn:", "dataset is in partition aws-cn (the stack: aws), got"),
    ],
)
def test_a_dataset_in_another_environment_is_an_error_that_names_the_cause(old: str, new: str, cause: str) -> None:
    message = problem(new_stack(env=HERE), dataset=DATASET_ARN.replace(old, new))

    assert cause in message
    assert "Personalize imports only into datasets of the same account and Region" in message


@pytest.mark.parametrize("env", [IN_OTHER_REGION, IN_OTHER_ACCOUNT])
def test_a_dataset_of_a_stack_in_another_environment_is_an_error_too(env: cdk.Environment) -> None:
    app = new_app()
    dataset = add_dataset(new_stack("Data", app, env=env))

    assert "dataset is in" in problem(new_stack("Models", app, env=HERE), dataset=dataset)


def test_a_bucket_of_another_region_is_an_error() -> None:
    stack = new_stack(env=HERE)

    message = problem(stack, data_source=bucket_of(stack, region="us-east-1"))

    assert "the bucket of data_source is in Region us-east-1 (the stack: eu-west-1), got 'data'. Personalize" in message


def test_a_bucket_of_a_stack_in_another_region_is_an_error_too() -> None:
    app = new_app()
    bucket = s3.Bucket(new_stack("Data", app, env=IN_OTHER_REGION), "Bucket", bucket_name="data")

    message = problem(new_stack("Models", app, env=HERE), data_source=DataSource.from_bucket(bucket, "a/"))

    assert "the bucket of data_source is in Region us-east-1" in message


def test_a_bucket_of_another_account_is_a_warning_because_its_owner_can_grant_access() -> None:
    stack = new_stack(env=HERE)
    add_job(stack, data_source=bucket_of(stack, account=OTHER))

    (warning,) = own_warnings(stack, "bucket-account")

    assert warning.startswith(f"the bucket is in account {OTHER} (the stack: {ACCOUNT}), got 'data'. Its policy must")


@pytest.mark.parametrize("change", [("eu-west-1", "us-east-1"), (ACCOUNT, OTHER)])
def test_a_key_in_another_environment_is_a_warning(change: tuple[str, str]) -> None:
    stack = new_stack(env=HERE)
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN.replace(*change))
    add_job(stack, data_source=DataSource.from_s3_uri("s3://data/a.csv", encryption_key=key))

    (warning,) = own_warnings(stack, "key-environment")

    assert warning.startswith("the key is in ")


def test_a_role_of_another_account_is_an_error() -> None:
    stack = new_stack(env=HERE)
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN.replace(ACCOUNT, OTHER))

    message = problem(stack, role=role)

    assert f"role is in account {OTHER} (the stack: {ACCOUNT}), got" in message
    assert "iam:PassRole works only within one account" in message


def test_a_role_of_a_stack_in_another_account_is_an_error_too() -> None:
    app = new_app()
    principal = iam.ServicePrincipal("personalize.amazonaws.com")
    role = iam.Role(new_stack("Roles", app, env=IN_OTHER_ACCOUNT), "Role", assumed_by=principal, role_name="reader")

    assert f"role is in account {OTHER}" in problem(new_stack("Models", app, env=HERE), role=role)


@pytest.mark.parametrize("env", [IN_OTHER_REGION, IN_OTHER_ACCOUNT])
def test_a_provider_of_a_stack_in_another_environment_is_an_error(env: cdk.Environment) -> None:
    app = new_app()
    provider = DatasetImportProvider(new_stack("Platform", app, env=env), "Imports", import_role_path="/ml/")

    message = problem(new_stack("Shop", app, env=HERE), provider=provider)

    assert "provider is in" in message
    assert "A provider imports only in its own account and Region" in message


def test_resources_in_the_environment_of_the_stack_are_accepted() -> None:
    app = new_app()
    stack, data = new_stack("Models", app, env=HERE), new_stack("Data", app, env=HERE)
    bucket = s3.Bucket(data, "Bucket", encryption_key=kms.Key(data, "Key"))
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)
    add_job(stack, dataset=add_dataset(data), data_source=DataSource.from_bucket(bucket, "a/"), role=role)
    add_job(stack, "Other", data_source=DataSource.from_bucket(s3.Bucket(stack, "Own"), ""))

    assert own_warnings(stack, "bucket") == own_warnings(stack, "key") == []


def test_an_unknown_environment_is_accepted() -> None:
    stack = new_stack()  # may be deployed to any account and Region
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)
    add_job(stack, role=role, data_source=bucket_of(stack, region="us-east-1", account=OTHER))
    known = new_stack("Known", env=HERE)
    token = cdk.CfnParameter(known, "Arn").value_as_string
    add_job(known, dataset=token, role=iam.Role.from_role_arn(known, "Role", token))

    assert own_warnings(stack, "bucket-account") == own_warnings(known, "bucket-account") == []


def test_a_role_of_a_custom_class_without_an_environment_is_accepted() -> None:
    class Role:
        role_arn = ROLE_ARN
        grant_principal = iam.ServicePrincipal("personalize.amazonaws.com")

    token = cdk.CfnParameter(new_stack(), "Arn").value_as_string
    unknown = Role()
    unknown.role_arn = token

    stack = new_stack(env=HERE)
    for role in (Role(), unknown):
        assert [*check_environment(stack, None, DATASET_ARN, role, None)] == []


def test_a_bucket_of_this_app_in_another_account_causes_no_warning() -> None:
    app = new_app()
    bucket = s3.Bucket(new_stack("Data", app, env=IN_OTHER_ACCOUNT), "Bucket", bucket_name="data")
    models = new_stack("Models", app, env=HERE)
    add_job(models, data_source=DataSource.from_bucket(bucket, "interactions/"))

    assert own_warnings(models, "bucket-account") == []


def test_a_dataset_of_a_stack_in_another_region_is_an_error_also_if_its_arn_is_passed() -> None:
    app = new_app()
    there = cdk.Environment(account=ACCOUNT, region="us-east-1")
    dataset = add_dataset(new_stack("There", app, env=there, cross_region_references=True))
    here = new_stack("Here", app, env=HERE, cross_region_references=True)

    assert "dataset is in Region us-east-1" in problem(here, dataset=dataset.attr_dataset_arn)
