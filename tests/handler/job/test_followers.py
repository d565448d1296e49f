"""INCREMENTAL imports that are repeated after a rollback has repeated the FULL import before them."""

from typing import Any

import pytest

from personalize_import_handler.aws.personalize import JobSummary
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.job.followers import History, Repeat
from personalize_import_handler.request.job_names import names_from_job_arn
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior, job_arn, job_summary
from tests.handler.support.properties import asset_properties, properties, tags
from tests.handler.support.simulator import CloudFormation

FOLLOWED = [{"LogicalId": "Added"}, {"LogicalId": "More"}]
ANOTHER_ROLE = "arn:aws:iam::123456789012:role/another"
ONE, TWO, ROWS = "s3://shop-data/1/", "s3://shop-data/2/", "s3://shop-data/rows/"
F1, F2, F3, A, B, X = (letter * 12 for letter in ("1", "2", "3", "a", "b", "c"))


def full(location: str = ONE, **changed: Any) -> dict[str, Any]:
    return properties(DataLocation=location, FollowedBy=FOLLOWED, **changed)


def added(**changed: Any) -> dict[str, Any]:
    return properties(DataLocation=ROWS, ImportMode="INCREMENTAL", **changed)


@pytest.fixture
def follower(account: Account) -> CloudFormation:
    return CloudFormation(account, logical_id="Added")


@pytest.fixture
def failed(cloudformation: CloudFormation, follower: CloudFormation) -> CloudFormation:
    """Return the resource with the FULL import, after an update that another resource has made fail."""
    cloudformation.create(full())
    follower.create(added(Tags=tags(team="data"), RoleArn=ANOTHER_ROLE))
    cloudformation.update(full(TWO))
    return cloudformation


