"""The schedule of polls."""

from statistics import mean

import pytest

from personalize_import_handler.errors import BusyError
from personalize_import_handler.request import polling, queueing
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [
        *((-1800, 30), (0, 30), (19.9, 30), (20, 105), (179, 105), (180, 12), (599, 12), (600, 10), (1199, 10)),
        *((1200, 30), (1799, 30), (1800, 60), (3599, 60), (3600, 90), (100_000, 90)),
    ],
)
def test_the_wait_depends_on_how_long_the_job_has_been_running(elapsed: float, seconds: int) -> None:
    assert polling.seconds_until_next_poll(elapsed) == seconds


def test_retries_are_22_to_38_seconds_apart() -> None:
    assert {polling.seconds_until_retry() for _ in range(1000)} <= set(range(22, 39))


def test_retries_are_spread_over_time() -> None:
    assert len({polling.seconds_until_retry() for _ in range(100)}) > 3


def test_a_throttled_poll_is_retried_sooner_than_a_queued_import(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    monkeypatch.setattr(polling, "seconds_until_retry", lambda: 7)
    monkeypatch.setattr(queueing, "seconds_until_retry", lambda _: 1000)
    personalize.job_behavior = JobBehavior(seconds=400)
    event = cloudformation.begin("Create", properties())
    account.run(until=account.clock.now + 300)
    began = account.clock.now
    personalize.fail_next(
        "describe_dataset_import_job",
        BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded"),
        times=3,
    )

    assert cloudformation.run(event).sent_at - began < 200


def test_an_import_without_a_job_is_queued(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    monkeypatch.setattr(polling, "seconds_until_retry", lambda: 7)
    monkeypatch.setattr(queueing, "seconds_until_retry", lambda _: 1000)
    busy = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources")
    personalize.fail_next("create_dataset_import_job", busy)
    personalize.job_behavior = JobBehavior(seconds=0)
    started_at = account.clock.now

    assert 1000 <= cloudformation.create(properties()).sent_at - started_at < 1100


@pytest.mark.parametrize("timeout", [60, 70, 599, 3300])
def test_the_last_poll_is_at_the_timeout_and_not_after_it(
    timeout: int, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=timeout - 1)
    started_at = account.clock.now

    response = cloudformation.create(properties(TimeoutSeconds=timeout))

    assert response.succeeded
    assert account.polled_at[-1] - started_at <= timeout


def test_the_end_of_jobs_of_4_to_17_minutes_is_detected_in_less_than_6_seconds_on_average() -> None:
    lags = []
    for ends_at in range(4 * 60, 17 * 60 + 1):
        polled_at = 0.5
        while polled_at < ends_at:
            polled_at += polling.seconds_until_next_poll(polled_at)
        lags.append(polled_at - ends_at)

    assert mean(lags) < 6


def test_a_job_of_an_hour_is_described_less_than_200_times(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3290)

    cloudformation.create(properties())

    assert len(account.polled_at) < 200


def test_an_adopted_job_is_polled_according_to_its_age(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=1000)
    cloudformation.create(properties(Wait=False))
    account.clock.advance(600)
    joined_at = account.clock.now

    CloudFormation(account, generation=2).create(properties())

    assert [at - joined_at for at in account.polled_at if at >= joined_at][:3] == [0, 10, 20]


def test_a_poll_just_before_the_timeout_waits_a_second_for_the_last_one(
    cloudformation: CloudFormation, account: Account
) -> None:
    cloudformation.begin("Create", properties(TimeoutSeconds=60))
    account.clock.advance(59.7)

    account.step()

    (execution,) = account.executions.values()
    assert execution.due_at == account.clock.now + 1
