"""Timeouts over an hour: several resources that wait one after the other."""

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
OF_ONE_RESOURCE = {"TimeoutSeconds", "HandsOver", "DatasetImportJobArn", "FirstResource", "WaitedSeconds"}


@pytest.fixture(scope="module")
def job() -> DatasetImportJob:
    return add_job(
        new_stack(), timeout=cdk.Duration.hours(2), tags={"team": "data"}, reimport=Reimport.when_value_changes("1")
    )


@pytest.fixture(scope="module")
def template(job: DatasetImportJob) -> Deployed:
    return deployed(cdk.Stack.of(job))


@pytest.fixture(scope="module")
def wait_chain(job: DatasetImportJob, template: Deployed) -> list[dict[str, Any]]:
    names = [logical_id(job.node.find_child(each)) for each in ("Resource", "Wait2", "Wait3")]
    return [template.properties(name) for name in names]


@given(st.integers(TIMEOUT_SECONDS_MIN, WAIT_CHAIN_SECONDS_MAX))
def test_any_timeout_is_split_into_the_fewest_parts_of_an_allowed_length(seconds: int) -> None:
    resources = split_timeout(seconds)

    assert sum(resources) == seconds
    assert (len(resources) - 1) * TIMEOUT_SECONDS_MAX < seconds
    assert TIMEOUT_SECONDS_MIN <= min(resources) <= max(resources) <= TIMEOUT_SECONDS_MAX
    assert max(resources) - min(resources) <= 1


def test_up_to_55_minutes_there_is_one_resource_and_36_hours_take_40() -> None:
    assert split_timeout(55 * 60) == [3300]
    assert len(split_timeout(36 * 3600)) == 40


def test_two_hours_are_waited_for_by_three_resources(template: Deployed) -> None:
    assert len(template.of_type(JOB)) == 1
    assert len(template.of_type(WAIT)) == 2


def test_each_resource_has_the_seconds_waited_before_and_all_but_the_last_continue_with_the_next(
    wait_chain: list[dict[str, Any]],
) -> None:
    assert [resource.get("TimeoutSeconds") for resource in wait_chain] == [2400, 2400, 2400]
    assert [resource.get("HandsOver") for resource in wait_chain] == [True, True, None]
    assert [resource.get("WaitedSeconds") for resource in wait_chain] == [None, 2400, 4800]


def test_each_resource_continues_with_the_job_of_the_previous_one(job: DatasetImportJob) -> None:
    resources = template_of(cdk.Stack.of(job))["Resources"]
    names = [logical_id(job.node.find_child(each)) for each in ("Resource", "Wait2", "Wait3")]
    handed_over = [resources[name]["Properties"].get("DatasetImportJobArn") for name in names]

    assert handed_over == [None, *[{"Fn::GetAtt": [name, "DatasetImportJobArn"]} for name in names[:2]]]
    first = {"LogicalId": names[0], "PhysicalId": {"Ref": names[0]}}
    assert [resources[name]["Properties"].get("FirstResource") for name in names] == [None, first, first]


def test_each_resource_has_all_properties_because_the_job_may_still_be_queued(wait_chain: list[dict[str, Any]]) -> None:
    imports = [
        {name: value for name, value in resource.items() if name not in OF_ONE_RESOURCE} for resource in wait_chain
    ]

    assert imports[0]["ReimportToken"] == "1"
    assert imports[0]["Tags"] == [{"Key": "team", "Value": "data"}]
    assert imports == [imports[0]] * 3


def test_dependents_of_the_job_and_its_attributes_wait_for_the_last_resource() -> None:
    stack = new_stack()
    job = add_job(stack, timeout=cdk.Duration.hours(2))
    last = logical_id(job.node.find_child("Wait3"))
    personalize.CfnSolution(stack, "Solution", name="s", dataset_group_arn="g").node.add_dependency(job)

    assert last in template_of(stack)["Resources"]["Solution"]["DependsOn"]
    for attribute in (job.dataset_import_job_arn, job.dataset_import_job_name, job.dataset_import_job_status):
        assert stack.resolve(attribute)["Fn::GetAtt"][0] == last
    assert stack.resolve(job.get_att_string("DurationSeconds"))["Fn::GetAtt"][0] == last


def test_the_default_child_is_the_resource_that_starts_the_import_with_any_timeout() -> None:
    stack = new_stack()
    jobs = [add_job(stack, f"Job{hours}", timeout=cdk.Duration.hours(hours)) for hours in (0.5, 2)]

    children = [job.node.default_child for job in jobs]

    assert [child.cfn_resource_type for child in children if isinstance(child, cdk.CfnResource)] == [RESOURCE_TYPE] * 2


def test_a_time_that_is_a_token_is_waited_for_by_one_resource() -> None:
    stack = new_stack()
    minutes = cdk.CfnParameter(stack, "Seconds", type="Number", default=600)

    add_job(stack, timeout=cdk.Duration.seconds(minutes.value_as_number))

    assert not deployed(stack, Seconds="600").of_type(WAIT)
