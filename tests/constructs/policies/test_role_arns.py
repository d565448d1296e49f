"""A role's ARN may have 256 characters; a longer one is reported at synth, with a fix."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from personalize_import import DatasetImportProvider
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import DATASET_ARN, ROLE_ARN, add_job, deployed, new_app, new_stack

ENV = cdk.Environment(account="123456789012", region="eu-west-1")
LIMIT = 256
SUFFIX = 14


def arn_length(template: Deployed, stack_name: str) -> int:
    """Return the length of the import role's ARN as CloudFormation would generate it."""
    ((name, _),) = [each for each in template.of_type("AWS::IAM::Role").items() if each[0].startswith("JobRole")]
    role_name = min(len(stack_name) + len(name) + SUFFIX, 64)
    return len(f"arn:aws:iam::123456789012:role{template.properties(name)['Path']}") + role_name


def with_path(length: int, stack: cdk.Stack) -> DatasetImportProvider:
    return DatasetImportProvider(stack, "Imports", import_role_path=f"/{'p' * (length - 2)}/")


@pytest.mark.parametrize("stack_name", ["Shop", "Recommendations-of-the-shop-in-production", "n" * 100])
def test_the_longest_path_that_fits_is_accepted_and_a_longer_one_is_rejected(stack_name: str) -> None:
    app = new_app()
    stack = new_stack(scope=app, stack_name=stack_name, env=ENV)
    add_job(stack)
    length = LIMIT - arn_length(deployed(stack), stack_name) + 1  # a path begins where another one ends

    stack = new_stack(stack_name=stack_name, env=ENV)
    add_job(stack, provider=with_path(length, stack))
    assert arn_length(deployed(stack), stack_name) == LIMIT

    stack = new_stack(stack_name=stack_name, env=ENV)
    with pytest.raises(ValidationError) as refused:
        add_job(stack, provider=with_path(length + 1, stack))
    text = str(refused.value)
    assert "the ARN of the import role would have 257 characters" in text
    assert "Personalize takes 256" in text
    assert "Use a shorter stack name, a shorter import_role_path of the provider, or a role of your own" in text


def test_the_longest_stack_name_fits_without_a_path_of_the_provider() -> None:
    stack = new_stack(stack_name="n" * 128, env=ENV)
    add_job(stack)

    assert arn_length(deployed(stack), "n" * 128) <= LIMIT


def test_passing_a_role_is_the_alternative_if_the_stack_can_t_be_renamed() -> None:
    environment = cdk.Environment(account="123456789012", region="ap-southeast-1")
    stack = new_stack(stack_name="n" * 128, env=environment)
    dataset = DATASET_ARN.replace("eu-west-1", "ap-southeast-1")
    with pytest.raises(ValidationError, match="would have 258 characters"):
        add_job(stack, dataset=dataset)

    stack = new_stack(stack_name="n" * 128, env=environment)
    add_job(stack, dataset=dataset, role=iam.Role.from_role_arn(stack, "Role", ROLE_ARN))


def test_the_name_of_a_nested_stack_counts_towards_the_length() -> None:
    stack = new_stack("Shop", env=ENV)
    nested = cdk.NestedStack(stack, "Recommendations")
    with pytest.raises(ValidationError, match="the ARN of the import role would have"):
        add_job(nested, provider=with_path(110, nested))

    nested = cdk.NestedStack(stack, "Others")
    add_job(nested, provider=with_path(20, nested))
