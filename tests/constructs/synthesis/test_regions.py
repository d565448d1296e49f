"""A stack in a Region without Personalize is warned of at synth."""

import aws_cdk as cdk
import pytest

from personalize_import.synthesis.regions import REGIONS
from tests.constructs.support.checked import warnings_of
from tests.constructs.support.stacks import add_job, new_stack


def region_warnings(stack: cdk.Stack) -> list[str]:
    dataset = cdk.CfnParameter(stack, "Dataset").value_as_string
    add_job(stack, dataset=dataset)
    add_job(stack, id="Second", dataset=dataset)
    return [warning for warning in warnings_of(stack) if warning.endswith("[ack: cdk-personalize-import:region]")]


@pytest.mark.parametrize("region", ["sa-east-1", "eu-west-2", "us-gov-west-1", "cn-northwest-1"])
def test_a_region_without_personalize_is_one_warning_that_names_it_and_the_regions_that_have_it(region: str) -> None:
    (warning,) = region_warnings(new_stack(env=cdk.Environment(account="123456789012", region=region)))

    assert warning.startswith(f"Region {region} doesn't have Amazon Personalize, as far as this version knows. ")
    assert "Deploy the stack to one of ap-northeast-1, " in warning
    assert ", cn-north-1, " in warning


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_with_personalize_is_no_warning(region: str) -> None:
    assert region_warnings(new_stack(env=cdk.Environment(account="123456789012", region=region))) == []


def test_a_stack_that_may_be_deployed_to_any_region_is_no_warning() -> None:
    assert region_warnings(new_stack()) == []
