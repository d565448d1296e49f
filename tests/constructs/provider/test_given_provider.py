"""A provider that the app creates itself, and Aspects on the roles of the whole app."""

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from constructs import Construct

from personalize_import import DatasetImportProvider
from personalize_import.provider.lambda_functions import RUNTIME
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import (
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    properties_of,
    template_of,
)

ROOT = Path(__file__).parents[3]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"


def with_provider(**props: Any) -> cdk.Stack:
    stack = new_stack()
    DatasetImportProvider(stack, "DatasetImportProvider", **props)
    add_job(stack)
    return stack


def of_provider(template: Deployed, kind: str) -> list[dict[str, Any]]:
    return [template.properties(name) for name in template.of_type(kind) if name.startswith("DatasetImportProvider")]


def test_a_provider_with_the_usual_id_is_that_of_all_jobs_of_its_stack() -> None:
    template = deployed(with_provider(log_retention=logs.RetentionDays.ONE_WEEK))

    assert len(template.of_type("AWS::StepFunctions::StateMachine")) == 1
    assert template.only("AWS::Logs::LogGroup")["RetentionInDays"] == 7


def test_a_job_uses_the_given_provider() -> None:
    stack = new_stack()
    mine = DatasetImportProvider(stack, "Mine")

    job = add_job(stack, provider=mine)

    assert stack.node.try_find_child("DatasetImportProvider") is None
    assert properties_of(job)["ServiceToken"] == deployed(stack).value(stack.resolve(mine.service_token))


def test_the_log_group_is_encrypted_with_the_key_that_is_given() -> None:
    stack = new_stack()
    DatasetImportProvider(stack, "DatasetImportProvider", encryption_key=kms.Key(stack, "Key"))
    add_job(stack)

    template = deployed(stack)

    (key,) = template.of_type("AWS::KMS::Key")
    assert template.only("AWS::Logs::LogGroup")["KmsKeyId"].endswith(key.lower())
    *_, of_logs = template.properties(key)["KeyPolicy"]["Statement"]
    assert of_logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert of_logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:*"}
    }


def test_a_permissions_boundary_bounds_the_provider_s_roles_and_its_import_roles_and_no_others() -> None:
    stack = new_stack()
    boundary = iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY)
    provider = DatasetImportProvider(stack, "DatasetImportProvider", permissions_boundary=boundary)
    job = add_job(stack)
    iam.Role(stack, "Other", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))

    template = deployed(stack)

    assert [role["PermissionsBoundary"] for role in of_provider(template, "AWS::IAM::Role")] == [BOUNDARY] * 3
    roles = {name: template.properties(name) for name in template.of_type("AWS::IAM::Role")}
    assert roles[logical_id(job.role)]["PermissionsBoundary"] == BOUNDARY
    assert sum("PermissionsBoundary" in role for role in roles.values()) == 4
    assert provider.permissions_boundary is boundary


def test_a_permissions_boundary_bounds_the_import_roles_of_other_stacks_and_of_nested_ones_too() -> None:
    app = new_app()
    platform, shop = new_stack("Platform", app), new_stack("Shop", app)
    boundary = iam.ManagedPolicy(
        platform, "Boundary", statements=[iam.PolicyStatement(actions=["s3:*"], resources=["*"])]
    )
    provider = DatasetImportProvider(platform, "Imports", permissions_boundary=boundary, import_role_path="/ml/")
    jobs = [add_job(scope, provider=provider) for scope in (shop, cdk.NestedStack(shop, "Nested"))]

    app.synth()

    for job in jobs:
        resources = Template.from_stack(cdk.Stack.of(job)).to_json()["Resources"]
        assert "PermissionsBoundary" in resources[logical_id(job.role)]["Properties"]


def test_a_permissions_boundary_of_the_app_bounds_every_role() -> None:
    stack = new_stack()
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY))
    add_job(stack)

    roles = deployed(stack).all_properties("AWS::IAM::Role")

    assert [role.get("PermissionsBoundary") for role in roles] == [BOUNDARY] * 4


def test_precreated_roles_are_used_and_none_is_created() -> None:
    stack = new_stack()
    providers = {f"Stack/DatasetImportProvider/{name}Role": name for name in ("OnEvent", "IsComplete", "Waiter")}
    iam.Role.customize_roles(stack, use_precreated_roles={"Stack/Job/Role": "made-beforehand", **providers})
    job = add_job(stack)

    assert properties_of(job)["RoleArn"] == "arn:aws:iam::123456789012:role/made-beforehand"
    assert not deployed(stack).of_type("AWS::IAM::Role")