def test_a_rollback_repeats_the_job_of_a_follower_with_the_same_settings(
    failed: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    (first,) = [job for job in personalize.jobs.values() if job.properties.data_location == ROWS]
    personalize.tags[first.arn]["aws:cloudformation:stack-name"] = "shop"

    response = failed.roll_back()

    again = personalize.jobs[f"{first.name[:-1]}2"]
    assert response.succeeded
    assert response.attributes["JobName"].startswith("shop-Import-")
    assert response.attributes["Status"] == "ACTIVE"
    assert personalize.imported() == [ONE, ROWS]
    assert response.sent_at >= again.created_at + again.job_behavior.seconds
    assert personalize.tags_of(again.arn) == {"team": "data"}
    assert (again.properties.role_arn, again.properties.import_mode) == (ANOTHER_ROLE, "INCREMENTAL")
    assert {*personalize.calls_of("list_tags")} == {first.arn, again.arn, response.job_arn}


def test_the_polls_of_a_running_repeat_do_not_read_the_settings_of_its_job_again(
    failed: CloudFormation, personalize: FakePersonalize
) -> None:
    failed.roll_back()

    (first, again) = [job.arn for job in personalize.jobs.values() if job.properties.data_location == ROWS]
    assert personalize.calls_of("list_tags").count(first) == 3  # two selections of the next job, one start
    assert personalize.calls_of("describe_dataset_import_job").count(again) > 2


def test_the_next_update_of_the_follower_adopts_that_job(
    failed: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = failed.roll_back().job_arn
    jobs = [*personalize.jobs]

    assert follower.update(added(After=arn, RoleArn=ANOTHER_ROLE, Tags=tags(team="data"))).succeeded
    assert [*personalize.jobs] == jobs


def test_a_repeat_publishes_attribution_metrics_as_its_job_did(
    cloudformation: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(full())
    follower.create(added(PublishAttributionMetricsToS3=True))
    cloudformation.update(full(TWO))

    cloudformation.roll_back()

    assert [*personalize.jobs.values()][-1].properties.publish_attribution_metrics_to_s3


def test_the_job_name_of_a_follower_is_the_prefix_of_its_jobs(
    cloudformation: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    named = {"FollowedBy": [{"LogicalId": "Added", "JobName": "rows"}]}
    cloudformation.create({**full(), **named})
    follower.create(added(JobName="rows"))
    cloudformation.update({**full(TWO), **named})

    cloudformation.roll_back()

    assert personalize.imported() == [ONE, ROWS]


@pytest.mark.parametrize("changed", [{"Wait": False}, {"FollowedBy": None}])
def test_without_waiting_or_followers_nothing_is_repeated(
    changed: dict[str, Any], cloudformation: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    def wanted(location: str) -> dict[str, Any]:
        return {name: value for name, value in {**full(location), **changed}.items() if value is not None}

    cloudformation.create(wanted(ONE))
    follower.create(added())
    cloudformation.update(wanted(TWO))

    cloudformation.roll_back()

    assert len(personalize.jobs) == 4


def test_a_create_repeats_nothing(
    cloudformation: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(full())
    follower.create(added())
    personalize.import_elsewhere("by-hand", parse(properties(DataLocation=TWO)))

    assert cloudformation.create(full()).succeeded
    assert len(personalize.jobs) == 4


def test_a_change_of_followers_starts_no_import(cloudformation: CloudFormation) -> None:
    created = cloudformation.create(properties())

    assert cloudformation.update(properties(FollowedBy=FOLLOWED)).job_arn == created.job_arn


def test_a_failed_repeat_fails_the_request_and_a_continued_rollback_starts_another(
    failed: CloudFormation, personalize: FakePersonalize
) -> None:
    original = personalize.list_tags

    def list_tags(resource_arn: str) -> Any:
        personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")
        return original(resource_arn)

    personalize.list_tags = list_tags  # type: ignore[method-assign]
    response = failed.roll_back()

    assert not response.succeeded
    assert response.reason.startswith("Broken row. DatasetImportJob shop-Added-")
    assert "The rows that Added had added to the dataset are missing. Continue the rollback" in response.reason
    assert "More" not in response.reason

    personalize.list_tags = original  # type: ignore[method-assign]
    personalize.job_behavior = JobBehavior()
    assert failed.update(full()).succeeded
    assert personalize.imported() == [ONE, ROWS]
    assert [name[-2:] for name in personalize.jobs if name.startswith("shop-Added-")] == ["-1", "-2", "-3"]


def test_a_function_that_is_killed_after_starting_a_failing_job_starts_no_other(
    failed: CloudFormation, personalize: FakePersonalize
) -> None:
    original = personalize.list_tags

    def list_tags(resource_arn: str) -> Any:
        personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED", failure_reason="Broken row")
        personalize.list_tags = original  # type: ignore[method-assign]
        personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)
        return original(resource_arn)

    personalize.list_tags = list_tags  # type: ignore[method-assign]

    assert failed.roll_back().reason.startswith("Broken row. DatasetImportJob shop-Added-")
    assert len([name for name in personalize.jobs if name.startswith("shop-Added-")]) == 2


def test_files_of_the_full_import_are_not_copied_for_repeats(
    cloudformation: CloudFormation, follower: CloudFormation, account: Account
) -> None:
    one, two = ({**asset_properties("a.csv", version=version), "FollowedBy": FOLLOWED} for version in (1, 2))
    account.storage.objects |= {file["Source"]: "USER_ID" for each in (one, two) for file in each["DataFiles"]}
    cloudformation.create(one)
    follower.create(added())
    cloudformation.update(two)

    assert cloudformation.roll_back().succeeded
    assert account.personalize.imported() == [one["DataLocation"], ROWS]
    assert len([name for name, _ in account.storage.calls if name == "copy"]) == 3


def test_a_continued_rollback_copies_no_files_of_the_full_import(
    cloudformation: CloudFormation, follower: CloudFormation, account: Account
) -> None:
    one, two = ({**asset_properties("a.csv", version=version), "FollowedBy": FOLLOWED} for version in (1, 2))
    account.storage.objects |= {file["Source"]: "USER_ID" for each in (one, two) for file in each["DataFiles"]}
    cloudformation.create(one)
    follower.create(added())
    cloudformation.update(two)
    account.personalize.fail_next("list_tags", RefusedError("ListTagsForResource", "InvalidInputException", "Not now."))
    assert not cloudformation.roll_back().succeeded
    copied = [name for name, _ in account.storage.calls if name == "copy"]

    assert cloudformation.update(one).succeeded
    assert [name for name, _ in account.storage.calls if name == "copy"] == copied


def test_an_error_while_reading_tags_names_all_followers(failed: CloudFormation, personalize: FakePersonalize) -> None:
    refused = RefusedError("ListTagsForResource", "InvalidInputException", "No such job.")
    personalize.fail_next("list_tags", refused)

    response = failed.roll_back()

    assert response.reason.startswith("No such job. ListTagsForResource of ")
    assert "The rows that Added, More had added" in response.reason


def test_an_error_while_listing_jobs_names_all_followers(failed: CloudFormation, personalize: FakePersonalize) -> None:
    original = personalize.describe_dataset_import_job

    def describe(dataset_import_job_arn: str) -> Any:
        job = original(dataset_import_job_arn)
        if job and job.status == "ACTIVE" and dataset_import_job_arn.endswith("-2"):
            denied = RefusedError("ListDatasetImportJobs", "InvalidInputException", "No such dataset.")
            personalize.fail_next("list_dataset_import_jobs", denied)
        return job

    personalize.describe_dataset_import_job = describe  # type: ignore[method-assign]

    response = failed.roll_back()

    assert response.reason.startswith("No such dataset.")
    assert "The rows that Added, More had added" in response.reason


def test_a_throttled_list_is_retried(failed: CloudFormation, personalize: FakePersonalize) -> None:
    throttled = BusyError("ListTagsForResource", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("list_tags", throttled, times=3)

    assert failed.roll_back().succeeded
    assert personalize.imported() == [ONE, ROWS]


def test_a_superseded_request_starts_no_job_again(failed: CloudFormation, personalize: FakePersonalize) -> None:
    assert failed.properties_before is not None
    event = failed.event("Update", failed.properties_before)
    failed.properties = failed.properties_before
    failed.account.deliver(event)
    while not [name for name in personalize.jobs if name.startswith("shop-Import-") and name.endswith("-2")]:
        failed.account.step()
    failed.begin("Update", full(TWO))
    failed.account.run()

    assert [name for name in personalize.jobs if name.startswith("shop-Added-") and name.endswith("-2")] == []


def test_a_resource_of_a_wait_chain_leaves_the_remaining_repeats_to_the_next_one(
    cloudformation: CloudFormation, follower: CloudFormation, personalize: FakePersonalize
) -> None:
    next_one = CloudFormation(cloudformation.account, logical_id="ImportWait2")
    chained: dict[str, Any] = {"HandsOver": True, "TimeoutSeconds": 1200}

    def wait_for(arn: str, location: str) -> dict[str, Any]:
        first = {"LogicalId": "Import", "PhysicalId": cloudformation.physical_resource_id}
        return full(location, DatasetImportJobArn=arn, FirstResource=first, WaitedSeconds=1200)

    next_one.create(wait_for(cloudformation.create(full(**chained)).job_arn, ONE))
    follower.create(added())
    next_one.update(wait_for(cloudformation.update(full(TWO, **chained)).job_arn, TWO))
    personalize.job_behavior = JobBehavior(seconds=1000)

    completed = cloudformation.roll_back()
    assert completed.succeeded
    assert completed.attributes["Status"] == "ACTIVE"
    assert personalize.imported() == [ONE]

    assert next_one.update(wait_for(completed.job_arn, ONE)).succeeded
    assert personalize.imported() == [ONE, ROWS]
    assert len(personalize.jobs) == 5


def test_a_name_that_is_taken_is_skipped(failed: CloudFormation, personalize: FakePersonalize) -> None:
    (first,) = [name for name in personalize.jobs if name.startswith("shop-Added-")]
    personalize._names_taken.add(f"{first[:-1]}2")

    assert failed.roll_back().succeeded
    assert personalize.imported() == [ONE, ROWS]
    assert f"{first[:-1]}3" in personalize.jobs


# Which job is repeated, by the jobs of the dataset alone.


def job(name: str, at: float, status: str = "ACTIVE", mode: ImportMode | None = None) -> JobSummary:
    mode = mode or (ImportMode.FULL if name.startswith("full-") else ImportMode.INCREMENTAL)
    return job_summary(job_arn(name), at, status, mode)


def history(
    *jobs: JobSummary, previous: str = F2, followers: tuple[str, ...] = ("added", "more"), **changed: Any
) -> Any:
    current = max(
        (each for each in jobs if each.import_mode is ImportMode.FULL), key=lambda job: job.creation_date_time
    )
    prefixes = [job_arn(f"{name}-") for name in followers]
    known = {
        "jobs": [*reversed(jobs)],
        "current": current,
        "names": names_from_job_arn(current.dataset_import_job_arn),
        "previous": names_from_job_arn(job_arn(f"full-{previous}-1")),
        "prefixes": prefixes,
        "prefixes_before": prefixes,
        "dataset_created_at": 0,
    }
    return History(**{**known, **changed})


def names(*jobs: str, at: int = 1) -> list[JobSummary]:
    return [job(name, number) for number, name in enumerate(jobs, at)]


def repeat(name: str, attempt: int) -> Repeat:
    return Repeat(job_arn(name), attempt)


def test_jobs_between_the_two_full_imports_are_repeated_in_order() -> None:
    made = names(f"full-{F1}-1", f"more-{B}-1", f"added-{A}-1", f"full-{F2}-1", f"full-{F1}-2")

    assert history(*made).next_repeat() == repeat(f"more-{B}-1", 2)
    made += names(f"more-{B}-2", at=6)
    assert history(*made).next_repeat() == repeat(f"added-{A}-1", 2)
    made += names(f"added-{A}-2", at=7)
    assert history(*made).next_repeat() is None


def test_a_follower_that_was_updated_is_repeated_before_one_that_was_not() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"more-{B}-1", f"full-{F2}-1", f"added-{X}-1", f"full-{F1}-2")

    assert history(*made).next_repeat() == repeat(f"added-{A}-1", 2)


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED"])
def test_nothing_is_repeated_if_every_follower_was_updated(status: str) -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F2}-1")

    assert history(*made, job(f"added-{X}-1", 4, status), *names(f"full-{F1}-2", at=5)).next_repeat() is None


def test_a_follower_that_was_updated_afterwards_is_not_repeated() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F2}-1", f"full-{F1}-2", f"added-{X}-1")

    assert history(*made).next_repeat() is None


def test_two_followers_with_the_same_prefix_are_counted() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"added-{B}-1", f"full-{F2}-1", f"added-{A}-2")
    same = ("added", "added")

    assert history(*made, *names(f"full-{F1}-2", at=7), followers=same).next_repeat() == repeat(f"added-{A}-1", 3)
    made += names(f"added-{B}-2", at=6)
    assert history(*made, *names(f"full-{F1}-2", at=7), followers=same).next_repeat() is None


def test_a_follower_that_had_added_nothing_is_not_waited_for() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F2}-1", f"added-{A}-2", f"full-{F1}-2")

    assert history(*made, followers=("added", "added")).next_repeat() is None


def test_a_full_import_with_the_prefix_of_a_follower_is_not_one_of_the_follower() -> None:
    added = job(f"full-{A}-1", 1.5, mode=ImportMode.INCREMENTAL)
    made = names(f"full-{F1}-1", f"full-{F2}-1", f"full-{F3}-1", f"full-{F1}-2")

    assert history(*made, added, followers=("full",)).next_repeat() == repeat(f"full-{A}-1", 2)


def test_a_repeat_for_one_follower_does_not_repeat_another_that_was_updated() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"more-{B}-1", f"full-{F2}-1", f"more-{B}-2")
    made += names(f"full-{F1}-2", f"added-{A}-2", f"more-{X}-1", at=6)

    assert history(*made).next_repeat() is None


