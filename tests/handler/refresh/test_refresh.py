"""Refreshes with their jobs: fingerprints, tags, preflight, states, limits and what ends them."""

from typing import Any

import pytest

from personalize_import_handler.contract import DATA_FINGERPRINT_TAG, DATA_LOCATION_LENGTH_MAX, REFRESH_TAG
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.contract.refresh_event import REFRESH_POLLS_MAX
from personalize_import_handler.errors import BusyError
from tests.faults.support.refreshes import begin_refresh, deploy, imported_files, jobs_of_refreshes, refresh, upload
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Execution
from tests.handler.support.fakes import JobBehavior
from tests.handler.support.properties import DATA_LOCATION, asset_properties, properties, tags

FULL_IMPORT = properties(TagFingerprint=True)
INCREMENTAL = properties(ImportMode="INCREMENTAL")
GOOD = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(f"u{n},i{n % 50},{1700000000 + n}\n" for n in range(1000))


@pytest.fixture
def stack(account: Account) -> Stack:
    upload(account, "a.csv")
    return Stack(account)


def test_a_refresh_imports_only_if_the_files_have_changed(stack: Stack, account: Account) -> None:
    deploy(stack, FULL_IMPORT)

    unchanged = refresh(stack).result
    upload(account, "a.csv", content="2")
    changed, again = refresh(stack).result, refresh(stack).result

    (job,) = jobs_of_refreshes(account)
    assert unchanged["Outcome"] == again["Outcome"] == "SKIPPED"
    assert again["Reason"] == f"the files are those of {job.name}"
    assert changed == {"Outcome": "IMPORTED", "DatasetImportJobArn": job.arn}


def test_always_imports_the_same_files_again(stack: Stack, account: Account) -> None:
    deploy(stack, properties())

    assert refresh(stack, always=True).result["Outcome"] == "IMPORTED"
    assert account.storage.calls == []


def test_after_a_deploy_without_a_fingerprint_a_refresh_imports_once(stack: Stack, account: Account) -> None:
    deploy(stack, properties())
    deploy(stack, FULL_IMPORT)

    assert len(account.personalize.jobs) == 1
    assert [refresh(stack).result["Outcome"] for _ in range(2)] == ["IMPORTED", "SKIPPED"]


@pytest.mark.parametrize("preflight", [False, True])
def test_a_deploy_tags_its_job_with_the_fingerprint_of_the_files(
    preflight: bool, stack: Stack, account: Account
) -> None:
    upload(account, "a.csv", content=GOOD)

    deploy(stack, {**FULL_IMPORT, "Preflight": preflight})

    (job,) = account.personalize.jobs.values()
    assert len(account.personalize.tags[job.arn][DATA_FINGERPRINT_TAG]) == 32
    assert ("list_objects", DATA_LOCATION) in account.storage.calls
    assert any(operation == "read" for operation, _ in account.storage.calls) is preflight


def test_asset_files_are_copied_before_they_have_a_fingerprint(stack: Stack, account: Account) -> None:
    wanted = asset_properties("one.csv")
    account.storage.add_files(wanted["DataFiles"])

    deploy(stack, {**wanted, "TagFingerprint": True})

    operations = [operation for operation, _ in account.storage.calls]
    assert operations == ["copy", "data_reader", "list_objects"]


def test_a_job_of_a_refresh_has_the_tags_of_the_import_and_the_time_of_the_event(
    stack: Stack, account: Account
) -> None:
    deploy(stack, {**FULL_IMPORT, "Tags": tags(team="data")})
    upload(account, "b.csv")
    event = stack.refresh_event()
    account.refresh(event)
    account.run()

    created, refreshed = (account.personalize.tags[job.arn] for job in account.personalize.jobs.values())
    assert refreshed == {
        **created,
        DATA_FINGERPRINT_TAG: refreshed[DATA_FINGERPRINT_TAG],
        REFRESH_TAG: event["RequestedAt"],
    }
    assert refreshed[DATA_FINGERPRINT_TAG] != created[DATA_FINGERPRINT_TAG]


def test_an_import_that_depends_on_its_data_is_refreshed_under_the_name_that_a_deploy_adopts(
    stack: Stack, account: Account
) -> None:
    wanted = properties(Reimport="WHEN_DATA_CHANGES", DataAsOf="1")
    deploy(stack, wanted)
    upload(account, "b.csv")
    results = [refresh(stack).result for _ in range(2)]

    updated = stack.deploy({**wanted, "DataAsOf": "2"})

    assert [result["Outcome"] for result in results] == ["IMPORTED", "SKIPPED"]
    assert updated.job_arn == results[0]["DatasetImportJobArn"]
    assert updated.job_arn.endswith("-1")


