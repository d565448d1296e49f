"""Attributes that change with each import, used by another stack: an export that is in use can't change."""

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob
from tests.constructs.support.stacks import add_job, new_app, new_stack, own_warnings

ENV = cdk.Environment(account="123456789012", region="eu-west-1")
ELSEWHERE = cdk.Environment(account="123456789012", region="us-east-1")


def warnings_of(stack: cdk.Stack) -> list[str]:
    return own_warnings(stack, "exported-attribute]")


def job_in(app: cdk.App, *nested: str) -> tuple[cdk.Stack, DatasetImportJob]:
    stack = scope = new_stack("Imports", app, env=ENV, cross_region_references=True)
    for name in nested:
        scope = cdk.NestedStack(scope, name)
    add_job(scope, "Other")
    return stack, add_job(scope)


@pytest.mark.parametrize("nested", [(), ("Nested",), ("Nested", "Deep")], ids=len)
@pytest.mark.parametrize("name", ["DatasetImportJobArn", "JobName", "Status", "CreationDateTime", "DurationSeconds"])
def test_another_stack_that_uses_what_changes_is_warned_of(nested: tuple[str, ...], name: str) -> None:
    app = new_app()
    stack, job = job_in(app, *nested)
    cdk.CfnOutput(new_stack("Site", app, env=ENV), "Used", value=job.get_att_string(name))

    (warning,) = warnings_of(stack)

    assert warning.startswith(f"another stack uses {name}, which changes with each import.")
    assert "SSM parameter" in warning


def test_a_stack_of_another_region_is_warned_of_too() -> None:
    app = new_app()
    stack, job = job_in(app)
    site = new_stack("Site", app, env=ELSEWHERE, cross_region_references=True)
    cdk.CfnOutput(site, "Used", value=job.dataset_import_job_status)

    (warning,) = warnings_of(stack)

    assert warning.startswith("another stack uses Status,")


def test_a_manual_export_causes_a_warning_too() -> None:
    stack, job = job_in(new_app())
    stack.export_value(job.dataset_import_job_name)

    assert len(warnings_of(stack)) == 1


def test_what_stays_the_same_can_be_used_anywhere() -> None:
    app = new_app()
    stack, job = job_in(app)
    cdk.CfnOutput(new_stack("Site", app, env=ENV), "Used", value=job.get_att_string("DatasetArn"))
    cdk.CfnOutput(stack, "Own", value=job.dataset_import_job_name)

    assert warnings_of(stack) == []


def test_the_stack_that_a_nested_one_is_in_may_use_what_changes() -> None:
    stack, job = job_in(new_app(), "Nested")
    cdk.CfnOutput(stack, "Used", value=job.dataset_import_job_name)

    assert warnings_of(stack) == []