def test_the_latest_attempt_at_an_import_represents_all_attempts() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"added-{A}-2", f"full-{F2}-1", f"full-{F1}-2")

    assert history(*made).next_repeat() == repeat(f"added-{A}-2", 3)


def test_all_rows_that_a_follower_had_added_are_repeated() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"added-{X}-1", f"full-{F2}-1", f"full-{F1}-2", f"added-{A}-2")

    assert history(*made).next_repeat() == repeat(f"added-{X}-1", 2)


def test_a_follower_that_the_update_had_removed_is_repeated_alone() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"more-{B}-1", f"full-{F2}-1", f"added-{A}-2", f"full-{F1}-2")
    before = [job_arn("added-")]

    assert history(*made, prefixes_before=before).next_repeat() == repeat(f"more-{B}-1", 2)


@pytest.mark.parametrize("status", ["CREATE FAILED", "CREATE IN_PROGRESS"])
def test_a_job_that_has_added_nothing_is_not_repeated(status: str) -> None:
    made = names(f"full-{F1}-1", f"full-{F2}-1", f"full-{F1}-2", at=10)

    assert history(*made, job(f"added-{A}-1", 10.5, status)).next_repeat() is None


@pytest.mark.parametrize(("status", "attempt"), [("CREATE IN_PROGRESS", 2), ("CREATE FAILED", 3)])
def test_a_running_repeat_is_continued_and_a_failed_one_is_followed_by_another_attempt(
    status: str, attempt: int
) -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F2}-1", f"full-{F1}-2")

    assert history(*made, job(f"added-{A}-2", 5, status)).next_repeat() == repeat(f"added-{A}-1", attempt)


