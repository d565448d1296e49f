"""The usual duration of an import: read from the list of jobs, and kept until the job ends."""

from collections.abc import Sequence
from typing import Any

import pytest

from personalize_import_handler.aws.personalize import JobSummary
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.job.earlier_jobs import usual_seconds
from tests.faults.support.refreshes import deploy, refresh, upload
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, Job, JobBehavior, job_arn, job_summary
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation
from tests.handler.support.wait_chain import WaitChain

NEW = job_arn("shop-Import-0123456789ab-9")
ROWS = "s3://shop-data/rows/"


def listed(number: int, seconds: float, **changed: Any) -> JobSummary:
    """Return the job that was created after `number` days, for another import of the resource by default."""
    arn = job_arn(changed.pop("name", f"shop-Import-ba9876543210-{number + 1}"))
    return job_summary(arn, number * 86_400.0, seconds=seconds, **changed)


def usual(jobs: Sequence[JobSummary], arn: str = NEW, import_mode: ImportMode = ImportMode.FULL) -> int | None:
    return usual_seconds(jobs, arn, import_mode)


@pytest.mark.parametrize(
    ("durations", "seconds"),
    [([], None), ([600.4], 600), ([500, 700], 500), ([500, 700, 600], 600), ([1, 1, 1, 500, 700, 600], 600)],
)
def test_the_usual_duration_is_the_median_of_the_latest_three(durations: list[float], seconds: int | None) -> None:
    jobs = [listed(number, each) for number, each in enumerate(durations)]

    assert usual(jobs) == usual(jobs[::-1]) == seconds


def test_one_job_that_took_ten_times_as_long_changes_nothing() -> None:
    assert usual([listed(1, 600), listed(2, 6000), listed(3, 620)]) == 620


def test_a_job_without_a_duration_counts_as_a_second() -> None:
    assert usual([listed(1, 0)]) == usual([listed(1, -3)]) == 1


@pytest.mark.parametrize(
    "other",
    [
        listed(1, 600, status="CREATE FAILED"),
        listed(1, 600, status="CREATE IN_PROGRESS"),
        listed(1, 600, import_mode=ImportMode.INCREMENTAL),
        listed(1, 600, name="shop-Other-ba9876543210-1"),
        listed(1, 600, name="by-hand"),
        listed(1, 600, name="shop-Import-ua9876543210-1"),
    ],
    ids=["failed", "running", "other mode", "other resource", "no resource", "a single file"],
)
def test_only_similar_jobs_that_became_active_count(other: JobSummary) -> None:
    assert usual([other]) is None
    assert usual([other, listed(0, 300)]) == 300


def test_imports_of_single_files_are_similar_to_each_other() -> None:
    files = [listed(number, 240 + number, name=f"shop-Import-u0000000000{number}-1") for number in range(3)]

    assert usual([*files, listed(3, 900)], job_arn("shop-Import-u00000000009-1")) == 241


def polls_of(account: Account, job: Job) -> list[float]:
    """Return when the account was polled after the creation of a job, in seconds since then."""
    return [at - job.created_at for at in account.polled_at if at >= job.created_at]


def is_expected(account: Account, job: Job) -> bool:
    """Return whether a job of 600 seconds was polled rarely until its window, and its end was detected at once."""
    polled_at = polls_of(account, job)
    return not [at for at in polled_at if 30 < at < 450] and any(600 <= at <= 606 for at in polled_at)


@pytest.fixture(autouse=True)
def ten_minutes(personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=600)


def test_the_second_import_of_a_resource_is_polled_by_the_duration_of_the_first(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    cloudformation.update(properties(DataLocation=ROWS))

    first, second = personalize.jobs.values()
    assert (is_expected(account, first), is_expected(account, second)) == (False, True)
    assert len(personalize.calls_of("list_dataset_import_jobs")) == 4, "no list is requested only for the durations"


def test_a_running_job_that_is_adopted_is_polled_by_the_duration_of_the_first(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    cloudformation.update(properties(DataLocation=ROWS, Wait=False))
    account.clock.advance(100)

    cloudformation.update(properties(DataLocation=ROWS))

    polled_at = polls_of(account, [*personalize.jobs.values()][1])
    assert [at for at in polled_at if 100 < at < 450] == []
    assert 600 <= polled_at[-1] <= 606


def test_a_refresh_is_polled_by_the_duration_of_the_deploy(account: Account, personalize: FakePersonalize) -> None:
    stack = Stack(account)
    upload(account, "a.csv")
    deploy(stack, properties(TagFingerprint=True))
    upload(account, "a.csv", content="2")

    assert refresh(stack).result["Outcome"] == "IMPORTED"

    assert is_expected(account, [*personalize.jobs.values()][1])


def test_each_file_of_a_refresh_is_polled_by_the_files_before_it(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = Stack(account)
    upload(account, "a.csv")
    deploy(stack, properties(ImportMode="INCREMENTAL"))
    upload(account, "b.csv", "c.csv")

    refresh(stack)

    _, first, second = personalize.jobs.values()
    polled_at = [at for at in polls_of(account, first) if at < 606]
    assert [at for at in polled_at if 30 < at < 450], "the whole import is not similar"
    assert is_expected(account, second)


def test_the_repeated_import_of_a_follower_is_polled_by_the_duration_of_its_original(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    full = properties(FollowedBy=[{"LogicalId": "Added"}])
    cloudformation.create(full)
    personalize.job_behavior = JobBehavior(seconds=1400)
    CloudFormation(account, logical_id="Added").create(properties(DataLocation=ROWS, ImportMode="INCREMENTAL"))
    personalize.job_behavior = JobBehavior(seconds=600)
    cloudformation.update({**full, "DataLocation": "s3://shop-data/2/"})
    personalize.job_behavior = JobBehavior(seconds=1500)

    assert cloudformation.roll_back().succeeded

    repeated = [job for job in personalize.jobs.values() if job.properties.data_location == ROWS][-1]
    polled_at = polls_of(account, repeated)
    assert [at for at in polled_at if 30 < at < 1050] == [750]
    assert 1500 <= polled_at[-1] <= 1510


def test_each_resource_of_a_wait_chain_polls_by_the_duration_of_the_first_import(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=4000)
    chain = WaitChain(account, resource_count=2)
    chain.create(properties())

    *_, last = chain.update(properties(DataLocation=ROWS))

    assert last.succeeded
    polled_at = polls_of(account, [*personalize.jobs.values()][1])
    assert [at for at in polled_at if 30 < at < 3000] == [750, 1470, 2190, 2400, 2400]
    assert 4000 <= polled_at[-1] <= 4013


def test_a_delete_polls_a_running_job_by_its_age_and_the_duration_of_the_first(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    cloudformation.update(properties(DataLocation=ROWS, Wait=False))
    running = [*personalize.jobs.values()][1]
    account.clock.advance(300)

    deleted_at = cloudformation.delete().sent_at - running.created_at

    assert [at for at in polls_of(account, running) if 300 < at < 450] == []
    assert 600 <= deleted_at <= 606
