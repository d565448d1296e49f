"""`refresh_on_schedule`: a schedule that invokes the provider, and its role."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

from personalize_import import DatasetImportProvider
from tests.constructs.access.test_preflight_access import statements_of_provider, trust_of
from tests.constructs.support.refreshes import EVERY_NIGHT, event_of_schedule, refreshed_job
from tests.constructs.support.stacks import (
    ROLE_ARN,
    WITHOUT_CODE,
    add_job,
    deployed,
    logical_id,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)


def test_the_schedule_invokes_the_provider_with_the_role_of_the_job_s_schedules() -> None:
    job = refreshed_job()
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    template = deployed(cdk.Stack.of(job))
    schedule = template.only("AWS::Scheduler::Schedule")
    role = template.properties(logical_id(job.node.find_child("ScheduleRole")))
    on_event = template.value(cdk.Stack.of(job).resolve(job.provider.service_token))
    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["State"] == "ENABLED"
    assert schedule["Target"]["Arn"] == on_event
    assert schedule["Target"]["RoleArn"].endswith(logical_id(job.node.find_child("ScheduleRole")).lower())
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    ((statement,),) = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]
    assert (statement["Action"], statement["Resource"]) == ("lambda:InvokeFunction", on_event)


def test_the_arguments_reach_the_schedule() -> None:
    job = refreshed_job()
    window = scheduler.TimeWindow.flexible(cdk.Duration.minutes(15))
    job.refresh_on_schedule(
        "Nightly", schedule=EVERY_NIGHT, time_window=window, enabled=False, description="at night", always=True
    )

    schedule = deployed(cdk.Stack.of(job)).only("AWS::Scheduler::Schedule")
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert schedule["State"] == "DISABLED"
    assert schedule["Description"] == "at night"
    assert event_of_schedule(job)["Always"] is True


def test_the_schedule_is_created_after_the_last_resource_of_the_import_and_deleted_before_it() -> None:
    job = refreshed_job(timeout=cdk.Duration.hours(2))
    schedule = job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    resources = template_of(cdk.Stack.of(job))["Resources"]
    assert resources[logical_id(schedule)]["DependsOn"] == [logical_id(job.node.find_child("Wait3"))]


def test_the_role_has_the_permissions_boundary_of_the_provider() -> None:
    stack = new_stack()
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary")
    job = add_job(stack, provider=DatasetImportProvider(stack, "Own", permissions_boundary=boundary))
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    role = deployed(stack).properties(logical_id(job.node.find_child("ScheduleRole")))
    assert role["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/boundary"


def test_the_report_on_customized_roles_has_the_statement_of_the_role(tmp_path: Path) -> None:
    app = cdk.App(context=WITHOUT_CODE, outdir=str(tmp_path))
    stack = new_stack(scope=app)
    iam.Role.customize_roles(stack)
    add_job(stack).refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    app.synth()

    report = json.loads((tmp_path / "iam-policy-report.json").read_text())
    (role,) = (each for each in report["roles"] if each["roleConstructPath"] == "Stack/Job/ScheduleRole")
    assert [each["Action"] for each in role["identityPolicyStatements"]] == ["lambda:InvokeFunction"]


@pytest.mark.parametrize("import_mode", ["FULL", "INCREMENTAL"])
def test_the_import_role_trusts_the_provider_that_compares_the_files(import_mode: str) -> None:
    job = refreshed_job(import_mode=import_mode)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    stack = cdk.Stack.of(job)

    (trust,) = trust_of(stack, job.role)
    assert (trust["Action"], "iscompleterole" in trust["Principal"]["AWS"]) == ("sts:AssumeRole", True)
    assert len(statements_of_provider(stack, "AssumeImportRoles")) == 1
    assert statements_of_provider(stack, "DescribeSchemas") == []


def test_the_trust_is_granted_once_for_all_triggers_and_preflight() -> None:
    job = refreshed_job(preflight=True)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    job.refresh_on_upload("Uploads")

    assert len(trust_of(cdk.Stack.of(job), job.role)) == 1


def test_the_provider_may_assume_a_role_that_was_passed_to_the_job() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, role=role).refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    template = deployed(stack)
    policies = [each["PolicyDocument"]["Statement"] for each in template.all_properties("AWS::IAM::Policy")]
    assumed = [each["Resource"] for policy in policies for each in policy if each["Action"] == "sts:AssumeRole"]
    assert assumed == [template.value(stack.resolve(role.role_arn))]
    assert len(trust_of(stack, role)) == 1


def test_a_warning_contains_the_trust_that_an_imported_role_needs() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Imported", ROLE_ARN)
    add_job(stack, role=role).refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    (warning,) = own_warnings(stack, "trust-policy-of-the-role")
    assert "sts:AssumeRole" in warning


def test_a_schedule_that_always_imports_needs_no_comparison() -> None:
    job = refreshed_job()
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT, always=True)

    assert trust_of(cdk.Stack.of(job), job.role) == []
    assert "TagFingerprint" not in properties_of(job)


def test_jobs_of_full_imports_are_tagged_with_a_fingerprint_of_their_files() -> None:
    full = refreshed_job(timeout=cdk.Duration.hours(2))
    full.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    incremental = refreshed_job(import_mode="INCREMENTAL")
    incremental.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    chain = deployed(cdk.Stack.of(full)).all_properties("Custom::PersonalizeDatasetImportJobWait")
    assert [each["TagFingerprint"] for each in [properties_of(full), *chain]] == [True] * 3
    assert event_of_schedule(full)["ResourceProperties"]["TagFingerprint"] is True
    assert "TagFingerprint" not in properties_of(incremental)


def test_a_job_can_have_several_schedules_with_one_role() -> None:
    job = refreshed_job()
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    job.refresh_on_schedule("Weekly", schedule=EVERY_NIGHT, always=True)

    stack = deployed(cdk.Stack.of(job))
    role_arns = {each["Target"]["RoleArn"] for each in stack.all_properties("AWS::Scheduler::Schedule")}
    assert len(stack.of_type("AWS::Scheduler::Schedule")) == 2
    assert len(role_arns) == 1
