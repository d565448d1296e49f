"""Wait chains: imports that take longer than CloudFormation waits for one resource."""

import pytest

from personalize_import_handler.contract import Attribute
from personalize_import_handler.errors import BusyError
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import DATASET_ARN, FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.wait_chain import WaitChain

HOUR = 3600
OTHER_LOCATION = "s3://shop-data/interactions-2/"
NO_ROOM = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")
THROTTLED = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")


def statuses(responses: list[object]) -> list[str]:
    return [response.attributes.get("Status", response.status) for response in responses]  # type: ignore[attr-defined]


def test_the_resources_wait_in_order_for_a_job_of_three_hours(account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=3 * HOUR)
    began = account.clock.now

    responses = WaitChain(account, resource_count=5).create(properties())

    assert statuses([*responses]) == ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"]
    assert [round(response.sent_at - began) for response in responses[:4]] == [2400, 4800, 7200, 9600]
    assert 3 * HOUR <= responses[4].sent_at - began <= 3 * HOUR + 60
    assert {response.job_arn for response in responses} == {next(iter(personalize.jobs.values())).arn}
    assert all(set(response.attributes) == set(Attribute) for response in responses)


def test_the_remaining_resources_do_not_wait_for_a_job_that_has_ended(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=600)
    began = account.clock.now

    responses = WaitChain(account, resource_count=3).create(properties())

    assert statuses([*responses]) == ["ACTIVE"] * 3
    assert responses[-1].sent_at - began < 660


def test_after_the_whole_timeout_the_last_resource_fails_and_the_next_deployment_adopts_the_job(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3 * HOUR)
    chain = WaitChain(account, resource_count=3)

    *_, failed = chain.create(properties())

    (job,) = personalize.jobs.values()
    assert failed.reason == (
        f"Timed out: DatasetImportJob {job.name} is still CREATE IN_PROGRESS after 2 h 0 min. "
        "A job can't be stopped, so it continues; deploying again adopts it instead of starting another one."
    )
    assert all(
        response.succeeded for response in WaitChain(account, resource_count=3, generation=2).create(properties())
    )
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize("hours", [0.5, 1.0, 1.9])
def test_a_job_that_fails_late_fails_the_waiting_resource_with_the_reason_of_the_job(
    hours: float, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=hours * HOUR, end="CREATE FAILED", failure_reason="Broken row")

    responses = WaitChain(account, resource_count=3).create(properties())

    assert len(responses) == int(hours * HOUR / 2400) + 1
    assert responses[-1].reason.startswith("Broken row. ")
    assert len(personalize.jobs) == 1


def test_a_job_that_has_failed_between_two_resources_is_not_started_again(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=2400 + 5, end="CREATE FAILED", failure_reason="Broken row")
    chain = WaitChain(account, resource_count=2)
    first, second = chain.resources
    continued = first.create(chain.properties_of(properties(), 0, None))
    account.clock.advance(60)

    response = second.create(chain.properties_of(properties(), 1, continued.job_arn))

    assert response.reason.startswith("Broken row. ")
    assert len(personalize.jobs) == 1


def test_an_import_that_is_queued_for_more_than_an_hour_is_started_by_the_next_resource(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=40)

    responses = WaitChain(account, resource_count=3).create(properties())

    assert statuses([*responses]) == ["UNKNOWN", "ACTIVE", "ACTIVE"]
    assert len({response.job_arn for response in responses}) == 1
    assert set(responses[0].attributes) == set(Attribute)
    assert responses[0].attributes["JobName"] in personalize.jobs
    assert responses[0].attributes["DatasetArn"] == DATASET_ARN


def test_an_import_is_queued_until_the_whole_timeout(account: Account, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)

    *_, failed = WaitChain(account, resource_count=3).create(properties())

    assert failed.reason.startswith("Timed out after 2 h 0 min: More than 5 resources with PENDING status. ")
    assert "was queued with 0 imports of the same provider ahead of it" in failed.reason
    assert personalize.jobs == {}