def test_jobs_of_other_resources_are_not_repeated() -> None:
    made = names(f"full-{F1}-1", "by-hand", f"other-{A}-1", "added-by-hand", f"full-{F2}-1", f"full-{F1}-2")

    assert history(*made).next_repeat() is None


def test_a_first_attempt_repeats_nothing() -> None:
    assert history(*names(f"full-{F1}-1", f"added-{A}-1", f"full-{F2}-1")).next_repeat() is None


def test_an_earlier_attempt_that_failed_had_no_rows_after_it() -> None:
    failed = job(f"full-{F1}-1", 1, "CREATE FAILED")

    assert history(failed, *names(f"added-{A}-1", f"full-{F2}-1", f"full-{F1}-2", at=2)).next_repeat() is None


def test_a_full_import_of_the_update_that_failed_counts_although_it_failed() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F1}-2", at=1)
    made[2] = job(f"full-{F1}-2", 4)

    for previous in (F2, F3):
        failed = job(f"full-{F2}-1", 3, "CREATE FAILED")
        assert history(*made, failed, previous=previous).next_repeat() == repeat(f"added-{A}-1", 2)


def test_an_earlier_failure_of_the_same_update_does_not_count() -> None:
    made = [
        *names(f"full-{F1}-1"),
        job(f"full-{F2}-1", 2, "CREATE FAILED"),
        *names(f"added-{A}-1", f"full-{F2}-2", f"full-{F1}-2", at=3),
    ]

    assert history(*made).next_repeat() == repeat(f"added-{A}-1", 2)


