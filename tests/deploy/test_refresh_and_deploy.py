"""Refreshes while the stack is deployed, rolled back and deleted."""

import time
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.refreshes import RefreshedStack
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

SOME_POLLS = 3  # seconds, five minutes of the simulated clock
ON_UPLOAD: dict[str, Any] = {"quiet_period": cdk.Duration.seconds(10)}


@pytest.fixture
def stack(cloud: Cloud, name: str) -> Iterator[RefreshedStack]:
    """A stack whose import is refreshed a few simulated seconds after an upload."""
    stack = RefreshedStack(cloud, name)
    assert stack.deploy(**ON_UPLOAD) == "CREATE_COMPLETE"
    yield stack
    cloud.aws.control("POST", "reset")


def upload(stack: RefreshedStack, *users: str) -> None:
    stack.put(*users, key="users.csv")


def run_a_job_that_is_held(stack: RefreshedStack) -> None:
    """Upload a file, and hold the job of the refresh while it runs."""
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    upload(stack, "d")
    until(lambda: stack.jobs[1:] == ["CREATE IN_PROGRESS"])


def test_an_update_waits_for_a_running_refresh(stack: RefreshedStack) -> None:
    run_a_job_that_is_held(stack)

    stack.begin(stack.put("e"), **ON_UPLOAD)
    until(lambda: stack.executions().count("RUNNING") == 2)
    time.sleep(SOME_POLLS)
    assert len(stack.jobs) == 2
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert stack.end() == "UPDATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"] * 3
    assert stack.users == ["e"]
    stack.assert_is_clean()


def test_a_rollback_imports_the_present_files_of_a_refreshed_import(stack: RefreshedStack) -> None:
    upload(stack, "d")
    stack.ended_refreshes(1)
    assert stack.users == ["d"]

    assert stack.deploy(stack.put("e"), another_resource_fails=True, **ON_UPLOAD) == "UPDATE_ROLLBACK_COMPLETE"

    assert stack.users == ["d"]
    assert stack.jobs == ["ACTIVE"] * 4
    stack.assert_is_clean()


def test_a_delete_waits_for_a_refresh(stack: RefreshedStack) -> None:
    run_a_job_that_is_held(stack)

    stack.begin_deletion()
    until(lambda: is_deleted(stack, "AWS::Events::Rule"))
    assert stack.status == "DELETE_IN_PROGRESS"
    assert not is_deleted(stack, "AWS::Personalize::Dataset")
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert stack.end() == "DELETE_COMPLETE"
    assert stack.jobs == ["ACTIVE"] * 2


def test_a_refresh_starts_nothing_while_the_stack_changes(stack: RefreshedStack) -> None:
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    stack.begin(stack.put("e"), **ON_UPLOAD)
    until(lambda: stack.jobs[1:] == ["CREATE IN_PROGRESS"])

    upload(stack, "d")
    (skipped,) = stack.ended_refreshes(1)
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert skipped.result["Outcome"] == "SKIPPED"
    assert "UPDATE_IN_PROGRESS" in skipped.result["Reason"]
    assert stack.end() == "UPDATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"] * 2
    assert stack.users == ["e"]
    stack.assert_is_clean()


def is_deleted(stack: RefreshedStack, resource_type: str) -> bool:
    """Return whether a resource of this type has been deleted."""
    events = stack.cloud.events(stack.stack_id)
    return any(
        event["ResourceStatus"] == "DELETE_COMPLETE" for event in events if event["ResourceType"] == resource_type
    )
