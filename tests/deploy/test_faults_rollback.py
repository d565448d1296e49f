"""What CloudFormation does by itself around an import, whatever runs by then; docs/reliability.md has the table."""

from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import Reimport
from tests.deploy.support.direct import Row, until
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset

pytestmark = [pytest.mark.deploy, pytest.mark.slow]


def fail_jobs_from_now_on(row: Row) -> None:
    row.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": "Broken row"})


def hold_jobs(row: Row) -> None:
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})


def release_jobs(row: Row) -> None:
    row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_an_update_whose_job_fails_is_rolled_back_without_another_import(row: Row, mode: str) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    fail_jobs_from_now_on(row)

    assert row.deploy(row.put("d"), import_mode=mode) == "UPDATE_ROLLBACK_COMPLETE"
    assert row.reason.startswith("Broken row.")
    assert row.jobs == ["ACTIVE", "CREATE FAILED"]
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()


def test_a_create_is_rolled_back_after_its_job_has_succeeded(row: Row) -> None:
    assert row.deploy(another_resource_fails=True) == "ROLLBACK_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_an_update_is_rolled_back_after_its_job_has_succeeded_and_the_old_data_is_imported_again(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"

    assert row.deploy(row.put("d"), another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert row.jobs == ["ACTIVE"] * 3
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()


def test_a_create_is_rolled_back_during_the_import_and_waits_for_the_job_s_end(row: Row) -> None:
    # Nobody waits for the job, so that the other resource fails while it runs.
    hold_jobs(row)
    row.begin(wait=False, another_resource_fails=True)
    until(lambda: row.status == "ROLLBACK_IN_PROGRESS" and "RUNNING" in row.executions())
    assert row.jobs in (["CREATE PENDING"], ["CREATE IN_PROGRESS"])
    release_jobs(row)

    assert row.end() == "ROLLBACK_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_a_stack_is_deleted_while_nobody_waits_for_its_job_and_waits_for_the_job_s_end(row: Row) -> None:
    hold_jobs(row)
    assert row.deploy(wait=False) == "CREATE_COMPLETE"
    row.begin_deletion()
    until(lambda: "RUNNING" in row.executions())
    assert row.status == "DELETE_IN_PROGRESS"
    release_jobs(row)

    assert row.end() == "DELETE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_an_update_that_runs_out_of_time_is_rolled_back_after_its_job_which_cannot_be_stopped(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    hold_jobs(row)
    row.begin(row.put("d"), timeout=cdk.Duration.minutes(1))
    until(lambda: row.status == "UPDATE_ROLLBACK_IN_PROGRESS")
    release_jobs(row)

    assert row.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert row.reason.startswith("Timed out")
    assert row.jobs == ["ACTIVE"] * 3
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()


@pytest.mark.parametrize(
    "changed", [{"tags": {"team": "data"}}, {"reimport": Reimport.when_value_changes("2")}], ids=["tags", "token"]
)
def test_a_dataset_is_deleted_and_made_again_outside_the_stack_and_the_next_deploy_imports_again(
    row: Row, changed: dict[str, Any]
) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    make_dataset_again(row)
    assert row.users == []

    assert row.deploy(**changed) == "UPDATE_COMPLETE"
    assert row.users == ["a", "b", "c"]
    assert row.jobs == ["ACTIVE"] * 2
    row.assert_is_well()


def make_dataset_again(row: Row) -> None:
    personalize = row.cloud.personalize
    dataset = personalize.describe_dataset(datasetArn=row.dataset_arn)["dataset"]
    personalize.delete_dataset(datasetArn=row.dataset_arn)
    until(lambda: row.dataset_arn not in [found["datasetArn"] for found in personalize.list_datasets()["datasets"]])
    personalize.create_dataset(
        name=dataset["name"],
        schemaArn=dataset["schemaArn"],
        datasetGroupArn=dataset["datasetGroupArn"],
        datasetType="Users",
    )
    until(lambda: personalize.describe_dataset(datasetArn=row.dataset_arn)["dataset"]["status"] == "ACTIVE")


def test_a_failed_first_deployment_is_tried_again_while_the_old_job_still_runs(row: Row) -> None:
    row.stack = ImportStack
    dataset = make_dataset(row.cloud, row.name)
    hold_jobs(row)
    assert row.run_out_of_time(dataset=dataset) == "ROLLBACK_COMPLETE"
    assert row.reason.startswith("Timed out")
    begun = len(row.executions())
    row.begin(dataset=dataset)
    until(lambda: len(row.executions()) > begun)
    release_jobs(row)

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()
