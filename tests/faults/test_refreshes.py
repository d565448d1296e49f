"""Refreshes between deploys and during them."""

from collections.abc import Callable
from typing import Any

import pytest

from personalize_import_handler.contract import REFRESH_TAG
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.pair import ADDED, FULL, Pair, template
from tests.faults.support.refreshes import begin_refresh, deploy, imported_files, jobs_of_refreshes, refresh, upload
from tests.faults.support.stack import Stack, after_next
from tests.handler.support.account import RETRIES_MAX, Account, Execution, Killed
from tests.handler.support.fakes import JobBehavior, job_arn
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.wait_chain import WaitChain

OTHER_LOCATION = "s3://shop-data/other/"
THIRD_LOCATION = "s3://shop-data/third/"
NO_CAPACITY = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
FAILS = JobBehavior(end="CREATE FAILED", failure_reason="Too few rows")
FULL_IMPORT = properties(TagFingerprint=True)
INCREMENTAL = properties(ImportMode="INCREMENTAL")
IMPORTS = pytest.mark.parametrize("imported", [FULL_IMPORT, INCREMENTAL], ids=["FULL", "INCREMENTAL"])


@pytest.fixture
def full(stack: Stack, account: Account) -> Stack:
    upload(account, "a.csv")
    deploy(stack, FULL_IMPORT)
    return stack


@pytest.fixture
def incremental(stack: Stack, account: Account) -> Stack:
    upload(account, "a.csv")
    deploy(stack, INCREMENTAL)
    return stack


@pytest.fixture
def pair(account: Account) -> Pair:
    upload(account, "a.csv")
    upload(account, "rows.csv", location=OTHER_LOCATION)
    pair = Pair(account)
    assert pair.deploy(template(DATA_LOCATION, OTHER_LOCATION, Full={"TagFingerprint": True}))
    account.clock.advance(2)
    pair.members[FULL].settle()
    return pair


def test_an_update_waits_for_a_running_refresh(full: Stack, account: Account) -> None:
    upload(account, "a.csv", content="2")
    execution = begin_refresh(full)
    (job,) = jobs_of_refreshes(account)

    updated = full.deploy(properties(DataLocation=OTHER_LOCATION))

    assert updated.succeeded
    assert updated.attributes["JobName"] != job.name
    assert execution.result["Outcome"] == "IMPORTED"
    assert account.personalize.max_running == 1
    assert_invariants(full)


def test_an_update_without_another_import_does_not_fail_with_a_refresh(full: Stack, account: Account) -> None:
    created = [*account.personalize.jobs]
    upload(account, "a.csv", content="2")
    account.personalize.job_behavior = FAILS
    execution = begin_refresh(full)

    updated = full.deploy({**FULL_IMPORT, "Tags": tags(team="data")})

    assert updated.succeeded
    assert [updated.attributes["JobName"]] == created
    assert execution.error == "ImportFailed"
    assert_invariants(full)


def test_an_update_does_not_adopt_the_job_of_a_running_refresh(incremental: Stack, account: Account) -> None:
    account.personalize.recreate_dataset()
    account.personalize.job_behavior = FAILS
    execution = begin_refresh(incremental)
    account.personalize.job_behavior = JobBehavior()

    updated = incremental.deploy({**INCREMENTAL, "After": job_arn("shop-Full-0123456789ab-1")})

    assert updated.succeeded
    assert updated.attributes["JobName"].endswith("-3")
    assert execution.error == "ImportFailed"
    assert_invariants(incremental)


def test_an_update_of_tags_keeps_the_refreshed_job(full: Stack, account: Account) -> None:
    upload(account, "a.csv", content="2")
    result = refresh(full).result
    jobs = [*account.personalize.jobs]

    updated = full.deploy({**FULL_IMPORT, "Tags": tags(team="data")})

    assert updated.job_arn == result["DatasetImportJobArn"]
    assert [*account.personalize.jobs] == jobs
    assert account.personalize.tags_of(updated.job_arn) == {"team": "data"}
    assert REFRESH_TAG in account.personalize.tags[updated.job_arn]
    assert_invariants(full)


