"""Executions of refreshes: when they start and poll, and how they end."""

import pytest

from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.request.execution import refresh_name_of
from personalize_import_handler.request.outcome import Progress, Waiting
from tests.handler.conftest import Log
from tests.handler.support.account import RETRIES_MAX, RETRY_SECONDS, Account, Killed
from tests.handler.support.properties import properties
from tests.handler.support.refreshes import JOB_ARN, PollsOfTest
from tests.handler.support.simulator import CloudFormation

FAILURE = ImportFailedError("Column USER_ID is missing.", JOB_ARN, "CREATE FAILED")


@pytest.fixture
def polls() -> PollsOfTest:
    return PollsOfTest()


@pytest.fixture
def account(log: Log, polls: PollsOfTest) -> Account:
    return Account(poll_refresh=polls)


@pytest.fixture
def stack(cloudformation: CloudFormation) -> CloudFormation:
    assert cloudformation.create(properties()).succeeded
    cloudformation.settle()
    return cloudformation


def test_a_refresh_that_has_imported_is_a_successful_execution_with_its_job(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [5, 30]
    began = account.clock.now

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.result == {"Outcome": "IMPORTED", "DatasetImportJobArn": JOB_ARN}
    assert account.clock.now == began + 35
    assert len(polls.progress) == 3


def test_members_that_a_later_version_has_recorded_are_ignored(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    execution = account.refresh(stack.refresh_event())
    execution.data["Progress"] = {"attempt": 2, "recorded_by_a_later_version": {"any": "value"}}
    account.run()

    assert execution.result["Outcome"] == "IMPORTED"
    assert polls.progress == [Progress(attempt=2)]


def test_a_failed_refresh_is_a_failed_execution_with_the_reason_as_its_cause(
    stack: CloudFormation, account: Account, polls: PollsOfTest, log: Log
) -> None:
    polls.script = [5, FAILURE]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert (execution.error, execution.cause) == ("ImportFailed", "Column USER_ID is missing.")
    assert len(polls.progress) == 2
    assert "The refresh has failed: Column USER_ID is missing." in log.lines_from("ERROR")[-1]


def test_a_skipped_refresh_is_a_successful_execution_with_the_reason(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [Skipped("the stack is UPDATE_IN_PROGRESS")]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.result == {"Outcome": "SKIPPED", "Reason": "the stack is UPDATE_IN_PROGRESS"}


@pytest.mark.parametrize("end", [Skipped("the stack is UPDATE_IN_PROGRESS"), None])
def test_the_result_has_the_number_of_imported_files(
    end: Skipped | None, stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [Waiting(Progress(files_imported=3), 0), *([end] if end else [])]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.result["ImportedFiles"] == 3


def test_an_unexpected_exception_fails_the_refresh_as_a_bug(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [KeyError("x\n")]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.cause == "KeyError: 'x\\n'. This is a bug in the handler; see the log of the function."


def test_a_very_long_reason_is_cut(stack: CloudFormation, account: Account, polls: PollsOfTest) -> None:
    polls.script = [ImportFailedError("\x1b" * 100_000)]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.cause
    assert len(execution.cause) == 4000
    assert execution.cause.startswith("\\x1b")


def test_a_poll_that_was_killed_is_repeated_with_the_same_progress(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [Waiting(Progress(attempt=7), 5), Killed(), Killed()]

    execution = account.refresh(stack.refresh_event())
    account.run()

    assert execution.result["Outcome"] == "IMPORTED"
    assert [each.attempt for each in polls.progress] == [None, 7, 7, 7]


def test_a_refresh_whose_function_never_works_ends_after_an_hour(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.script = [Killed()] * 1000
    event, began = stack.refresh_event(), account.clock.now

    account.refresh(event)
    account.run()

    assert len(account.abandoned) == 1
    assert account.clock.now == began + RETRIES_MAX * RETRY_SECONDS == began + 3600


def test_the_properties_of_the_event_are_passed_with_the_timeout_of_the_trigger(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    account.refresh(stack.refresh_event(timeout_seconds=100_000, always=True))
    account.run()

    (request,) = polls.requests
    assert request.properties.data_location == properties()["DataLocation"]
    assert (request.properties.timeout_seconds, request.always) == (100_000, True)
    assert request.resource.physical_id == stack.physical_resource_id
    assert request.provider is account.provider


def test_an_event_that_is_delivered_twice_starts_one_execution(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    event = stack.refresh_event()

    first, second = account.refresh(event), account.refresh(event)
    account.run()

    assert first is second
    assert len(polls.progress) == 1


def test_an_execution_begins_with_the_quiet_period(stack: CloudFormation, account: Account, polls: PollsOfTest) -> None:
    uploaded_at = account.clock.now

    account.refresh(stack.refresh_event(quiet_seconds=600))
    account.run()

    assert uploaded_at + 600 <= account.clock.now <= uploaded_at + 750


def test_the_executions_for_the_resource_are_those_of_requests_and_refreshes(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    polls.lists = True
    other = CloudFormation(account, logical_id="Other")
    other.create(properties(JobName="other"))
    for _ in range(100):
        account.refresh(stack.refresh_event(quiet_seconds=60))
        account.refresh(other.refresh_event(quiet_seconds=60))
        account.clock.advance(0.6)

    account.run()

    for request, executions in zip(polls.requests, polls.executions, strict=True):
        by_name = {each.name: each for each in executions}
        assert by_name[request.execution_name].is_running
        names = [refresh_name_of(name) for name in by_name]
        assert names.count(None) == 1
        assert len(names) in (5, 6)


def test_a_request_of_cloudformation_is_not_superseded_by_a_refresh(
    stack: CloudFormation, account: Account, polls: PollsOfTest
) -> None:
    event = stack.begin("Update", properties(ReimportToken="2"))
    account.refresh(stack.refresh_event())

    assert stack.run(event).succeeded
