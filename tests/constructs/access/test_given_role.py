"""`role=`: missing permissions are added to a mutable role, and reported for any other role."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from personalize_import import DataSource
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import (
    DATASET_ARN,
    ROLE_ARN,
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    properties_of,
)


def new_role(scope: cdk.Stack, id: str = "Own") -> iam.Role:
    return iam.Role(scope, id, assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))


def policy_of(template: Deployed, prefix: str) -> dict[str, Any]:
    """Return the properties of the policy whose logical id starts so."""
    (name,) = [each for each in template.of_type("AWS::IAM::Policy") if each.startswith(prefix)]
    return template.properties(name)


def passed_roles(template: Deployed) -> list[list[dict[str, Any]]]:
    """Return the statements with which functions pass roles: the one that starts jobs."""
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
        ("s3:GetObject", [f"arn:aws:s3:::{bucket}/a/*", f"arn:aws:s3:::{bucket}/b/*"]),
        ("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
    ]


def test_no_policy_names_two_statements_the_same(two_jobs_with_one_role: Deployed) -> None:
    for policy in two_jobs_with_one_role.all_properties("AWS::IAM::Policy"):
        sids = [each["Sid"] for each in policy["PolicyDocument"]["Statement"] if "Sid" in each]
        assert len(sids) == len(set(sids))


def test_the_jobs_depend_on_the_role_and_its_policy(two_jobs_with_one_role: Deployed) -> None:
    policies = two_jobs_with_one_role.of_type("AWS::IAM::Policy").keys()
    (bucket_policy,) = two_jobs_with_one_role.of_type("AWS::S3::BucketPolicy")
    (role,) = [each for each in two_jobs_with_one_role.of_type("AWS::IAM::Role") if each.startswith("Own")]

    for job in two_jobs_with_one_role.of_type("Custom::PersonalizeDatasetImportJob").values():
        of_role = {each for each in policies if "SeeLaterRequests" not in each}
        assert len(of_role) == 2
        assert {*of_role, bucket_policy, role} <= set(job["DependsOn"])


def test_a_role_of_several_jobs_is_allowed_once(two_jobs_with_one_role: Deployed) -> None:
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


def test_no_role_is_created_in_addition_to_the_given_one() -> None:
    stack = new_stack()
    role = new_role(stack)

    job = add_job(stack, role=role)

    assert job.role is role
    assert job.node.try_find_child("Role") is None


def test_the_role_of_a_job_in_another_stack_is_refused_and_one_of_the_same_or_a_nested_stack_is_accepted() -> None:
    app = new_app()
    stack, other = new_stack("Shop", scope=app), new_stack("Store", scope=app)
    role = add_job(stack, "First").role
    nested = cdk.NestedStack(stack, "Nested")

    add_job(stack, "Second", role=role)
    add_job(nested, "Third", role=role)
    with pytest.raises(ValidationError, match="role must be a role of this stack, or one that was not created for a"):
        add_job(other, role=role)


def policy_of_job(template: Deployed) -> list[str]:
    """Return the logical ids of the policies that jobs attach to roles of others."""
    return [each for each in template.of_type("AWS::IAM::Policy") if "ReadData" in each]


def warnings_of(stack: cdk.Stack) -> list[str]:
    return own_warnings(stack, "policy-of")


def test_an_imported_role_is_passed_by_its_exact_arn_and_the_job_depends_on_its_policy() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=from_new_bucket(stack), role=iam.Role.from_role_arn(stack, "Elsewhere", ROLE_ARN))

    template = deployed(stack)

    (policy,) = policy_of_job(template)
    assert template.properties(policy)["Roles"] == ["reads-data"]
    actions = [each["Action"] for each in template.properties(policy)["PolicyDocument"]["Statement"]]
    assert actions == ["s3:GetObject", "s3:ListBucket"]
    assert policy in template.template["Resources"][logical_id(job)]["DependsOn"]
    assert job.required_role_statements == []
    assert warnings_of(stack) == []
    assert properties_of(job)["RoleArn"] == ROLE_ARN
    for statements in passed_roles(template):
        assert [each["Resource"] for each in statements[1:]] == [ROLE_ARN]


@pytest.mark.parametrize("kind", ["imported", "of this app"])
def test_an_immutable_role_is_unchanged_and_its_required_statements_are_reported(kind: str) -> None:
    stack = new_stack(env=cdk.Environment(account="123456789012", region="eu-west-1"))
    role = {
        "imported": lambda: iam.Role.from_role_arn(stack, "Elsewhere", ROLE_ARN, mutable=False),
        "of this app": lambda: new_role(stack).without_policy_updates(),
    }[kind]()
    job = add_job(stack, data_source=from_new_bucket(stack), role=role)

    template = deployed(stack)

    assert policy_of_job(template) == []
    assert "s3:GetObject" not in str(template.all_properties("AWS::IAM::Policy"))
    assert [each.actions for each in job.required_role_statements] == [["s3:GetObject"], ["s3:ListBucket"]]
    assert [each for each in warnings_of(stack) if "the policy of the role" in each]


def test_jobs_of_a_stack_share_one_policy_of_an_imported_role() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Elsewhere", ROLE_ARN)
    bucket = s3.Bucket(stack, "Bucket")
    jobs = [
        add_job(stack, name, data_source=DataSource.from_bucket(bucket, f"{name}/"), role=role) for name in ("a", "b")
    ]

    template = deployed(stack)

    (policy,) = policy_of_job(template)
    objects, _ = template.properties(policy)["PolicyDocument"]["Statement"]
    assert [each.rpartition("bucket")[2][8:] for each in objects["Resource"]] == ["/a/*", "/b/*"]
    for job in jobs:
        assert policy in template.template["Resources"][logical_id(job)]["DependsOn"]


def test_stacks_with_the_same_ids_give_their_policies_of_one_role_different_names() -> None:
    names = set()
    for stack_name in ("dev", "prod"):
        stack = new_stack("Shop", stack_name=stack_name)
        nested = cdk.NestedStack(stack, "Nested")
        for scope in (stack, nested):
            add_job(scope, role=iam.Role.from_role_arn(scope, "Elsewhere", ROLE_ARN))
        for template in (deployed(stack), deployed(nested)):
            (policy,) = policy_of_job(template)
            names.add(template.properties(policy)["PolicyName"])

    assert len(names) == 4


def test_a_role_of_another_stack_gets_its_policy_in_the_stack_of_the_job() -> None:
    app = new_app()
    security, models = new_stack("Security", app), new_stack("Models", app)
    add_job(models, data_source=from_new_bucket(models), role=new_role(security))

    # With the policy in the stack of the role, the two stacks would depend on each other.
    assert len(policy_of_job(deployed(models))) == 1
    assert not deployed(security).of_type("AWS::IAM::Policy")
    assert models.dependencies == [security]


def test_a_role_of_another_stack_that_may_be_passed_only_there_reads_a_bucket_of_a_third() -> None:
    app = new_app()
    security, data, models = (new_stack(name, app) for name in ("Security", "Data", "Models"))
    add_job(models, data_source=from_new_bucket(data), role=new_role(security))

    assert "s3:GetObject" in str(deployed(models).all_properties("AWS::IAM::Policy"))
    assert set(models.dependencies) == {security, data}
    assert security.dependencies == data.dependencies == []


def test_the_policies_of_stacks_of_one_name_in_two_regions_have_two_names() -> None:
    names = set()
    for region in ("eu-west-1", "us-east-1"):
        stack = new_stack("Shop", env=cdk.Environment(account="123456789012", region=region))
        role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)
        add_job(stack, dataset=DATASET_ARN.replace("eu-west-1", region), role=role)
        template = deployed(stack)
        names |= {template.properties(policy)["PolicyName"] for policy in policy_of_job(template)}

    assert len(names) == 2


def test_a_cfn_role_is_accepted_like_a_role() -> None:
    stack = new_stack()
    trust = {"Statement": [{"Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.CfnRole(stack, "Own", assume_role_policy_document=trust)
    job = add_job(stack, role=role)

    template = deployed(stack)

    assert properties_of(job)["RoleArn"] == template.value({"Fn::GetAtt": [stack.resolve(role.logical_id), "Arn"]})
    assert "s3:GetObject" in str(policy_of(template, "JobReadData")["PolicyDocument"])