def test_a_failed_preflight_fails_the_refresh_and_starts_no_job(stack: Stack, account: Account) -> None:
    upload(account, "a.csv", content=GOOD)
    deploy(stack, {**FULL_IMPORT, "Preflight": True})
    upload(account, "b.csv", content="USER_ID\n1\n")

    cause = refresh(stack).cause

    assert cause is not None
    assert "was not started, because it would fail. Fix the data; the next refresh tries again, or set" in cause
    assert jobs_of_refreshes(account) == []


@pytest.mark.parametrize("location", [DATA_LOCATION, DATA_LOCATION.removesuffix("/")])
def test_each_new_file_is_imported_by_a_job_in_the_order_of_the_uploads(
    location: str, stack: Stack, account: Account
) -> None:
    deploy(stack, {**INCREMENTAL, "DataLocation": location})
    upload(account, "c.csv", "b.csv")

    result = refresh(stack).result

    jobs = jobs_of_refreshes(account)
    assert [job.properties.data_location for job in jobs] == [f"{DATA_LOCATION}c.csv", f"{DATA_LOCATION}b.csv"]
    assert result == {"Outcome": "IMPORTED", "DatasetImportJobArn": jobs[-1].arn, "ImportedFiles": 2}
    assert refresh(stack).result == {"Outcome": "SKIPPED", "Reason": "there are no new files"}


