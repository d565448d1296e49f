"""More than an hour: several resources, each of which hands over to the next."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from hypothesis import given
from hypothesis import strategies as st

from personalize_import import DatasetImportJob, Reimport
from personalize_import.wait_chain import split_timeout
from personalize_import_handler.contract import (
    RESOURCE_TYPE,
    TIMEOUT_SECONDS_MAX,
    TIMEOUT_SECONDS_MIN,
    WAIT_CHAIN_SECONDS_MAX,
)
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import add_job, deployed, logical_id, new_stack, template_of

JOB, WAIT = "Custom::PersonalizeDatasetImportJob", "Custom::PersonalizeDatasetImportJobWait"
OF_A_LEG = {"TimeoutSeconds", "HandsOver", "DatasetImportJobArn", "FirstResource", "WaitedSeconds"}


@pytest.fixture(scope="module")
def job() -> DatasetImportJob:
    return add_job(
        new_stack(), timeout=cdk.Duration.hours(2), tags={"team": "data"}, reimport=Reimport.when_value_changes("1")
    )


@pytest.fixture(scope="module")
def template(job: DatasetImportJob) -> Deployed:
    return deployed(cdk.Stack.of(job))


@pytest.fixture(scope="module")
def relay(job: DatasetImportJob, template: Deployed) -> list[dict[str, Any]]:
    names = [logical_id(job.node.find_child(each)) for each in ("Resource", "Wait2", "Wait3")]
    return [template.properties(name) for name in names]


@given(st.integers(TIMEOUT_SECONDS_MIN, WAIT_CHAIN_SECONDS_MAX))
def test_any_time_is_divided_into_as_few_legs_as_possible_none_of_which_is_too_long_or_short(seconds: int) -> None:
    legs = split_timeout(seconds)

    assert sum(legs) == seconds
    assert (len(legs) - 1) * TIMEOUT_SECONDS_MAX < seconds
    assert TIMEOUT_SECONDS_MIN <= min(legs) <= max(legs) <= TIMEOUT_SECONDS_MAX
    assert max(legs) - min(legs) <= 1


def test_up_to_55_minutes_there_is_one_resource_and_36_hours_take_40() -> None:
    assert split_timeout(55 * 60) == [3300]
    assert len(split_timeout(36 * 3600)) == 40


def test_two_hours_are_waited_for_by_three_resources(template: Deployed) -> None:
    assert len(template.of_type(JOB)) == 1
    assert len(template.of_type(WAIT)) == 2


def test_each_leg_but_the_last_hands_over_and_knows_how_long_the_others_have_waited(
    relay: list[dict[str, Any]],
) -> None:
    assert [leg.get("TimeoutSeconds") for leg in relay] == [2400, 2400, 2400]
    assert [leg.get("HandsOver") for leg in relay] == [True, True, None]
    assert [leg.get("WaitedSeconds") for leg in relay] == [None, 2400, 4800]


def test_each_leg_goes_on_with_the_job_of_the_one_before(job: DatasetImportJob) -> None:
    resources = template_of(cdk.Stack.of(job))["Resources"]
    names = [logical_id(job.node.find_child(each)) for each in ("Resource", "Wait2", "Wait3")]
    handed_over = [resources[name]["Properties"].get("DatasetImportJobArn") for name in names]

    assert handed_over == [None, *[{"Fn::GetAtt": [name, "DatasetImportJobArn"]} for name in names[:2]]]
    first = {"LogicalId": names[0], "PhysicalId": {"Ref": names[0]}}
    assert [resources[name]["Properties"].get("FirstResource") for name in names] == [None, first, first]


def test_each_leg_knows_the_whole_import_for_the_job_may_not_have_had_its_turn_yet(relay: list[dict[str, Any]]) -> None:
    imports = [{name: value for name, value in leg.items() if name not in OF_A_LEG} for leg in relay]

    assert imports[0]["ReimportToken"] == "1"
    assert imports[0]["Tags"] == [{"Key": "team", "Value": "data"}]
    assert imports == [imports[0]] * 3


def test_what_depends_on_the_job_and_what_reads_its_attributes_waits_for_the_last_leg() -> None:
    stack = new_stack()
    job = add_job(stack, timeout=cdk.Duration.hours(2))
    last = logical_id(job.node.find_child("Wait3"))
    personalize.CfnSolution(stack, "Solution", name="s", dataset_group_arn="g").node.add_dependency(job)

    assert last in template_of(stack)["Resources"]["Solution"]["DependsOn"]
    for attribute in (job.dataset_import_job_arn, job.dataset_import_job_name, job.dataset_import_job_status):
        assert stack.resolve(attribute)["Fn::GetAtt"][0] == last
    assert stack.resolve(job.get_att_string("DurationSeconds"))["Fn::GetAtt"][0] == last


def test_the_default_child_is_the_resource_that_starts_the_import_whatever_the_timeout() -> None:
    stack = new_stack()
    jobs = [add_job(stack, f"Job{hours}", timeout=cdk.Duration.hours(hours)) for hours in (0.5, 2)]

    children = [job.node.default_child for job in jobs]

    assert [child.cfn_resource_type for child in children if isinstance(child, cdk.CfnResource)] == [RESOURCE_TYPE] * 2


def test_a_time_that_is_a_token_is_waited_for_by_one_resource() -> None:
    stack = new_stack()
    minutes = cdk.CfnParameter(stack, "Seconds", type="Number", default=600)

    add_job(stack, timeout=cdk.Duration.seconds(minutes.value_as_number))

    assert not deployed(stack, Seconds="600").of_type(WAIT)
