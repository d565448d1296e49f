"""Faults of imports that take longer than CloudFormation waits for one resource; docs/reliability.md has the table."""

import aws_cdk as cdk
import pytest

from tests.deploy.support.stack_under_test import StackUnderTest
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

HOUR = 3600


@pytest.fixture(autouse=True)
def hours_pass_in_seconds(stack: StackUnderTest) -> None:
    stack.cloud.aws.control("POST", "clock", {"speed": 1000})


def test_a_job_that_fails_late_fails_the_waiting_resource_with_the_reason_of_the_job(stack: StackUnderTest) -> None:
    end = {"job_name": "*", "failure_reason": "Broken row", "after_seconds": 2 * HOUR}
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    stack.cloud.aws.control("POST", "jobs/end", end)

    assert stack.deploy(timeout=cdk.Duration.hours(4)) == "ROLLBACK_COMPLETE"
    assert stack.reason.startswith("Broken row.")
    assert stack.jobs == ["CREATE FAILED"]
    stack.assert_is_clean()


def test_without_capacity_for_more_than_an_hour_a_later_resource_starts_the_job(stack: StackUnderTest) -> None:
    no_capacity = {"operation": "CreateDatasetImportJob", "error_code": "LimitExceededException", "seconds": 6 * HOUR}
    stack.cloud.aws.control("POST", "faults", no_capacity)
    stack.begin(timeout=cdk.Duration.hours(6))
    until(lambda: hours_of_asking(stack) > 1)
    stack.cloud.aws.control("DELETE", "faults")

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.cloud.outputs(stack.name)["Status"] == "ACTIVE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def hours_of_asking(stack: StackUnderTest) -> float:
    """Return how long the functions have been asking for the job, in the service's time."""
    calls = stack.cloud.aws.control("GET", "calls?operation=CreateDatasetImportJob")["calls"]
    assert {call["outcome"] for call in calls} <= {"LimitExceededException"}
    return float(calls[-1]["at"] - calls[0]["at"]) / HOUR if calls else 0