def test_rows_of_a_failed_incremental_update_are_not_repeated() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"was-{F2}-1", f"added-{X}-1", f"more-{B}-1", f"full-{F1}-2")

    assert history(*made, followers=("added", "was")).next_repeat() is None
    made = names(f"full-{F1}-1", f"was-{F2}-1", f"added-{A}-1", f"was-{F2}-2", f"full-{F1}-2")
    assert history(*made, followers=("added", "was")).next_repeat() == repeat(f"added-{A}-1", 2)


def test_followers_are_not_repeated_for_a_new_dataset() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F1}-2")

    assert history(*made, previous=F1, dataset_created_at=2.5).next_repeat() is None


def test_a_dataset_that_was_replaced_twice_gets_its_previous_rows() -> None:
    made = names(f"full-{F1}-1", f"added-{A}-1", f"full-{F1}-2", f"full-{F1}-3")

    assert history(*made, previous=F1, dataset_created_at=3.5).next_repeat() == repeat(f"added-{A}-1", 2)


def test_a_repeated_import_that_is_queued_keeps_its_place_from_poll_to_poll(
    failed: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = failed.begin("Update", full())
    execution = [*account.executions.values()][-1]
    while "repeated" not in execution.data["CrHelperData"]["Progress"]:
        account.step()
    limit = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources")
    personalize.fail_next("create_dataset_import_job", limit, times=2)

    account.step()
    first = execution.data["CrHelperData"]["Progress"]
    account.step()
    second = execution.data["CrHelperData"]["Progress"]

    assert first["imports_ahead"] == second["imports_ahead"] == 0
    assert first["moved_at"] == second["moved_at"]
    assert second["refusal"] == "More than 5 resources"
    assert failed.run(event).succeeded