def test_a_precreated_role_of_one_job_may_be_passed_although_its_path_differs() -> None:
    stack = new_stack()
    team = Construct(stack, "Team")
    iam.Role.customize_roles(team, use_precreated_roles={"Stack/Team/Job/Role": "made-beforehand"})
    add_job(team)

    (is_complete,) = [
        role for role in of_provider(deployed(stack), "AWS::IAM::Role") if "PassRoles" in str(role["Policies"])
    ]
    assert "arn:aws:iam::123456789012:role/made-beforehand" in str(is_complete["Policies"])


def test_tracing_traces_both_functions_and_the_state_machine() -> None:
    template = deployed(with_provider(tracing=True))

    functions = template.all_properties("AWS::Lambda::Function")
    assert [each["TracingConfig"] for each in functions] == [{"Mode": "Active"}] * 2
    assert template.only("AWS::StepFunctions::StateMachine")["TracingConfiguration"] == {"Enabled": True}


def test_nothing_is_traced_unless_that_is_asked_for() -> None:
    assert "xray" not in str(deployed(with_provider()).template)


def test_options_of_the_functions_apply_to_both() -> None:
    app = new_app()
    stack = new_stack(scope=app, env=cdk.Environment(account="123456789012", region="eu-west-1"))
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"], private_subnet_ids=["subnet-1"]
    )
    DatasetImportProvider(
        stack,
        "DatasetImportProvider",
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=vpc.private_subnets),
        security_groups=[ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")],
        memory_size=512,
        environment={"STAGE": "prod"},
        environment_encryption=kms.Key.from_key_arn(stack, "Key", KEY),
        reserved_concurrent_executions=1,
        dead_letter_queue=sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:123456789012:queue"),
    )
    add_job(stack)

    template = deployed(stack)
    functions = of_provider(template, "AWS::Lambda::Function")

    assert [each["MemorySize"] for each in functions] == [512, 512]
    assert [each["ReservedConcurrentExecutions"] for each in functions] == [1, 1]
    assert [each["KmsKeyArn"] for each in functions] == [KEY, KEY]
    of_functions = [role for role in of_provider(template, "AWS::IAM::Role") if "ManagedPolicyArns" in role]
    assert [str(role["ManagedPolicyArns"]).count("AWSLambdaVPCAccessExecutionRole") for role in of_functions] == [1, 1]
    assert all("VpcConfig" in each and "DeadLetterConfig" in each for each in functions)
    assert [set(each["Environment"]["Variables"]) for each in functions] == [
        {"STAGE", "STACK_ID"},
        {"STAGE", "STACK_ID", "STATE_MACHINE_ARN"},
    ]


def test_a_concurrency_of_zero_is_refused() -> None:
    with pytest.raises(ValidationError, match="reserved_concurrent_executions must be at least 1"):
        with_provider(reserved_concurrent_executions=0)


def test_the_runtime_is_one_that_the_project_is_tested_with() -> None:
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    tested = [each.rpartition(" ")[2] for each in classifiers if re.search(r":: 3\.[0-9]+$", each)]

    assert RUNTIME.name in [f"python{version}" for version in tested]


def test_none_is_the_default_of_every_argument() -> None:
    names = inspect.signature(DatasetImportProvider.__init__).parameters
    optional = {name: None for name, parameter in names.items() if parameter.default is not inspect.Parameter.empty}

    assert template_of(with_provider(**optional)) == template_of(with_provider())


def test_a_default_provider_serves_the_jobs_of_a_stack_that_are_created_after_it() -> None:
    app = new_app()
    platform, shop = new_stack("Platform", app), new_stack("Shop", app)
    provider = DatasetImportProvider(platform, "Imports")
    DatasetImportProvider.set_default(shop, provider)

    assert add_job(shop).provider is provider
    assert add_job(platform).provider is DatasetImportProvider.get_or_create(platform)
    assert shop.node.try_find_child("DatasetImportProvider") is None


def test_a_stack_has_one_default_provider() -> None:
    stack = new_stack()
    first, second = (DatasetImportProvider(stack, name) for name in ("First", "Second"))
    DatasetImportProvider.set_default(stack, first)
    DatasetImportProvider.set_default(stack, first)

    with pytest.raises(ValidationError, match="the stack has the default provider Stack/First"):
        DatasetImportProvider.set_default(stack, second)


def test_a_default_provider_comes_before_the_first_job() -> None:
    stack = new_stack()
    add_job(stack)

    with pytest.raises(ValidationError, match="call set_default before the first job"):
        DatasetImportProvider.set_default(stack, DatasetImportProvider(stack, "Late"))


def test_a_provider_that_is_none_is_refused() -> None:
    message = r"provider must be a DatasetImportProvider, or the result of .*, got 'arn'"
    with pytest.raises(ValidationError, match=message):
        add_job(new_stack(), provider="arn")
