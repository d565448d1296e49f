"""Buckets and keys of another account: their policies allow the import role too, and name no role."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportJob, DatasetImportProvider, DataSource
from tests.constructs.support.stacks import ROLE_ARN, add_job, new_app, new_stack, template_of

OF_JOB, OF_DATA = "123456789012", "210987654321"
SERVICE = {"Service": "personalize.amazonaws.com"}
S3 = ["s3:GetObject", "s3:ListBucket"]
KMS = ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"]
Add = Callable[[cdk.Stack, DataSource], DatasetImportJob]


def root_if(arn: str) -> dict[str, Any]:
    partition: dict[str, str] = {"Ref": "AWS::Partition"}

    def written(rest: str) -> dict[str, Any]:
        return {"Fn::Join": ["", ["arn:", partition, f":iam::{OF_JOB}:{rest}"]]}

    return {
        "Principal": {"AWS": written("root")},
        "Condition": {"ArnLike": {"aws:PrincipalArn": written(arn) if not arn.startswith("arn:") else arn}},
    }


def stacks(account_of_data: str = OF_DATA) -> tuple[cdk.Stack, cdk.Stack]:
    app = new_app()
    environments = [cdk.Environment(account=each, region="eu-west-1") for each in (OF_JOB, account_of_data)]
    return new_stack("Models", app, env=environments[0]), new_stack("Data", app, env=environments[1])


def data_of(stack: cdk.Stack) -> DataSource:
    key = kms.Key(stack, "Key", alias="data")
    named = s3.Bucket(stack, "Bucket", bucket_name="data-of-another-account", encryption_key=key)
    return DataSource.from_bucket(named, "interactions/")


def statements_of(stack: cdk.Stack, kind: str, property_name: str) -> list[dict[str, Any]]:
    (resource,) = [each for each in template_of(stack)["Resources"].values() if each["Type"] == kind]
    statements: list[dict[str, Any]] = resource["Properties"][property_name]["Statement"]
    return statements


def principals(stack: cdk.Stack, kind: str, property_name: str) -> list[tuple[Any, Any, Any]]:
    """Return action, principal and condition of the statements that jobs have added."""
    return [
        (each["Action"], each["Principal"], each.get("Condition"))
        for each in statements_of(stack, kind, property_name)
        if each["Action"] != "kms:*"
    ]


def with_provider(stack: cdk.Stack, data: DataSource) -> DatasetImportJob:
    return add_job(
        stack, data_source=data, provider=DatasetImportProvider(stack, "Imports", import_role_path="/team/ml/")
    )


def with_imported_role(stack: cdk.Stack, data: DataSource) -> DatasetImportJob:
    return add_job(stack, data_source=data, role=iam.Role.from_role_arn(stack, "Role", ROLE_ARN))


@pytest.mark.parametrize(
    ("add", "pattern"),
    [
        (lambda stack, data: add_job(stack, data_source=data), "role/personalize-import/eu-west-1/Models/*"),
        (with_provider, "role/team/ml/personalize-import/eu-west-1/Models/*"),
        (with_imported_role, ROLE_ARN),
    ],
    ids=["a role of the construct", "below a path", "a role that is given"],
)
def test_bucket_and_key_of_this_app_in_another_account_allow_the_import_role_too(add: Add, pattern: str) -> None:
    models, data = stacks()
    source = data_of(data)
    job = add(models, source)

    allowed = root_if(pattern)
    role = (allowed["Principal"], allowed["Condition"])
    assert principals(data, "AWS::S3::BucketPolicy", "PolicyDocument") == [
        *((action, SERVICE, None) for action in S3),
        *((action, *role) for action in S3),
    ]
    assert principals(data, "AWS::KMS::Key", "KeyPolicy") == [(KMS, SERVICE, None), (KMS, *role)]
    assert job.required_bucket_policy_statements == job.required_key_policy_statements == []


def test_a_nested_stack_has_a_path_whose_name_stays_the_same() -> None:
    models, data = stacks()
    bucket = s3.Bucket(data, "Bucket", bucket_name="data-of-another-account")
    add_job(cdk.NestedStack(models, "Inner"), data_source=DataSource.from_bucket(bucket, "interactions/"))

    allowed = root_if("role/personalize-import/eu-west-1/Models/ModelsInnerC5B1F68C/*")
    *_, of_role = principals(data, "AWS::S3::BucketPolicy", "PolicyDocument")
    assert of_role[1:] == (allowed["Principal"], allowed["Condition"])


def test_a_bucket_of_this_app_in_the_same_account_allows_the_service_alone() -> None:
    models, data = stacks(account_of_data=OF_JOB)
    add_job(models, data_source=data_of(data))

    assert principals(data, "AWS::S3::BucketPolicy", "PolicyDocument") == [(action, SERVICE, None) for action in S3]
    assert principals(data, "AWS::KMS::Key", "KeyPolicy") == [(KMS, SERVICE, None)]


def test_a_role_of_this_app_is_referenced_by_its_given_name() -> None:
    models, data = stacks()
    role = iam.Role(models, "Own", role_name="reads-data", assumed_by=iam.ServicePrincipal(SERVICE["Service"]))
    add_job(models, data_source=data_of(data), role=role)

    *_, of_role = statements_of(data, "AWS::S3::BucketPolicy", "PolicyDocument")
    assert f":iam::{OF_JOB}:role/reads-data" in str(of_role["Condition"])


def test_an_account_whose_stack_can_not_be_referenced_is_reported() -> None:
    models, data = stacks()
    role = iam.Role(models, "Own", assumed_by=iam.ServicePrincipal(SERVICE["Service"]))
    job = add_job(models, data_source=data_of(data), role=role)

    assert [each.actions for each in job.required_bucket_policy_statements] == [[each] for each in S3]
    assert [each.actions for each in job.required_key_policy_statements] == [KMS]
    assert principals(data, "AWS::S3::BucketPolicy", "PolicyDocument") == [(action, SERVICE, None) for action in S3]


def test_the_statement_for_the_role_survives_the_role_and_comes_before_it() -> None:
    models, data = stacks()
    job = add_job(models, data_source=data_of(data))

    assert data.dependencies == []
    *_, of_role = statements_of(data, "AWS::S3::BucketPolicy", "PolicyDocument")
    assert "role" not in str(of_role["Principal"])
    assert job.role.role_name not in str(of_role)


def test_the_required_statements_for_an_existing_role_name_that_role() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)
    job = add_job(stack, data_source=DataSource.from_s3_uri("s3://data/interactions/"), role=role)

    *_, of_role = [each.to_statement_json() for each in job.required_bucket_policy_statements]
    assert stack.resolve(of_role["Condition"]) == {"ArnLike": {"aws:PrincipalArn": ROLE_ARN}}


def test_many_jobs_on_a_bucket_of_another_account_make_no_more_statements() -> None:
    models, data = stacks()
    bucket = s3.Bucket(data, "Bucket", bucket_name="data-of-another-account")
    for number in range(3):
        add_job(models, f"Job{number}", data_source=DataSource.from_bucket(bucket, f"folder-{number}/"))

    assert len(statements_of(data, "AWS::S3::BucketPolicy", "PolicyDocument")) == 4
