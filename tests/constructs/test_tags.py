"""Tags, from the argument and from `Tags.of`."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import cx_api

from personalize_import import DatasetImportJob
from tests.constructs.support.checked import errors_of
from tests.constructs.support.stacks import add_job, deployed, new_app, new_stack, properties_of


def tags_of(job: DatasetImportJob) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties_of(job)["Tags"]}


def test_tags_of_the_app_the_stack_and_the_job_are_added_to_those_of_the_argument() -> None:
    app = new_app()
    stack = new_stack("Stack", app)
    job, other = add_job(stack, tags={"argument": "a"}), add_job(stack, "Other")
    for scope, key in [(app, "app"), (stack, "stack"), (job, "job")]:
        cdk.Tags.of(scope).add(key, "b")

    assert tags_of(job) == {"argument": "a", "app": "b", "stack": "b", "job": "b"}
    assert tags_of(other) == {"app": "b", "stack": "b"}


def test_tags_of_the_job_reach_its_role_too() -> None:
    stack = new_stack()
    cdk.Tags.of(add_job(stack)).add("team", "b")

    roles = [role for name, role in deployed(stack).of_type("AWS::IAM::Role").items() if name.startswith("JobRole")]

    assert [role["Properties"]["Tags"] for role in roles] == [[{"Key": "team", "Value": "b"}]]


def test_tags_of_takes_precedence_as_for_every_resource_of_the_cdk() -> None:
    stack = new_stack()
    job = add_job(stack, tags={"team": "argument"})
    cdk.Tags.of(stack).add("team", "stack")

    assert tags_of(job) == {"team": "stack"}


def test_a_tag_can_be_kept_from_the_job() -> None:
    stack = new_stack()
    job = add_job(stack, tags={"kept": "a"})
    cdk.Tags.of(stack).add("team", "b")
    cdk.Tags.of(stack).add("cost", "c", exclude_resource_types=["Custom::PersonalizeDatasetImportJob"])
    cdk.Tags.of(job).remove("team")

    assert tags_of(job) == {"kept": "a"}


def test_keys_and_values_may_be_tokens() -> None:
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Team").value_as_string
    job = add_job(stack, tags={"team": parameter, parameter: "x", "cost": f"center {parameter}"})

    assert {tag["Key"]: tag["Value"] for tag in properties_of(job, Team="b!")["Tags"]} == {
        "team": "b!",
        "b!": "x",
        "cost": "center b!",
    }


def add_fifty_one(stack: cdk.Stack) -> None:
    for number in range(50):
        cdk.Tags.of(stack).add(f"key{number}", "x")


@pytest.mark.parametrize(
    ("add", "problem"),
    [
        (lambda stack: cdk.Tags.of(stack).add("cost(center)", "x"), "a key must be 1 to 128 letters, digits, spaces"),
        (lambda stack: cdk.Tags.of(stack).add("AWS:x", "x"), "'aws:' or 'personalize-import:', got 'AWS:x'"),
        (lambda stack: cdk.Tags.of(stack).add("team", "a&b"), "the value of 'team' must be at most 256 letters"),
        (add_fifty_one, "must be at most 46 tags: a job can have 50, and the provider adds 4, got 51"),
    ],
)
def test_tags_that_the_service_rejects_are_rejected_at_synth(add: Callable[[cdk.Stack], None], problem: str) -> None:
    stack = new_stack()
    add_job(stack, tags={"argument": "a"})
    add(stack)

    (error,) = errors_of(stack)
    assert "tags (those of Tags.of included)" in error
    assert problem in error


def test_tags_are_checked_even_if_validations_are_skipped() -> None:
    app = new_app()
    stack = new_stack("Stack", app)
    add_job(stack)
    cdk.Tags.of(stack).add("team", "a&b")

    (artifact,) = app.synth(skip_validation=True).stacks

    (error,) = [each for each in artifact.messages if each.level == cx_api.SynthesisMessageLevel.ERROR]
    assert error.id == "/Stack/Job"
