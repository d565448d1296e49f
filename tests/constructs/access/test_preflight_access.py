"""Permissions of preflight: the import role trusts the provider, which may assume that role and no other."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from personalize_import import Reimport
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import (
    ROLE_ARN,
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)

CHANGES: dict[str, Any] = {"reimport": Reimport.when_data_changes()}
USES_PREFLIGHT = pytest.mark.parametrize(
    "asked", [{"preflight": True}, CHANGES], ids=["preflight", "when data changes"]
)


def trust_of(stack: cdk.Stack, role: iam.IRole) -> list[dict[str, Any]]:
    document = deployed(stack).properties(logical_id(role))["AssumeRolePolicyDocument"]
    return [statement for statement in document["Statement"] if "AWS" in statement["Principal"]]


def statements_of_provider(stack: cdk.Stack, sid: str | None) -> list[dict[str, Any]]:
    roles = deployed(stack).all_properties("AWS::IAM::Role")
    documents = [inline["PolicyDocument"] for role in roles for inline in role.get("Policies", [])]
    return [each for document in documents for each in document["Statement"] if each.get("Sid") == sid]


@USES_PREFLIGHT
def test_the_import_role_trusts_the_function_that_runs_preflight(asked: dict[str, Any]) -> None:
    stack = new_stack()
    job = add_job(stack, **asked)

    (statement,) = trust_of(stack, job.role)
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Principal"]["AWS"].startswith("arn:aws:iam::123456789012:role/")
    assert "iscompleterole" in statement["Principal"]["AWS"]


def test_without_preflight_the_import_role_trusts_only_personalize() -> None:
    stack = new_stack()
    job = add_job(stack)

    assert trust_of(stack, job.role) == []
    assert "sts:AssumeRole" not in str(statements_of_provider(stack, "AssumeImportRoles"))
    assert statements_of_provider(stack, "DescribeSchemas") == []
    assert "Parameters" not in template_of(stack) or "DataAsOf" not in template_of(stack)["Parameters"]
    assert {"Reimport", "DataAsOf", "Preflight"}.isdisjoint(properties_of(job))


def test_one_statement_allows_assuming_only_the_import_roles_of_the_stack() -> None:
    stack = new_stack("Shop")
    for number in range(3):
        add_job(stack, f"Job{number}", preflight=True)

    (statement,) = statements_of_provider(stack, "AssumeImportRoles")
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"].endswith(":role/personalize-import/eu-west-1/Shop/*")


def test_schemas_are_read_for_preflight_alone() -> None:
    looking, comparing = new_stack(), new_stack()
    add_job(looking, preflight=True)
    add_job(comparing, **CHANGES)

    (statement,) = statements_of_provider(looking, "DescribeSchemas")
    assert statement["Action"] == "personalize:DescribeSchema"
    assert statements_of_provider(comparing, "DescribeSchemas") == []


@USES_PREFLIGHT
def test_a_role_of_the_app_trusts_the_function_too(asked: dict[str, Any]) -> None:
    stack = new_stack()
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, role=role, **asked)

    (statement,) = trust_of(stack, role)
    assert "iscompleterole" in statement["Principal"]["AWS"]
    policies = [policy["PolicyDocument"]["Statement"] for policy in deployed(stack).all_properties("AWS::IAM::Policy")]
    (policy,) = [statements for statements in policies if "iam:PassRole" in str(statements)]
    assert {each["Action"] for each in policy} == {"iam:PassRole", "sts:AssumeRole"}
    assert {each["Resource"] for each in policy} == {deployed(stack).value(stack.resolve(role.role_arn))}


def test_one_job_may_run_preflight_with_a_role_that_another_job_uses_without_it() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, "Looking", role=role, preflight=True)
    job = add_job(stack, "Other", role=role)

    # Synth refuses a template in which the two roles depend on each other.
    assert properties_of(job)["RoleArn"] == deployed(stack).value(stack.resolve(role.role_arn))
    (policy,) = [
        each for each in deployed(stack).of_type("AWS::IAM::Policy") if each.startswith("DatasetImportProviderRoles")
    ]
    assert policy in template_of(stack)["Resources"][logical_id(job)]["DependsOn"]


def test_statements_for_a_role_of_another_stack_are_reported_because_the_stacks_would_depend_on_each_other() -> None:
    app = new_app()
    security, models = new_stack("Security", app), new_stack("Models", app)
    role = iam.Role(security, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(models, role=role, preflight=True)

    assert trust_of(security, role) == []
    assert [text for text in own_warnings(models) if "trust policy" in text]


def test_a_warning_for_any_other_role_contains_what_to_add_to_its_trust() -> None:
    stack = new_stack()
    add_job(stack, role=iam.Role.from_role_arn(stack, "Known", ROLE_ARN), preflight=True)

    (message,) = [text for text in own_warnings(stack) if "trust policy" in text]
    assert '{"Effect": "Allow", "Principal": {"AWS": "' in message
    assert '"Action": "sts:AssumeRole"}' in message
    allowed = [each for each in statements_of_provider(stack, None) if each["Action"] == "sts:AssumeRole"]
    assert [each["Resource"] for each in allowed] == [ROLE_ARN]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"reimport": "WHEN_DATA_CHANGES"},
            r"reimport must be a Reimport, such as Reimport\.when_data_changes\(\), got 'WHEN_",
        ),
        ({"preflight": "yes"}, "preflight must be True or False, got 'yes'"),
    ],
)
def test_wrong_arguments_are_reported(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        add_job(new_stack(), **arguments)
