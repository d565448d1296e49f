"""Nothing that CloudFormation does to a dataset, or to an import beside, leaves a green stack without its rows."""

from typing import Any

import pytest

from personalize_import import Reimport
from tests.deploy.support.direct import Row, until
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

REPLACED: dict[str, dict[str, Any]] = {
    "name": {"dataset_name": "other"},
    "tags": {"dataset_tags": {"team": "data"}},
    "name of a dataset that is passed by its ARN": {"dataset_name": "other", "passes_arn": True},
}


def physical_ids(row: Row) -> dict[str, str]:
    resources = row.cloud.cloudformation.list_stack_resources(StackName=row.name)["StackResourceSummaries"]
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"].startswith("Custom::")
    }


@pytest.mark.parametrize("changed", REPLACED.values(), ids=REPLACED)
def test_a_dataset_that_is_replaced_is_imported_again(row: Row, changed: dict[str, Any]) -> None:
    assert row.deploy() == "CREATE_COMPLETE"

    assert row.deploy(**changed) == "UPDATE_COMPLETE"
    assert row.users == ["a", "b", "c"]
    assert row.jobs == ["ACTIVE"] * 2
    row.assert_is_well()


@pytest.mark.parametrize("changed", REPLACED.values(), ids=REPLACED)
def test_a_dataset_that_is_replaced_and_back_again_by_a_rollback_is_imported_again(
    row: Row, changed: dict[str, Any]
) -> None:
    assert row.deploy() == "CREATE_COMPLETE"

    assert row.deploy(**changed, another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()


def test_a_stack_that_is_destroyed_and_deployed_again_imports_the_file_as_it_is_now(row: Row) -> None:
    row.stack = ImportStack
    dataset = make_dataset(row.cloud, row.name)
    assert row.deploy(dataset=dataset) == "CREATE_COMPLETE"
    row.put("d", key="users.csv")

    row.destroy()
    assert row.deploy(dataset=dataset) == "CREATE_COMPLETE"

    assert row.users == ["d"]
    assert row.jobs == ["ACTIVE"] * 2
    row.assert_is_well()


def test_another_import_keeps_the_physical_id_and_so_does_its_rollback(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    created = physical_ids(row)
    assert row.deploy(row.put("d")) == "UPDATE_COMPLETE"
    assert physical_ids(row) == created
    assert row.users == ["d"]

    assert row.deploy(another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert physical_ids(row) == created
    assert row.users == ["d"]
    (physical_id,) = created.values()
    assert physical_id.startswith(f"{row.name}/")


def test_an_import_that_is_not_waited_for_does_not_hold_up_the_end_of_an_update(row: Row) -> None:
    assert row.deploy(wait=False, reimport=Reimport.when_data_changes(as_of="1")) == "CREATE_COMPLETE"
    until(lambda: row.jobs == ["ACTIVE"])
    row.put("d", key="users.csv")
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})

    assert row.deploy(wait=False, reimport=Reimport.when_data_changes(as_of="2")) == "UPDATE_COMPLETE"
    assert row.jobs[1] in ("CREATE PENDING", "CREATE IN_PROGRESS")
    row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})
    until(lambda: row.jobs == ["ACTIVE"] * 2)


def test_rows_that_were_added_after_a_full_import_are_added_again_when_that_imports_again(row: Row) -> None:
    appended = row.put("x", key="appended.csv")
    assert row.deploy(appended=appended) == "CREATE_COMPLETE"
    assert row.users == ["a", "b", "c", "x"]

    assert row.deploy(row.put("d"), appended=appended) == "UPDATE_COMPLETE"
    assert row.users == ["d", "x"]

    assert row.deploy(row.put("d"), appended=row.put("y", key="appended-2.csv")) == "UPDATE_COMPLETE"
    assert row.users == ["d", "x", "y"]
    assert row.jobs == ["ACTIVE"] * 5


@pytest.mark.parametrize("fails_between", [False, True], ids=["after both imports", "between the two imports"])
def test_rows_that_were_added_after_a_full_import_are_there_after_a_rollback(row: Row, *, fails_between: bool) -> None:
    appended = row.put("x", key="appended.csv")
    assert row.deploy(appended=appended) == "CREATE_COMPLETE"

    changed = {"appended": appended, "another_resource_fails": True, "fails_between": fails_between}
    assert row.deploy(row.put("d"), **changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert row.users == ["a", "b", "c", "x"]
    row.assert_is_well()


def without_the_old_file(row: Row) -> None:
    """Roll an update back whose old file is gone, which fails."""
    assert row.deploy() == "CREATE_COMPLETE"
    other = row.put("d")
    row.cloud.s3.delete_object(Bucket=row.name.lower(), Key="users.csv")
    assert row.deploy(other, another_resource_fails=True) == "UPDATE_ROLLBACK_FAILED"
    assert row.users == ["d"]
    reasons = [event.get("ResourceStatusReason", "") for event in row.cloud.events(row.name)]
    assert any("Invalid Data location" in reason for reason in reasons)


def test_a_rollback_that_has_failed_is_continued_once_its_cause_is_fixed(row: Row) -> None:
    without_the_old_file(row)
    row.put("a", "b", "c", key="users.csv")

    row.cloud.cloudformation.continue_update_rollback(StackName=row.name)

    assert row.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert row.users == ["a", "b", "c"]


def test_a_rollback_that_has_failed_is_continued_without_the_import_and_the_next_deploy_imports(row: Row) -> None:
    without_the_old_file(row)
    (logical_id,) = physical_ids(row)

    row.cloud.cloudformation.continue_update_rollback(StackName=row.name, ResourcesToSkip=[logical_id])
    assert row.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert row.users == ["d"]
    row.put("a", key="users.csv")

    assert row.deploy(reimport=Reimport.when_value_changes("after a skipped rollback")) == "UPDATE_COMPLETE"
    assert row.users == ["a"]
