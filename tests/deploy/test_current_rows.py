"""After any successful operation on a dataset or its imports, the rows of the stack are in the dataset."""

from typing import Any

import pytest

from personalize_import import Reimport
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

REPLACED: dict[str, dict[str, Any]] = {
    "name": {"dataset_name": "other"},
    "tags": {"dataset_tags": {"team": "data"}},
    "name of a dataset that is passed by its ARN": {"dataset_name": "other", "passes_arn": True},
}


def physical_ids(stack: StackUnderTest) -> dict[str, str]:
    resources = stack.cloud.cloudformation.list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"].startswith("Custom::")
    }


@pytest.mark.parametrize("changed", REPLACED.values(), ids=REPLACED)
def test_a_dataset_that_is_replaced_is_imported_again(stack: StackUnderTest, changed: dict[str, Any]) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"

    assert stack.deploy(**changed) == "UPDATE_COMPLETE"
    assert stack.users == ["a", "b", "c"]
    assert stack.jobs == ["ACTIVE"] * 2
    stack.assert_is_clean()


@pytest.mark.parametrize("changed", REPLACED.values(), ids=REPLACED)
def test_a_dataset_that_a_rollback_replaces_again_is_imported_again(
    stack: StackUnderTest, changed: dict[str, Any]
) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"

    assert stack.deploy(**changed, another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()


def test_a_stack_that_is_deployed_again_after_its_deletion_imports_the_current_file(stack: StackUnderTest) -> None:
    stack.stack_class = ImportStack
    dataset = make_dataset(stack.cloud, stack.name)
    assert stack.deploy(dataset=dataset) == "CREATE_COMPLETE"
    stack.put("d", key="users.csv")

    stack.destroy()
    assert stack.deploy(dataset=dataset) == "CREATE_COMPLETE"

    assert stack.users == ["d"]
    assert stack.jobs == ["ACTIVE"] * 2
    stack.assert_is_clean()


def test_another_import_and_its_rollback_keep_the_physical_id(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    created = physical_ids(stack)
    assert stack.deploy(stack.put("d")) == "UPDATE_COMPLETE"
    assert physical_ids(stack) == created
    assert stack.users == ["d"]

    assert stack.deploy(another_resource_fails=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert physical_ids(stack) == created
    assert stack.users == ["d"]
    (physical_id,) = created.values()
    assert physical_id.startswith(f"{stack.name}/")


def test_without_waiting_an_update_ends_before_its_import(stack: StackUnderTest) -> None:
    assert stack.deploy(wait=False, reimport=Reimport.when_data_changes(as_of="1")) == "CREATE_COMPLETE"
    until(lambda: stack.jobs == ["ACTIVE"])
    stack.put("d", key="users.csv")
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})

    assert stack.deploy(wait=False, reimport=Reimport.when_data_changes(as_of="2")) == "UPDATE_COMPLETE"
    assert stack.jobs[1] in ("CREATE PENDING", "CREATE IN_PROGRESS")
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})
    until(lambda: stack.jobs == ["ACTIVE"] * 2)


def test_rows_that_were_added_after_a_full_import_are_added_again_after_the_next_one(stack: StackUnderTest) -> None:
    appended = stack.put("x", key="appended.csv")
    assert stack.deploy(appended=appended) == "CREATE_COMPLETE"
    assert stack.users == ["a", "b", "c", "x"]

    assert stack.deploy(stack.put("d"), appended=appended) == "UPDATE_COMPLETE"
    assert stack.users == ["d", "x"]

    assert stack.deploy(stack.put("d"), appended=stack.put("y", key="appended-2.csv")) == "UPDATE_COMPLETE"
    assert stack.users == ["d", "x", "y"]
    assert stack.jobs == ["ACTIVE"] * 5


@pytest.mark.parametrize("fails_between", [False, True], ids=["after both imports", "between the two imports"])
def test_a_rollback_restores_the_rows_that_were_added_after_a_full_import(
    stack: StackUnderTest, *, fails_between: bool
) -> None:
    appended = stack.put("x", key="appended.csv")
    assert stack.deploy(appended=appended) == "CREATE_COMPLETE"

    changed = {"appended": appended, "another_resource_fails": True, "fails_between": fails_between}
    assert stack.deploy(stack.put("d"), **changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.users == ["a", "b", "c", "x"]
    stack.assert_is_clean()


def without_the_old_file(stack: StackUnderTest) -> None:
    """Roll an update back whose old file is gone, which fails."""
    assert stack.deploy() == "CREATE_COMPLETE"
    other = stack.put("d")
    stack.cloud.s3.delete_object(Bucket=stack.name.lower(), Key="users.csv")
    assert stack.deploy(other, another_resource_fails=True) == "UPDATE_ROLLBACK_FAILED"
    assert stack.users == ["d"]
    reasons = [event.get("ResourceStatusReason", "") for event in stack.cloud.events(stack.name)]
    assert any("Invalid Data location" in reason for reason in reasons)


def test_a_failed_rollback_can_be_continued_after_its_cause_is_fixed(stack: StackUnderTest) -> None:
    without_the_old_file(stack)
    stack.put("a", "b", "c", key="users.csv")

    stack.cloud.cloudformation.continue_update_rollback(StackName=stack.name)

    assert stack.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.users == ["a", "b", "c"]


def test_a_failed_rollback_can_skip_the_import_and_the_next_deploy_imports(stack: StackUnderTest) -> None:
    without_the_old_file(stack)
    (logical_id,) = physical_ids(stack)

    stack.cloud.cloudformation.continue_update_rollback(StackName=stack.name, ResourcesToSkip=[logical_id])
    assert stack.end() == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.users == ["d"]
    stack.put("a", key="users.csv")

    assert stack.deploy(reimport=Reimport.when_value_changes("after a skipped rollback")) == "UPDATE_COMPLETE"
    assert stack.users == ["a"]
