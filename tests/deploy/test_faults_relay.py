"""Faults of imports that take longer than CloudFormation waits for one resource; docs/reliability.md has the table."""

import aws_cdk as cdk
import pytest

from tests.deploy.support.direct import Row, until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

HOUR = 3600


@pytest.fixture(autouse=True)
def hours_pass_in_seconds(row: Row) -> None:
    row.cloud.aws.control("POST", "clock", {"speed": 1000})


def test_a_job_that_fails_late_fails_the_resource_that_waits_for_it_with_its_own_reason(row: Row) -> None:
    end = {"job_name": "*", "failure_reason": "Broken row", "after_seconds": 2 * HOUR}
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    row.cloud.aws.control("POST", "jobs/end", end)

    assert row.deploy(timeout=cdk.Duration.hours(4)) == "ROLLBACK_COMPLETE"
    assert row.reason.startswith("Broken row.")
    assert row.jobs == ["CREATE FAILED"]
    row.assert_is_well()


def test_there_is_no_room_for_more_than_an_hour_and_a_later_resource_starts_the_job(row: Row) -> None:
    no_room = {"operation": "CreateDatasetImportJob", "error_code": "LimitExceededException", "seconds": 6 * HOUR}
    row.cloud.aws.control("POST", "faults", no_room)
    row.begin(timeout=cdk.Duration.hours(6))
    until(lambda: hours_of_asking(row) > 1)
    row.cloud.aws.control("DELETE", "faults")

    assert row.end() == "CREATE_COMPLETE"
    assert row.cloud.outputs(row.name)["Status"] == "ACTIVE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def hours_of_asking(row: Row) -> float:
    """Say how long the functions have been asking for the job, in the service's time."""
    calls = row.cloud.aws.control("GET", "calls?operation=CreateDatasetImportJob")["calls"]
    assert {call["outcome"] for call in calls} <= {"LimitExceededException"}
    return float(calls[-1]["at"] - calls[0]["at"]) / HOUR if calls else 0