@pytest.mark.parametrize("resource_count", [1, 3])
def test_an_update_after_a_failed_refresh_keeps_the_last_good_job(resource_count: int, account: Account) -> None:
    upload(account, "a.csv")
    chain = WaitChain(account, resource_count)
    (*_, created) = chain.create(FULL_IMPORT)
    first = chain.resources[0]
    first.settle()
    upload(account, "a.csv", content="2")
    account.personalize.job_behavior = FAILS
    account.refresh(first.refresh_event(properties=FULL_IMPORT))
    account.run()
    jobs = [*account.personalize.jobs]

    updated = chain.update({**FULL_IMPORT, "Tags": tags(team="data")})

    assert [response.job_arn for response in updated] == [created.job_arn] * resource_count
    assert [*account.personalize.jobs] == jobs
    assert len(jobs) == 2


def test_a_rollback_imports_the_present_files_of_a_refreshed_import(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    refresh(full)
    upload(account, "c.csv")

    full.deploy(properties(DataLocation=OTHER_LOCATION), another_resource_fails=True)

    assert imported_files(account) == ["a.csv", "b.csv", "c.csv"]
    assert [job.name[-2:] for job in account.personalize.jobs.values()] == ["-1", "-2", "-1", "-3"]
    assert_invariants(full)


def test_a_rollback_keeps_refreshed_data_that_was_not_replaced(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    refreshed = refresh(full).result["DatasetImportJobArn"]
    account.personalize.job_behavior = FAILS

    full.deploy(properties(DataLocation=OTHER_LOCATION))

    responses = [response for received in account.responses.values() for response in received]
    assert responses[-1].job_arn == refreshed
    assert len(account.personalize.jobs) == 3
    assert_invariants(full)


def test_a_job_that_was_refreshed_since_is_not_adopted_after_it_was_replaced(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    refresh(full)
    deploy(full, properties(DataLocation=OTHER_LOCATION, TagFingerprint=True))

    deploy(full, FULL_IMPORT)

    assert imported_files(account) == ["a.csv", "b.csv"]
    assert len(account.personalize.jobs) == 4
    assert_invariants(full)


@IMPORTS
def test_a_delete_waits_for_a_refresh(imported: dict[str, Any], stack: Stack, account: Account) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    begin_refresh(stack)
    (job,) = jobs_of_refreshes(account)

    deleted = stack.delete()

    assert deleted.sent_at >= job.created_at + job.job_behavior.seconds
    assert_invariants(stack)


@IMPORTS
def test_a_refresh_that_is_queued_starts_nothing_after_a_delete(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    execution = account.refresh(stack.refresh_event(quiet_seconds=600))
    stack.begin("Delete", imported)
    account.stacks.statuses[stack.stack_id] = "UPDATE_COMPLETE"  # an update of the stack has removed the resource

    account.run()

    assert execution.result["Reason"] == "the import was removed from the stack"
    assert jobs_of_refreshes(account) == []


@IMPORTS
def test_a_refresh_that_is_queued_does_not_import_again_after_its_import_was_replaced_by_another_resource(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    upload(account, "other.csv", location=OTHER_LOCATION)
    deploy(stack, imported)
    upload(account, "b.csv")
    assert refresh(stack).result["Outcome"] == "IMPORTED"
    upload(account, "c.csv")
    execution = account.refresh(stack.refresh_event(quiet_seconds=6 * 3600))
    Stack(account, logical_id="Other").begin("Create", properties(DataLocation=OTHER_LOCATION))
    account.run(until=account.clock.now + 3600)
    stack.begin("Delete", imported)
    account.run(until=account.clock.now + 3600)
    account.stacks.statuses[stack.stack_id] = "UPDATE_COMPLETE"

    account.run()

    assert execution.result["Reason"] == "the import was removed from the stack"
    assert imported_files(account) == ["other.csv"]


def test_a_delete_does_not_read_or_set_the_tags_of_the_jobs_of_files(incremental: Stack, account: Account) -> None:
    upload(account, "b.csv", "c.csv")
    refresh(incremental)
    files = [job.arn for job in jobs_of_refreshes(account)]
    account.personalize.calls.clear()

    incremental.delete()

    called = [argument for operation, argument in account.personalize.calls if "tag" in operation]
    assert len(called) == 2
    assert not [arn for arn in files if arn in str(called)]


@pytest.mark.parametrize(
    "status",
    [
        *("CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
        *("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"),
        *("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"),
        *("DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_FAILED", "IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_FAILED"),
    ],
)
def test_a_refresh_starts_nothing_while_the_stack_changes(status: str, full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    account.stacks.statuses[full.stack_id] = status

    assert refresh(full).result == {"Outcome": "SKIPPED", "Reason": f"the stack is {status}"}
    assert jobs_of_refreshes(account) == []


def test_a_refresh_reads_the_status_of_the_stack_again_before_it_starts_a_job(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    personalize = account.personalize

    def change() -> None:
        account.stacks.statuses[full.stack_id] = "UPDATE_IN_PROGRESS"

    # Each decision makes this call: the first one, and the one right before the start.
    after_next(personalize, "dataset_created_at", lambda: after_next(personalize, "dataset_created_at", change))
    execution = refresh(full)

    assert execution.result["Reason"] == "the stack is UPDATE_IN_PROGRESS"
    assert jobs_of_refreshes(account) == []


@IMPORTS
def test_a_late_refresh_with_old_properties_is_skipped(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    event = stack.refresh_event()
    deploy(stack, {**imported, "DataLocation": OTHER_LOCATION})

    execution = account.refresh(event)
    account.run()

    assert execution.result["Reason"] == "the import has changed since the refresh was requested"
    assert jobs_of_refreshes(account) == []


@IMPORTS
def test_a_refresh_with_old_properties_that_was_requested_during_the_update_is_skipped(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    deploy(stack, {**imported, "DataLocation": OTHER_LOCATION})
    upload(account, "b.csv")

    execution = refresh(stack, properties=imported)

    assert execution.result["Reason"] == "the import has changed since the refresh was requested"
    assert jobs_of_refreshes(account) == []


@IMPORTS
def test_a_late_refresh_imports_although_an_update_has_changed_the_tags(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    event = stack.refresh_event()
    account.clock.advance(10)
    deploy(stack, {**imported, "Tags": tags(team="data")})

    execution = account.refresh(event)
    account.run()

    assert execution.result["Outcome"] == "IMPORTED"
    assert "b.csv" in imported_files(account)


@pytest.mark.parametrize("is_rolled_back", [True, False], ids=["rollback", "deploy"])
@IMPORTS
def test_a_late_refresh_of_an_import_that_was_undone_is_skipped(
    imported: dict[str, Any], is_rolled_back: bool, stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    upload(account, "other.csv", location=OTHER_LOCATION)
    deploy(stack, imported)
    account.clock.advance(3 * 24 * 3600)
    undone = {**imported, "DataLocation": OTHER_LOCATION}
    assert stack.update(undone).succeeded
    account.clock.advance(60)
    event = stack.refresh_event()
    upload(account, "late.csv", location=OTHER_LOCATION)
    if is_rolled_back:
        stack.back_to(imported)
    deploy(stack, {**imported, "Tags": tags(team="data")})
    rows = account.personalize.rows()

    execution = account.refresh(event)
    account.run()

    assert execution.result["Reason"] == "the import has changed since the refresh was requested"
    assert account.personalize.rows() == rows
    upload(account, "b.csv")
    assert refresh(stack).result["Outcome"] == "IMPORTED"
    assert "b.csv" in imported_files(account)


def test_an_import_that_a_later_deploy_has_restored_is_refreshed(incremental: Stack, account: Account) -> None:
    deploy(incremental, properties(ImportMode="INCREMENTAL", DataLocation=OTHER_LOCATION))
    account.clock.advance(60)
    deploy(incremental, INCREMENTAL)  # adopts its first job
    upload(account, "b.csv")

    assert refresh(incremental).result["ImportedFiles"] == 1
    assert imported_files(account) == ["a.csv", "b.csv"]


def test_an_import_that_was_restored_long_ago_is_refreshed(incremental: Stack, account: Account) -> None:
    deploy(incremental, properties(ImportMode="INCREMENTAL", DataLocation=OTHER_LOCATION))
    account.clock.advance(60)
    deploy(incremental, INCREMENTAL)  # adopts its first job
    account.clock.advance(3 * 24 * 3600)
    account.executions.clear()  # only those of the last 44 hours are listed
    upload(account, "b.csv")

    assert refresh(incremental).result["ImportedFiles"] == 1
    assert imported_files(account) == ["a.csv", "b.csv"]


def test_a_refresh_that_is_delivered_twice_runs_once(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    event = full.refresh_event()

    assert account.refresh(event) is account.refresh(event)
    account.run()

    assert account.refresh(event).result["Outcome"] == "IMPORTED"
    assert len(jobs_of_refreshes(account)) == 1


def test_two_triggers_import_one_after_the_other(full: Stack, account: Account) -> None:
    upload(account, "b.csv")

    first = account.refresh(full.refresh_event())
    second = account.refresh(full.refresh_event(always=True))
    account.run()

    assert [each.result["Outcome"] for each in (first, second)] == ["IMPORTED", "IMPORTED"]
    assert account.personalize.max_running == 1
    assert len(jobs_of_refreshes(account)) == 2


def begin_hourly(stack: Stack, account: Account, *, hours: int) -> list[Execution]:
    """Deliver an event of a schedule every hour, with a timeout of 150 minutes, and return the executions."""
    executions = []
    for _ in range(hours):
        begin = account.clock.now
        executions.append(account.refresh(stack.refresh_event(timeout_seconds=9000)))
        account.run(until=begin + 3600)
        account.clock.advance(begin + 3600 - account.clock.now)
    return executions


@pytest.mark.parametrize("operation", ["list_dataset_import_jobs", "create_dataset_import_job"])
def test_a_refresh_that_is_due_retries_until_its_timeout_although_the_next_one_is_due(
    operation: str, full: Stack, account: Account
) -> None:
    upload(account, "b.csv")
    account.personalize.fail_next(operation, BusyError("any", "ThrottlingException", "Rate exceeded"), times=10_000)

    first, second, third, fourth = begin_hourly(full, account, hours=4)
    account.clear_faults()
    account.run()

    assert first.cause is not None
    assert first.cause.startswith("Timed out after 2 h 3")
    assert second.result["Reason"] == "a later refresh follows"
    assert [each.result["Outcome"] for each in (third, fourth)] == ["IMPORTED", "SKIPPED"]
    assert imported_files(account) == ["a.csv", "b.csv"]


def test_a_refresh_waits_for_another_import_into_the_dataset_although_the_next_one_is_due(
    full: Stack, account: Account
) -> None:
    upload(account, "b.csv")
    account.personalize.job_behavior = JobBehavior(seconds=2.5 * 3600)
    account.personalize.import_elsewhere("by-hand", parse(FULL_IMPORT))
    account.personalize.job_behavior = JobBehavior()

    first, second, third = begin_hourly(full, account, hours=3)
    account.run()

    assert first.result["Outcome"] == "IMPORTED"
    assert second.result["Reason"] == "a later refresh follows"
    assert third.result["Outcome"] == "SKIPPED"


def test_a_hundred_uploads_are_one_refresh(incremental: Stack, account: Account) -> None:
    events = []
    for number in range(100):
        account.storage.upload(f"{DATA_LOCATION}{number % 3}.csv", f"{number}", account.clock.now)
        events.append(incremental.refresh_event(quiet_seconds=60))
        account.deliver(events[-1])
        account.clock.advance(0.6)

    account.run()

    results = [execution.result for name, execution in account.executions.items() if "-refresh-" in name]
    assert len(results) <= 6
    assert [result["ImportedFiles"] for result in results if result["Outcome"] == "IMPORTED"] == [3]
    assert sorted(imported_files(account)) == ["0.csv", "1.csv", "2.csv", "a.csv"]


def test_a_refresh_that_was_killed_after_its_start_is_monitored_to_its_end(full: Stack, account: Account) -> None:
    upload(account, "b.csv")
    account.personalize.job_behavior = FAILS
    account.personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)
    execution = begin_refresh(full)
    account.stacks.statuses[full.stack_id] = "UPDATE_IN_PROGRESS"

    account.run()

    assert execution.error == "ImportFailed"
    assert execution.cause is not None
    assert execution.cause.startswith("Too few rows. DatasetImportJob")
    assert execution.cause.endswith("Fix this problem; the next refresh tries again.")
    assert len(jobs_of_refreshes(account)) == 1


@IMPORTS
@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", ["create_dataset_import_job", "list_dataset_import_jobs", "list_tags"])
def test_a_function_is_killed_in_a_refresh(
    operation: str, after_effect: bool, imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    account.personalize.fail_next(operation, Killed(), times=2, after_effect=after_effect)

    assert refresh(stack).result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv", "b.csv"]
    assert len(jobs_of_refreshes(account)) == 1
    assert_invariants(stack)


@IMPORTS
@pytest.mark.parametrize("after_effect", [False, True], ids=["queued", "started"])
def test_a_refresh_is_queued_and_finds_its_job(
    after_effect: bool, imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    upload(account, "b.csv")
    account.personalize.fail_next("create_dataset_import_job", NO_CAPACITY, times=3, after_effect=after_effect)

    assert refresh(stack).result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv", "b.csv"]
    assert len(jobs_of_refreshes(account)) == 1


def test_a_file_that_fails_stops_the_refresh_and_is_tried_again(incremental: Stack, account: Account) -> None:
    upload(account, "b.csv", "c.csv", "d.csv")
    execution = begin_refresh(incremental)
    account.personalize.job_behavior = FAILS
    account.run()
    account.personalize.job_behavior = JobBehavior()

    assert execution.cause is not None
    assert "Too few rows" in execution.cause
    assert "with the file c.csv, after 1 file that it has imported" in execution.cause
    assert execution.cause.endswith("begins with this file: if the file is the cause, replace it or delete it.")
    assert imported_files(account) == ["a.csv", "b.csv"]
    account.clock.advance(2)
    assert refresh(incremental).result["ImportedFiles"] == 2
    assert imported_files(account) == ["a.csv", "b.csv", "c.csv", "d.csv"]
    assert_invariants(incremental)


def test_a_file_whose_job_is_still_running_is_not_to_be_uploaded_again(incremental: Stack, account: Account) -> None:
    upload(account, "b.csv")
    account.personalize.job_behavior = JobBehavior(seconds=2 * 3600)

    timed_out, later = refresh(incremental), refresh(incremental)

    assert timed_out.cause is not None
    assert "replace it" not in timed_out.cause
    assert timed_out.cause.endswith(
        "Do not upload it again: its job may still succeed, and its rows would be added twice."
    )
    assert later.result["Reason"] == "there are no new files"
    assert imported_files(account) == ["a.csv", "b.csv"]


def test_a_file_whose_name_can_not_be_in_a_location_is_named(incremental: Stack, account: Account) -> None:
    upload(account, "b\n.csv")

    assert refresh(incremental).cause == (
        "The name of the file 'b\\n.csv' contains control characters, which a location must not contain. Upload the "
        "file under another name, and delete this one. No job was started."
    )


def test_a_refresh_repeats_the_imports_after_it(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")

    result = refresh(pair.members[FULL]).result

    assert result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv", "b.csv", "rows.csv"]
    assert refresh(pair.members[FULL]).result["Outcome"] == "SKIPPED"
    assert refresh(pair.members[ADDED]).result["Reason"] == "there are no new files"


@IMPORTS
def test_a_refresh_fills_a_dataset_that_was_created_again(
    imported: dict[str, Any], stack: Stack, account: Account
) -> None:
    upload(account, "a.csv")
    deploy(stack, imported)
    account.personalize.recreate_dataset()

    assert refresh(stack).result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv"]


@pytest.mark.parametrize("operation", ["DescribeStacks", "ListExecutions", "AssumeRole"])
def test_a_refresh_names_the_missing_permission(operation: str, full: Stack, account: Account) -> None:
    message = f"User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: {operation}"
    denied = [RefusedError(operation, "AccessDeniedException", message)] * 20
    busy = BusyError(operation, "ThrottlingException", "Rate exceeded")
    match operation:
        case "DescribeStacks":
            account.stacks.errors.extend([busy, *denied])
        case "ListExecutions":
            account.fail_list_executions(busy, *denied)
        case _:
            account.storage.fail_next("data_reader", busy)
            account.storage.fail_next("data_reader", denied[0], times=20)
    began = account.clock.now

    execution = refresh(full)

    assert execution.cause is not None
    assert message in execution.cause
    assert f"{operation} failed with AccessDeniedException" in execution.cause
    assert execution.cause.endswith("; the next refresh tries again.")
    assert account.clock.now - began > 120  # new permissions need time


def deploy_added(pair: Pair, location: str) -> None:
    assert pair.deploy(template(DATA_LOCATION, location, Full={"TagFingerprint": True}))
    end_operation(pair)


def end_operation(pair: Pair) -> None:
    pair.account.stacks.statuses[pair.members[FULL].stack_id] = "UPDATE_COMPLETE"
    pair.account.clock.advance(60)


def refresh_full(pair: Pair) -> None:
    upload(pair.account, "b.csv")
    assert refresh(pair.members[FULL]).result["Outcome"] == "IMPORTED"


def roll_back_full(pair: Pair) -> None:
    added = pair.template[ADDED]["DataLocation"]
    assert not pair.deploy(template("s3://shop-data/new/", added), fails_before=ADDED)
    end_operation(pair)


@pytest.mark.parametrize("repeat", [refresh_full, roll_back_full], ids=["refresh", "rollback"])
def test_an_import_is_refreshed_after_an_earlier_import_of_its_resource_was_repeated(
    repeat: Callable[[Pair], None], pair: Pair, account: Account
) -> None:
    deploy_added(pair, THIRD_LOCATION)
    deploy_added(pair, OTHER_LOCATION)  # adopts its first job
    repeat(pair)
    upload(account, "new.csv", location=OTHER_LOCATION)

    assert refresh(pair.members[ADDED]).result["ImportedFiles"] == 1
    assert "new.csv" in imported_files(account)


@pytest.mark.parametrize("repeat", [refresh_full, roll_back_full], ids=["refresh", "rollback"])
def test_a_late_refresh_of_an_import_that_was_undone_is_skipped_although_its_rows_were_repeated(
    repeat: Callable[[Pair], None], pair: Pair, account: Account
) -> None:
    upload(account, "third.csv", location=THIRD_LOCATION)
    deploy_added(pair, THIRD_LOCATION)
    event = pair.members[ADDED].refresh_event()
    account.clock.advance(60)
    deploy_added(pair, OTHER_LOCATION)
    repeat(pair)
    upload(account, "late.csv", location=THIRD_LOCATION)

    execution = account.refresh(event)
    account.run()

    assert execution.result["Reason"] == "the import has changed since the refresh was requested"
    assert "third.csv" in imported_files(account)


def test_a_refresh_of_a_follower_and_one_of_its_full_import_repeat_it_once(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")
    full_refresh = begin_refresh(pair.members[FULL])
    (job,) = jobs_of_refreshes(account)
    account.run(until=job.created_at + job.job_behavior.seconds - 1)
    account.clock.now = job.created_at + job.job_behavior.seconds
    account.personalize.fail_next("describe_dataset_import_job", Killed())  # in the next poll of the first refresh

    follower_refresh = begin_refresh(pair.members[ADDED])
    repeats = [each.name[-2:] for each in jobs_of_refreshes(account)[1:]]
    account.run()

    assert repeats == ["-2"]
    assert full_refresh.result["Outcome"] == follower_refresh.result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv", "b.csv", "rows.csv"]


def test_a_rollback_after_a_refresh_repeats_the_imports_after_it(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")
    refresh(pair.members[FULL])

    assert not pair.deploy(template("s3://shop-data/new/", OTHER_LOCATION), fails_before=ADDED)

    assert imported_files(account) == ["a.csv", "b.csv", "rows.csv"]
    *_, repeat = account.personalize.jobs.values()
    assert repeat.name.endswith("-3")
    assert REFRESH_TAG not in account.personalize.tags[repeat.arn]


def test_a_refresh_repeats_rows_that_an_earlier_one_could_not(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")
    execution = begin_refresh(pair.members[FULL])
    account.personalize.job_behavior = FAILS
    account.run()
    account.personalize.job_behavior = JobBehavior()

    assert execution.cause is not None
    assert "The rows that Added had added to the dataset are missing. The next refresh" in execution.cause
    assert imported_files(account) == ["a.csv", "b.csv"]
    account.clock.advance(2)
    assert refresh(pair.members[FULL]).result["Outcome"] == "IMPORTED"
    assert imported_files(account) == ["a.csv", "b.csv", "rows.csv"]
    assert len([job for job in jobs_of_refreshes(account) if "-Full-" in job.name]) == 1


def test_a_refresh_repeats_no_rows_while_the_stack_changes(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")
    execution = begin_refresh(pair.members[FULL])
    account.stacks.statuses[pair.members[FULL].stack_id] = "UPDATE_IN_PROGRESS"

    account.run()

    assert execution.cause is not None
    assert "No job was started: the stack is UPDATE_IN_PROGRESS. The rows that Added had added" in execution.cause
    assert len(jobs_of_refreshes(account)) == 1


def test_an_update_after_a_refresh_repeats_nothing(pair: Pair, account: Account) -> None:
    upload(account, "b.csv")
    refresh(pair.members[FULL])
    full_only = template(DATA_LOCATION, Full={"TagFingerprint": True})
    both = template(DATA_LOCATION, f"{OTHER_LOCATION}new/", Full={"TagFingerprint": True})
    assert pair.deploy(full_only)
    refresh(pair.members[FULL])
    upload(account, "c.csv")
    pair.members[FULL].settle()
    account.stacks.statuses[pair.members[FULL].stack_id] = "UPDATE_COMPLETE"
    refresh(pair.members[FULL])

    assert pair.deploy(both)
    assert imported_files(account) == ["a.csv", "b.csv", "c.csv"]
    account.stacks.statuses[pair.members[FULL].stack_id] = "UPDATE_COMPLETE"
    refresh(pair.members[FULL], always=True)

    assert imported_files(account) == ["a.csv", "b.csv", "c.csv"]


def test_a_refresh_whose_function_never_works_fails_after_an_hour(full: Stack, account: Account) -> None:
    account.stacks.errors.extend([Killed()] * (RETRIES_MAX + 10))
    began = account.clock.now

    refresh(full)

    assert len(account.abandoned) == 1
    assert 3600 <= account.clock.now - began <= 3700
    assert jobs_of_refreshes(account) == []
