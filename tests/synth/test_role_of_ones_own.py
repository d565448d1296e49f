"""`role=`: one that the app makes gets what it lacks, any other is left as it is."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from personalize_import import DataSource
from tests.synth.cloudformation import Deployed
from tests.synth.stacks import (
    ROLE_ARN,
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
    properties_of,
)


def new_role(scope: cdk.Stack, id: str = "Own") -> iam.Role:
    return iam.Role(scope, id, assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))


def policy_of(template: Deployed, prefix: str) -> dict[str, Any]:
    """Give the properties of the policy whose logical id starts so."""
    (name,) = [each for each in template.of_type("AWS::IAM::Policy") if each.startswith(prefix)]
    return template.properties(name)


def passed_roles(template: Deployed) -> list[list[dict[str, Any]]]:
    """Give the statements with which functions pass roles: the one that starts jobs."""
    roles = [
        template.properties(each) for each in template.of_type("AWS::IAM::Role") if each.startswith("DatasetImport")
    ]
    policies = [policy for role in roles for policy in role["Policies"] if policy["PolicyName"] == "PassRoles"]
    return [policy["PolicyDocument"]["Statement"] for policy in policies]


@pytest.fixture(scope="module")
def two_jobs_with_one_role() -> Deployed:
    stack = new_stack()
    role = new_role(stack)
    bucket = s3.Bucket(stack, "Bucket")
    for name, key in [("One", "a/"), ("Two", "b/")]:
        add_job(stack, name, data_source=DataSource.from_bucket(bucket, key), role=role)
    return deployed(stack)


def test_a_role_of_this_app_may_read_what_each_of_its_jobs_imports(two_jobs_with_one_role: Deployed) -> None:
    (bucket,) = [name.lower() for name in two_jobs_with_one_role.of_type("AWS::S3::Bucket")]

    statements = policy_of(two_jobs_with_one_role, "Own")["PolicyDocument"]["Statement"]

    assert [(each["Action"], each["Resource"]) for each in statements] == [
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/a/*"),
        ("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/b/*"),
    ]


def test_no_policy_names_two_statements_the_same(two_jobs_with_one_role: Deployed) -> None:
    for policy in two_jobs_with_one_role.all_properties("AWS::IAM::Policy"):
        sids = [each["Sid"] for each in policy["PolicyDocument"]["Statement"] if "Sid" in each]
        assert len(sids) == len(set(sids))


def test_the_jobs_wait_for_the_role_and_for_what_it_may(two_jobs_with_one_role: Deployed) -> None:
    policies = two_jobs_with_one_role.of_type("AWS::IAM::Policy").keys()
    (bucket_policy,) = two_jobs_with_one_role.of_type("AWS::S3::BucketPolicy")
    (role,) = [each for each in two_jobs_with_one_role.of_type("AWS::IAM::Role") if each.startswith("Own")]

    for job in two_jobs_with_one_role.of_type("Custom::PersonalizeDatasetImportJob").values():
        of_role = {each for each in policies if "SeeLaterRequests" not in each}
        assert len(of_role) == 2
        assert {*of_role, bucket_policy, role} <= set(job["DependsOn"])


def test_a_role_is_passed_once_whatever_the_number_of_its_jobs(two_jobs_with_one_role: Deployed) -> None:
    (role,) = [each for each in two_jobs_with_one_role.of_type("AWS::IAM::Role") if each.startswith("Own")]

    policy = policy_of(two_jobs_with_one_role, "DatasetImportProviderRoles")

    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": f"arn:aws:iam::123456789012:role/{role.lower()}",
            "Condition": {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        }
    ]


def test_no_role_is_made_beside_the_one_that_is_brought() -> None:
    stack = new_stack()
    role = new_role(stack)

    job = add_job(stack, role=role)

    assert job.role is role
    assert job.node.try_find_child("Role") is None


def test_an_imported_role_is_left_as_it_is_and_passed_by_its_very_arn() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Elsewhere", ROLE_ARN)
    job = add_job(stack, data_source=from_new_bucket(stack), role=role)

    template = deployed(stack)

    assert [each for each in template.of_type("AWS::IAM::Policy") if "SeeLaterRequests" not in each] == []
    assert properties_of(job)["RoleArn"] == ROLE_ARN
    for statements in passed_roles(template):
        assert [each["Resource"] for each in statements[1:]] == [ROLE_ARN]
    assert template.of_type("AWS::S3::BucketPolicy"), "the bucket is still this app's to open"


def test_a_role_that_may_not_be_changed_is_not_changed() -> None:
    stack = new_stack()
    role = new_role(stack)
    job = add_job(stack, data_source=from_new_bucket(stack), role=role.without_policy_updates())

    template = deployed(stack)

    assert "s3:GetObject" not in str(template.all_properties("AWS::IAM::Policy"))
    assert logical_id(role) in template.template["Resources"][logical_id(job.resource)]["DependsOn"]


def test_a_role_of_another_stack_gets_its_policy_there() -> None:
    app = new_app()
    security, models = new_stack("Security", app), new_stack("Models", app)
    add_job(models, role=new_role(security))

    assert len(deployed(security).of_type("AWS::IAM::Policy")) == 1
    assert "s3:GetObject" not in str(deployed(models).all_properties("AWS::IAM::Policy"))
    assert models.dependencies == [security]