def test_a_whole_import_that_is_not_in_the_dataset_is_repeated_in_one_job(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv", "c.csv")
    account.personalize.recreate_dataset()

    assert "ImportedFiles" not in refresh(stack).result
    assert [job.name[-2:] for job in jobs_of_refreshes(account)] == ["-2"]
    assert imported_files(account) == ["a.csv", "b.csv", "c.csv"]


def test_a_file_whose_location_is_too_long_fails_the_refresh(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, f"{'x' * 300}.csv")

    cause = refresh(stack).cause

    assert cause is not None
    assert f"has 332 characters, and a job allows {DATA_LOCATION_LENGTH_MAX}. Upload the file under a shorter" in cause


def test_the_states_of_each_job_are_published_as_those_of_a_refresh(stack: Stack, account: Account) -> None:
    deploy(stack, {**INCREMENTAL, "PublishStateChanges": True})
    upload(account, "b.csv", "c.csv")
    account.event_bus.changes.clear()

    refresh(stack)

    changes = account.event_bus.changes
    assert {change["trigger"] for change in changes} == {"REFRESH"}
    assert [change["dataLocation"].rpartition("/")[2] for change in changes if change["status"] == "ACTIVE"] == [
        "b.csv",
        "c.csv",
    ]
    assert [change["previousStatus"] for change in changes if change["status"] == "CREATE PENDING"] == [None, None]


def test_a_failed_job_of_a_refresh_is_published_with_the_cause_of_the_execution(stack: Stack, account: Account) -> None:
    deploy(stack, {**FULL_IMPORT, "PublishStateChanges": True})
    upload(account, "b.csv")
    account.personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    execution = refresh(stack)

    assert account.event_bus.changes[-1]["status"] == "CREATE FAILED"
    assert account.event_bus.changes[-1]["failureReason"] == execution.cause


@pytest.mark.parametrize("changed", [{"RoleArn": "arn:aws:iam::999999999999:role/r"}, {"ImportMode": "SOME"}])
def test_a_refresh_with_properties_that_are_not_allowed_starts_no_job(
    changed: dict[str, Any], stack: Stack, account: Account
) -> None:
    deploy(stack, FULL_IMPORT)
    upload(account, "b.csv")

    assert "No job was started" in str(refresh(stack, properties={**FULL_IMPORT, **changed}).cause)
    assert jobs_of_refreshes(account) == []


def test_a_job_that_outlasts_the_timeout_of_the_event_is_no_longer_monitored(stack: Stack, account: Account) -> None:
    deploy(stack, {**FULL_IMPORT, "PublishStateChanges": True})
    upload(account, "b.csv")
    account.personalize.job_behavior = JobBehavior(seconds=9000)

    cause = refresh(stack, timeout_seconds=7200).cause

    assert str(cause).startswith("Timed out: DatasetImportJob")
    assert str(cause).endswith("is still CREATE IN_PROGRESS after 2 h 0 min. A job can't be stopped, so it continues; "
                               "the next refresh waits for its end.")  # fmt: skip
    assert account.event_bus.changes[-1]["status"] == "UNWATCHED"
    assert refresh(stack).result["Outcome"] == "SKIPPED"  # after that job


def test_the_timeout_begins_with_the_decision_for_each_job(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv", "c.csv", "d.csv")
    account.personalize.job_behavior = JobBehavior(seconds=400)

    assert refresh(stack, timeout_seconds=600).result["ImportedFiles"] == 3


def test_the_timeout_does_not_include_the_time_of_another_import(stack: Stack, account: Account) -> None:
    deploy(stack, FULL_IMPORT)
    upload(account, "b.csv")
    account.personalize.job_behavior = JobBehavior(seconds=2 * 3600)
    account.personalize.import_elsewhere("by-hand", parse(properties()))
    account.personalize.job_behavior = JobBehavior()

    assert refresh(stack, timeout_seconds=600).result["Outcome"] == "IMPORTED"


def test_the_timeout_includes_the_time_before_a_queued_file_was_overwritten(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv")
    busy = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
    account.personalize.fail_next("create_dataset_import_job", busy, times=10_000)
    began = account.clock.now

    execution = begin_refresh(stack, timeout_seconds=3300)
    for number in range(5):
        account.run(until=began + 1500 * (number + 1))
        upload(account, "b.csv", content=f"overwritten {number}")
    account.run()

    assert "was queued and not started" in str(execution.cause)
    assert account.clock.now - began < 3300 + 300


def test_a_refresh_that_is_queued_for_long_polls_less_often(stack: Stack, account: Account) -> None:
    deploy(stack, FULL_IMPORT)
    upload(account, "b.csv")
    busy = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
    account.personalize.fail_next("create_dataset_import_job", busy, times=10_000)
    began = account.clock.now

    execution = refresh(stack, timeout_seconds=36 * 3600 - 60)

    assert account.clock.now - began > 35 * 3600
    assert execution.polls < 700
    assert "was queued and not started" in str(execution.cause)
    assert str(execution.cause).endswith("The next refresh tries again.")


def test_a_refresh_of_too_many_files_ends_between_two_of_them_and_the_next_one_continues(
    stack: Stack, account: Account
) -> None:
    deploy(stack, INCREMENTAL)
    names = [f"{number:03}.csv" for number in range(120)]
    upload(account, *names)
    account.personalize.job_behavior = JobBehavior(seconds=600)

    first = refresh(stack)
    imported = len(imported_files(account)) - 1
    second = refresh(stack).result

    assert first.polls <= REFRESH_POLLS_MAX
    assert first.result == {
        "Outcome": "SKIPPED",
        "Reason": f"the next refresh continues, because this one has polled {first.polls} times; "
        f"{imported} files imported before",
        "ImportedFiles": imported,
    }
    assert second["ImportedFiles"] == 120 - imported
    assert imported_files(account) == ["a.csv", *names]


def test_a_refresh_that_imports_its_last_file_with_its_last_polls_has_imported(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv", "c.csv")
    execution = begin_refresh(stack)
    run_until_file(account, execution, "c.csv")
    execution.data["Progress"]["polls"] = 2200
    account.run()

    assert execution.result["Outcome"] == "IMPORTED"
    assert execution.result["ImportedFiles"] == 2


def test_a_refresh_that_has_polled_for_long_imports_its_first_file(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv")
    execution = account.refresh(stack.refresh_event())
    execution.data["Progress"]["polls"] = 2200
    account.run()

    assert execution.result["ImportedFiles"] == 1


def test_a_refresh_whose_last_job_uses_up_the_polls_fails(stack: Stack, account: Account) -> None:
    deploy(stack, INCREMENTAL)
    upload(account, "b.csv", "c.csv")
    execution = begin_refresh(stack, timeout_seconds=36 * 3600)
    account.personalize.job_behavior = JobBehavior(seconds=20 * 3600)
    run_until_file(account, execution, "c.csv")
    execution.data["Progress"]["polls"] = 1999
    account.run()

    assert f"and {REFRESH_POLLS_MAX} polls, so it is no longer monitored. 1 files were imported." in str(
        execution.cause
    )
    assert account.clock.now - jobs_of_refreshes(account)[-1].created_at > 6 * 3600


def run_until_file(account: Account, execution: Execution, name: str) -> None:
    """Run until the refresh has recorded the job of a file."""
    while execution.data["Progress"].get("file_name") != name:
        account.step()
