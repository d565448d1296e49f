"""Refreshes from the event of their trigger to the end of their execution, with the imports that they start."""

import pytest

from personalize_import_handler.contract import REFRESH_TAG
from personalize_import_handler.errors import RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.simulator import CloudFormation

IMPORT = properties(TagFingerprint=True, PublishStateChanges=True)
FILE = f"{DATA_LOCATION}a.csv"


@pytest.fixture
def stack(cloudformation: CloudFormation, account: Account) -> CloudFormation:
    account.storage.upload(FILE, "monday", account.clock.now)
    assert cloudformation.create(IMPORT).succeeded
    cloudformation.settle()
    return cloudformation


def test_three_nights_start_a_job_for_changed_files_none_for_the_same_ones_and_fail_with_bad_data(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.upload(FILE, "tuesday", account.clock.now)
    changed = account.refresh(stack.refresh_event())
    account.run()
    account.clock.advance(24 * 3600)
    unchanged = account.refresh(stack.refresh_event())
    account.run()
    account.clock.advance(24 * 3600)
    account.storage.upload(FILE, "bad", account.clock.now)
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Input csv is missing USER_ID.")
    bad = account.refresh(stack.refresh_event())
    account.run()

    first, second, third = (job.arn for job in personalize.jobs.values())
    assert changed.result == {"Outcome": "IMPORTED", "DatasetImportJobArn": second}
    assert unchanged.result["Outcome"] == "SKIPPED"
    assert second.rpartition("/")[2] in unchanged.result["Reason"]
    assert bad.error == "ImportFailed"
    assert bad.cause
    assert bad.cause.startswith("Input csv is missing USER_ID.")
    assert third.rpartition("/")[2] in bad.cause
    assert "eploy again" not in bad.cause
    assert [REFRESH_TAG in personalize.tags[arn] for arn in (first, second, third)] == [False, True, True]


def test_the_failure_of_a_refresh_is_published_like_that_of_a_deploy_with_its_trigger(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.upload(FILE, "bad", account.clock.now)
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Input csv is missing USER_ID.")

    execution = account.refresh(stack.refresh_event())
    account.run()

    change = account.event_bus.changes[-1]
    assert (change["status"], change["trigger"]) == ("CREATE FAILED", "REFRESH")
    assert change["failureReason"] == execution.cause


def test_a_refresh_that_fires_while_the_stack_is_updated_does_nothing(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.upload(FILE, "tuesday", account.clock.now)
    update = stack.begin("Update", {**IMPORT, "ReimportToken": "2"})

    execution = account.refresh(stack.refresh_event())

    assert stack.run(update).succeeded
    assert execution.result["Outcome"] == "SKIPPED"
    assert "UPDATE_IN_PROGRESS" in execution.result["Reason"]
    assert len(personalize.jobs) == 2


def test_a_refresh_whose_quiet_period_ends_while_the_stack_is_deleted_does_nothing(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.upload(FILE, "tuesday", account.clock.now)
    execution = account.refresh(stack.refresh_event(quiet_seconds=60))

    stack.delete()
    account.run()

    assert execution.result["Outcome"] == "SKIPPED"
    assert "DELETE_IN_PROGRESS" in execution.result["Reason"]
    assert len(personalize.jobs) == 1


def test_a_hundred_uploads_within_a_minute_start_one_job_with_all_files(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    executions = []
    for number in range(100):
        account.storage.upload(f"{DATA_LOCATION}{number}.csv", "rows", account.clock.now)
        executions.append(account.refresh(stack.refresh_event(quiet_seconds=60)))
        account.run(until=account.clock.now)
        account.clock.advance(0.6)

    account.run()

    outcomes = {id(execution): execution.result for execution in executions}.values()
    assert [result["Outcome"] for result in outcomes].count("IMPORTED") == 1
    assert {result["Reason"] for result in outcomes if result["Outcome"] == "SKIPPED"} == {"a later refresh follows"}
    assert len(personalize.jobs) == 2
    assert len(personalize.rows()) == 101


def test_a_refresh_without_the_permission_to_describe_its_stack_fails_and_names_it(
    stack: CloudFormation, account: Account
) -> None:
    denied = "User is not authorized to perform: cloudformation:DescribeStacks"
    account.stacks.errors = [RefusedError("DescribeStacks", "AccessDenied", denied)] * 20

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.cause
    assert denied in execution.cause
    assert "This is a bug" not in execution.cause


def test_each_of_several_triggers_has_its_turn(
    stack: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.upload(FILE, "tuesday", account.clock.now)
    by_schedule = account.refresh(stack.refresh_event(always=True))
    by_upload = account.refresh(stack.refresh_event(quiet_seconds=10))

    account.run()

    assert by_schedule.result["Outcome"] == "IMPORTED"
    assert by_upload.result["Outcome"] == "SKIPPED"
    assert len(personalize.jobs) == 2
