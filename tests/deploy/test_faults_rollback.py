"""Rollbacks and deletions in real deploys; see docs/reliability.md."""

from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import Reimport
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]


def fail_jobs_from_now_on(stack: StackUnderTest) -> None:
    stack.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": "Broken row"})


def hold_jobs(stack: StackUnderTest) -> None:
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})


def release_jobs(stack: StackUnderTest) -> None:
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_an_update_whose_job_fails_is_rolled_back_without_another_import(stack: StackUnderTest, mode: str) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    fail_jobs_from_now_on(stack)

    assert stack.deploy(stack.put("d"), import_mode=mode) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.reason.startswith("Broken row.")
    assert stack.jobs == ["ACTIVE", "CREATE FAILED"]
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()


def test_a_create_is_rolled_back_after_its_job_has_succeeded(stack: StackUnderTest) -> None:
    assert stack.deploy(another_resource_fails=True) == "ROLLBACK_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_an_update_is_rolled_back_after_its_job_has_succeeded_and_the_old_data_is_imported_again(
    stack: StackUnderTest,
) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"

    assert stack.deploy(stack.put("d"), another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.jobs == ["ACTIVE"] * 3
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()


def test_a_create_that_is_rolled_back_during_the_import_waits_for_the_end_of_the_job(stack: StackUnderTest) -> None:
    # Without waiting, so that the other resource fails while the job runs.
    hold_jobs(stack)
    stack.begin(wait=False, another_resource_fails=True)
    until(lambda: stack.status == "ROLLBACK_IN_PROGRESS" and "RUNNING" in stack.executions())
    assert stack.jobs in (["CREATE PENDING"], ["CREATE IN_PROGRESS"])
    release_jobs(stack)

    assert stack.end() == "ROLLBACK_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_deleting_a_stack_waits_for_a_job_that_is_no_longer_monitored(stack: StackUnderTest) -> None:
    hold_jobs(stack)
    assert stack.deploy(wait=False) == "CREATE_COMPLETE"
    stack.begin_deletion()
    until(lambda: "RUNNING" in stack.executions())
    assert stack.status == "DELETE_IN_PROGRESS"
    release_jobs(stack)

    assert stack.end() == "DELETE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_an_update_that_times_out_is_rolled_back_after_the_end_of_its_job(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    hold_jobs(stack)
    stack.begin(stack.put("d"), timeout=cdk.Duration.minutes(1))
    until(lambda: stack.status == "UPDATE_ROLLBACK_IN_PROGRESS")
    release_jobs(stack)

    assert stack.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.reason.startswith("Timed out")
    assert stack.jobs == ["ACTIVE"] * 3
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()


@pytest.mark.parametrize(
    "changed", [{"tags": {"team": "data"}}, {"reimport": Reimport.when_value_changes("2")}], ids=["tags", "token"]
)
def test_a_dataset_that_is_created_again_outside_the_stack_is_imported_by_the_next_deploy(
    stack: StackUnderTest, changed: dict[str, Any]
) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    make_dataset_again(stack)
    assert stack.users == []

    assert stack.deploy(**changed) == "UPDATE_COMPLETE"
    assert stack.users == ["a", "b", "c"]
    assert stack.jobs == ["ACTIVE"] * 2
    stack.assert_is_clean()


def make_dataset_again(stack: StackUnderTest) -> None:
    personalize = stack.cloud.personalize
    dataset = personalize.describe_dataset(datasetArn=stack.dataset_arn)["dataset"]
    personalize.delete_dataset(datasetArn=stack.dataset_arn)
    until(lambda: stack.dataset_arn not in [found["datasetArn"] for found in personalize.list_datasets()["datasets"]])
    personalize.create_dataset(
        name=dataset["name"],
        schemaArn=dataset["schemaArn"],
        datasetGroupArn=dataset["datasetGroupArn"],
        datasetType="Users",
    )
    until(lambda: personalize.describe_dataset(datasetArn=stack.dataset_arn)["dataset"]["status"] == "ACTIVE")


def test_a_failed_first_deployment_is_repeated_while_its_job_still_runs(stack: StackUnderTest) -> None:
    stack.stack_class = ImportStack
    dataset = make_dataset(stack.cloud, stack.name)
    hold_jobs(stack)
    assert stack.run_out_of_time(dataset=dataset) == "ROLLBACK_COMPLETE"
    assert stack.reason.startswith("Timed out")
    before = len(stack.executions())
    stack.begin(dataset=dataset)
    until(lambda: len(stack.executions()) > before)
    release_jobs(stack)

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()
