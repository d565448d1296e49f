"""Refreshes of deployed stacks: on a schedule, and after uploads."""

import aws_cdk as cdk
import pytest
from aws_cdk.aws_scheduler import ScheduleExpression

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.refreshes import RefreshedStack, next_night, pass_until, speed
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

ZONE = "Asia/Kolkata"
NIGHTLY = ScheduleExpression.cron(minute="0", hour="3", time_zone=cdk.TimeZone.ASIA_KOLKATA)
UPLOADS = 100


@pytest.fixture
def stack(cloud: Cloud, name: str) -> RefreshedStack:
    return RefreshedStack(cloud, name)


@pytest.mark.nightly
def test_three_nights_import_changed_files_skip_unchanged_ones_and_report_bad_ones(stack: RefreshedStack) -> None:
    assert stack.deploy(schedule=NIGHTLY) == "CREATE_COMPLETE"

    stack.put("a", "b", "c", "d", key="users.csv")
    pass_until(stack.cloud, next_night(stack.cloud, 3, ZONE))
    (changed,) = stack.ended_refreshes(1)
    assert (changed.status, changed.result["Outcome"]) == ("SUCCEEDED", "IMPORTED")
    assert changed.result["DatasetImportJobArn"].endswith("-2")
    assert stack.users == ["a", "b", "c", "d"]

    pass_until(stack.cloud, next_night(stack.cloud, 3, ZONE))
    *_, unchanged = stack.ended_refreshes(2)
    assert (unchanged.status, unchanged.result["Outcome"]) == ("SUCCEEDED", "SKIPPED")
    assert changed.result["DatasetImportJobArn"].rpartition("/")[2] in unchanged.result["Reason"]
    assert stack.failures() == []

    stack.put("a", "", key="users.csv")
    pass_until(stack.cloud, next_night(stack.cloud, 3, ZONE))
    *_, bad = stack.ended_refreshes(3)
    assert bad.status == "FAILED"
    (failure,) = stack.failures()
    assert failure["failureReason"] == bad.cause
    assert (failure["status"], failure["trigger"]) == ("CREATE FAILED", "REFRESH")
    assert stack.jobs == ["ACTIVE", "ACTIVE", "CREATE FAILED"]
    assert stack.users == ["a", "b", "c", "d"]


def test_a_hundred_uploads_start_one_job(stack: RefreshedStack) -> None:
    stack.put("a", key="all/users.csv")
    location = f"s3://{stack.name.lower()}/all/"
    assert stack.deploy(location, quiet_period=cdk.Duration.minutes(1)) == "CREATE_COMPLETE"

    with speed(stack.cloud, 1):
        for number in range(UPLOADS):
            stack.put(f"user-{number}", key=f"all/{number}.csv")
    until(lambda: len(stack.jobs) > 1 and stack.jobs[-1] == "ACTIVE")
    until(lambda: "RUNNING" not in [each.status for each in stack.refreshes()])

    assert len(stack.jobs) == 2
    assert stack.cloud.rows(stack.dataset_arn)["count"] == UPLOADS + 1
    outcomes = [each.result["Outcome"] for each in stack.refreshes()]
    assert outcomes.count("IMPORTED") == 1
    assert len(outcomes) <= 5


@pytest.mark.nightly
def test_incremental_uploads_are_imported_once_each(stack: RefreshedStack) -> None:
    stack.put("b", key="new/1.csv")
    location = f"s3://{stack.name.lower()}/new/"
    assert stack.deploy(appended=location, quiet_period=cdk.Duration.minutes(5)) == "CREATE_COMPLETE"
    assert stack.imported_locations() == ["users.csv", "new/"]

    stack.put("d", "e", key="new/2.csv")
    stack.put("f", key="new/3.csv")
    until(lambda: "new/3.csv" in stack.imported_locations())
    assert stack.users == ["a", "b", "c", "d", "e", "f"]

    stack.put("g", key="new/4.csv")
    until(lambda: "new/4.csv" in stack.imported_locations())
    until(lambda: "RUNNING" not in [each.status for each in stack.refreshes()])

    assert stack.users == ["a", "b", "c", "d", "e", "f", "g"]
    assert stack.imported_locations() == ["users.csv", "new/", "new/2.csv", "new/3.csv", "new/4.csv"]
    assert sum(each.result.get("ImportedFiles", 0) for each in stack.refreshes()) == 3
