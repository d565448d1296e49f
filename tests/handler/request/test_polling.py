"""The schedule of polls."""

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import mean
from typing import Final

import pytest

from personalize_import_handler.errors import BusyError
from personalize_import_handler.request import polling
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

SHARES: Final = (0.1, 1 / 3, 0.74, 0.76, 1, 1.24, 1.26, 3, 10)


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [
        *((-1800, 30), (0, 30), (19.9, 30), (20, 120), (30, 120), (150, 105), (240, 15), (630, 10), (1000, 2)),
        *((1019.9, 2), (1020, 30), (1799, 30), (1800, 60), (3599, 60), (3600, 100), (100_000, 100)),
    ],
)
def test_the_wait_depends_on_how_long_the_job_has_been_running(elapsed: float, seconds: int) -> None:
    assert polling.seconds_until_next_poll(elapsed) == seconds


@pytest.mark.parametrize(
    ("usual", "elapsed", "seconds"),
    [
        # The window is from 450 to 750 seconds.
        *((600, -1800, 30), (600, 0, 30), (600, 30, 427), (600, 449, 8), (600, 450, 7), (600, 650, 4), (600, 749, 2)),
        *((600, 750, 9), (600, 1020, 30)),
        # The window is from 8100 to 13,500 seconds.
        *((10_800, 19.9, 30), (10_800, 20, 720), (10_800, 8000, 130), (10_800, 8100, 30), (10_800, 13_500, 100)),
        # All waits are at least two seconds, and a job that is expected at once is polled soon.
        *((1, 0, 2), (1, 2, 30), (20, 0, 16)),
    ],
)
def test_the_wait_ends_when_the_job_is_likely_to_end(usual: int, elapsed: float, seconds: int) -> None:
    assert polling.seconds_until_next_poll(elapsed, usual) == seconds


def polls(job_seconds: float, usual: int | None = None) -> list[float]:
    """Return when a job is polled, in seconds since its creation; a poll takes a fraction of a second."""
    polled_at = [0.06]
    while polled_at[-1] < job_seconds:
        polled_at.append(polled_at[-1] + polling.seconds_until_next_poll(polled_at[-1], usual) + 0.06)
    return polled_at


def lag_and_calls(jobs: Iterable[tuple[float, int | None]]) -> tuple[float, float]:
    """Return the mean lag and the mean number of polls of jobs: pairs of their duration and the usual one."""
    polled = [(polls(seconds, usual), seconds) for seconds, usual in jobs]
    return mean(each[-1] - seconds for each, seconds in polled), mean(len(each) for each, _ in polled)


def within_a_quarter(usual: int) -> list[tuple[float, int | None]]:
    """Return 40 jobs that take the usual time, plus or minus 25 percent."""
    return [(usual * (0.75 + (number + 0.5) / 80), usual) for number in range(40)]


def test_a_first_import_of_4_to_17_minutes_has_a_lag_of_5_seconds_with_40_polls() -> None:
    lag, calls = lag_and_calls((seconds, None) for seconds in range(4 * 60, 17 * 60 + 1))

    assert (lag <= 5, calls <= 40) == (True, True), (lag, calls)


def test_a_repeated_import_within_a_quarter_of_the_usual_time_has_half_the_lag_with_30_polls() -> None:
    lag, calls = lag_and_calls(job for usual in range(4 * 60, 17 * 60 + 1, 11) for job in within_a_quarter(usual))

    assert (lag <= 2.5, calls <= 30) == (True, True), (lag, calls)


def test_a_repeated_import_of_three_hours_has_a_lag_of_15_seconds() -> None:
    lag, calls = lag_and_calls(within_a_quarter(3 * 3600))

    assert (lag <= 15, calls <= 150) == (True, True), (lag, calls)


def test_a_first_import_of_three_hours_has_a_lag_of_one_percent_with_250_polls() -> None:
    lag, calls = lag_and_calls((3 * 3600 + number, None) for number in range(-300, 301, 7))

    assert (lag <= 108, calls <= 250) == (True, True), (lag, calls)


@pytest.mark.parametrize("usual", [1, 20, 60, 240, 241, 630, 1020, 3600, 10_800, 86_400])
def test_jobs_that_mislead_cost_at_most_the_longest_wait(usual: int) -> None:
    durations = [0.1, 5, 45, *range(60, 1800, 23), *range(1800, 12_000, 577), *(usual * share for share in SHARES)]
    for seconds in durations:
        lag, without = polls(seconds, usual)[-1] - seconds, polls(seconds)[-1] - seconds
        assert lag <= without + polling.LONGEST_WAIT, seconds


@pytest.mark.parametrize("usual", [60, 240, 630, 1020, 3600])
def test_a_job_that_takes_ten_times_as_long_is_polled_as_if_it_were_the_first(usual: int) -> None:
    polled_at = polls(10 * usual, usual)

    after = [(at, later - at) for at, later in pairwise(polled_at) if at >= usual * 1.25]
    assert all(wait <= polling.seconds_until_next_poll(at) + 0.07 for at, wait in after)
    assert len(polled_at) <= len(polls(10 * usual)) + 2 * math.sqrt(usual / 2) / 0.4


@pytest.mark.parametrize("usual", [None, 240, 1020, 10_800])
def test_a_job_that_fails_at_once_is_detected_after_half_a_minute(usual: int | None) -> None:
    assert len(polls(25, usual)) == 2
    assert polls(25, usual)[-1] < 31


def test_retries_are_22_to_38_seconds_apart() -> None:
    assert {polling.seconds_until_retry() for _ in range(1000)} <= set(range(22, 39))


def test_queued_imports_are_retried_after_22_to_68_seconds() -> None:
    assert {polling.seconds_until_queued_retry() for _ in range(1000)} <= set(range(22, 69))


@pytest.mark.parametrize("seconds_until", [polling.seconds_until_retry, polling.seconds_until_queued_retry])
def test_retries_are_spread_over_time(seconds_until: Callable[[], int]) -> None:
    assert len({seconds_until() for _ in range(100)}) > 3


def test_a_throttled_poll_is_retried_sooner_than_a_queued_import(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    monkeypatch.setattr(polling, "seconds_until_retry", lambda: 7)
    monkeypatch.setattr(polling, "seconds_until_queued_retry", lambda: 1000)
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
    monkeypatch.setattr(polling, "seconds_until_queued_retry", lambda: 1000)
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

    assert [at - joined_at for at in account.polled_at if at >= joined_at][:3] == [0, 11, 22]


def test_a_poll_just_before_the_timeout_waits_a_second_for_the_last_one(
    cloudformation: CloudFormation, account: Account
) -> None:
    cloudformation.begin("Create", properties(TimeoutSeconds=60))
    account.clock.advance(59.7)

    account.step()

    (execution,) = account.executions.values()
    assert execution.due_at == account.clock.now + 1