def test_a_job_that_can_not_be_described_is_reported_with_the_time_of_all_resources(
    account: Account, personalize: FakePersonalize
) -> None:
    chain = WaitChain(account, resource_count=2)
    personalize.job_behavior = JobBehavior(seconds=3 * HOUR)
    first, last = chain.resources
    continued = first.create(chain.properties_of(properties(), 0, None))
    personalize.fail_next("describe_dataset_import_job", THROTTLED, times=10_000)

    failed = last.create(chain.properties_of(properties(), 1, continued.job_arn))

    assert failed.reason.startswith("Timed out after 1 h 20 min: Rate exceeded")


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_function_is_killed_while_a_later_resource_starts_the_job(
    after_effect: bool, account: Account, personalize: FakePersonalize
) -> None:
    chain = WaitChain(account, resource_count=2)
    first, second = chain.resources
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)
    continued = first.create(chain.properties_of(properties(), 0, None))
    personalize.clear_faults()
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=after_effect)

    assert second.create(chain.properties_of(properties(), 1, continued.job_arn)).succeeded
    assert len(personalize.jobs) == 1


def test_the_resources_wait_for_an_update_in_the_same_way(account: Account, personalize: FakePersonalize) -> None:
    chain = WaitChain(account, resource_count=5)
    chain.create(properties())
    personalize.job_behavior = JobBehavior(seconds=3 * HOUR)

    responses = chain.update(properties(DataLocation=OTHER_LOCATION))

    assert statuses([*responses]) == ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"]
    assert len(personalize.jobs) == 2
    assert all(response.succeeded for resource in chain.resources for response in resource.clean_up())
    assert personalize.imported() == [OTHER_LOCATION]


def test_an_update_without_another_import_starts_no_job(account: Account, personalize: FakePersonalize) -> None:
    chain = WaitChain(account, resource_count=3)
    chain.create(properties())

    assert statuses([*chain.update(properties(Tags=[{"Key": "team", "Value": "data"}]))]) == ["ACTIVE"] * 3
    assert len(personalize.jobs) == 1


def test_an_update_of_a_wait_chain_that_times_out_is_rolled_back_after_the_end_of_its_job(
    account: Account, personalize: FakePersonalize
) -> None:
    chain = WaitChain(account, resource_count=3)
    chain.create(properties())
    personalize.job_behavior = JobBehavior(seconds=3 * HOUR)
    assert not chain.update(properties(DataLocation=OTHER_LOCATION))[-1].succeeded
    personalize.job_behavior = JobBehavior(seconds=HOUR - 900)  # a queued import retries after a random time

    rolled_back = chain.update(properties())

    assert statuses([*rolled_back])[-1] == "ACTIVE"
    assert personalize.max_running == 1
    assert personalize.imported() == [DATA_LOCATION]


def test_a_resource_with_the_arn_of_an_earlier_job_waits_for_the_later_one(
    account: Account, personalize: FakePersonalize
) -> None:
    chain = WaitChain(account, resource_count=2)
    earlier = chain.create(properties())[0].job_arn
    chain.update(properties(DataLocation=OTHER_LOCATION))
    personalize.job_behavior = JobBehavior(seconds=3000)
    first, second = chain.resources
    first.update(chain.properties_of(properties(), 0, None))

    response = second.update(chain.properties_of(properties(), 1, earlier))

    assert response.attributes["Status"] == "ACTIVE"
    assert response.job_arn == earlier.removesuffix("1") + "2"


def test_a_deletion_during_the_import_waits_for_the_job_so_that_its_dataset_can_be_deleted(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=4 * HOUR)
    chain = WaitChain(account, resource_count=3)
    chain.create(properties())
    (job,) = personalize.jobs.values()

    deleted = chain.delete()

    assert [response.succeeded for response in deleted] == [True] * 3
    assert deleted[-1].sent_at >= job.created_at + 4 * HOUR


def test_a_deletion_after_the_first_resource_ended_without_a_job_succeeds_at_once(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)
    chain = WaitChain(account, resource_count=2)
    first, second = chain.resources
    continued = first.create(chain.properties_of(properties(), 0, None))
    second.begin("Create", chain.properties_of(properties(), 1, continued.job_arn))
    began = account.clock.now

    assert second.delete("shop-ImportWait2-1A2B3C4D5E6F").succeeded
    assert first.delete().succeeded
    personalize.clear_faults()
    account.run()
    assert account.clock.now - began < 120
    assert personalize.jobs == {}, "the cancelled resource starts no job any more"


def test_without_waiting_every_resource_succeeds_when_the_job_is_accepted(
    account: Account, personalize: FakePersonalize
) -> None:
    began = account.clock.now

    responses = WaitChain(account, resource_count=3).create(properties(Wait=False))

    assert statuses([*responses]) == ["CREATE PENDING"] * 3
    assert responses[-1].sent_at == began
