"""How long to wait: known beforehand, never at once, never long."""

from collections.abc import Callable
from statistics import mean

import pytest

from personalize_import_handler.errors import BusyError
from personalize_import_handler.request import polling
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [
        *((-1800, 30), (0, 30), (19.9, 30), (20, 105), (179, 105), (180, 12), (599, 12), (600, 10), (1199, 10)),
        *((1200, 30), (1799, 30), (1800, 60), (3599, 60), (3600, 90), (100_000, 90)),
    ],
)
def test_the_wait_follows_from_how_long_the_job_has_been_running(elapsed: float, seconds: int) -> None:
    assert polling.seconds_until_next_poll(elapsed) == seconds


def test_tries_are_22_to_38_seconds_apart() -> None:
    assert {polling.seconds_until_retry() for _ in range(1000)} <= set(range(22, 39))


def test_who_waits_for_room_asks_again_after_22_to_68_seconds() -> None:
    assert {polling.seconds_until_queued_retry() for _ in range(1000)} <= set(range(22, 69))


@pytest.mark.parametrize("seconds_until", [polling.seconds_until_retry, polling.seconds_until_queued_retry])
def test_not_all_askers_come_back_at_once(seconds_until: Callable[[], int]) -> None:
    assert len({seconds_until() for _ in range(100)}) > 3


def test_a_job_that_can_t_be_seen_is_looked_for_sooner_than_room_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    monkeypatch.setattr(polling, "seconds_until_retry", lambda: 7)
    monkeypatch.setattr(polling, "seconds_until_queued_retry", lambda: 1000)
    personalize.course = Course(seconds=400)
    event = cloudformation.begin("Create", properties())
    account.run(until=account.clock.now + 300)
    began = account.clock.now
    personalize.fail_next(
        "describe_dataset_import_job",
        BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded"),
        times=3,
    )

    assert cloudformation.run(event).answered_at - began < 200


def test_who_has_no_job_yet_waits_for_room(
    monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    monkeypatch.setattr(polling, "seconds_until_retry", lambda: 7)
    monkeypatch.setattr(polling, "seconds_until_queued_retry", lambda: 1000)
    busy = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources")
    personalize.fail_next("create_dataset_import_job", busy)
    personalize.course = Course(seconds=0)
    started_at = account.clock.now

    assert 1000 <= cloudformation.create(properties()).answered_at - started_at < 1100


@pytest.mark.parametrize("timeout", [60, 70, 599, 3300])
def test_the_last_look_is_at_the_end_of_the_time_and_not_after_it(
    timeout: int, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=timeout - 1)
    started_at = account.clock.now

    answer = cloudformation.create(properties(TimeoutSeconds=timeout))

    assert answer.succeeded
    assert account.polled_at[-1] - started_at <= timeout


def test_jobs_of_4_to_17_minutes_are_known_to_have_ended_after_less_than_6_seconds_on_average() -> None:
    lags = []
    for ends_at in range(4 * 60, 17 * 60 + 1):
        looked_at = 0.5
        while looked_at < ends_at:
            looked_at += polling.seconds_until_next_poll(looked_at)
        lags.append(looked_at - ends_at)

    assert mean(lags) < 6


def test_a_job_of_an_hour_is_described_less_than_200_times(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=3290)

    cloudformation.create(properties())

    assert len(account.polled_at) < 200


def test_a_job_that_is_joined_late_is_looked_at_as_often_as_if_it_had_been_waited_for_all_the_time(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=1000)
    cloudformation.create(properties(Wait=False))
    account.clock.advance(600)
    joined_at = account.clock.now

    CloudFormation(account, generation=2).create(properties())

    assert [at - joined_at for at in account.polled_at if at >= joined_at][:3] == [0, 10, 20]


def test_a_look_just_before_the_end_of_the_time_waits_a_second_for_the_last_one(
    cloudformation: CloudFormation, account: Account
) -> None:
    cloudformation.begin("Create", properties(TimeoutSeconds=60))
    account.clock.advance(59.7)

    account.step()

    (execution,) = account.executions.values()
    assert execution.due_at == account.clock.now + 1
