"""Imports that take longer than CloudFormation waits for one resource: several resources wait in turn."""

import pytest

from personalize_import_handler.contract import Attribute
from personalize_import_handler.errors import BusyError
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import DATASET_ARN, Course, FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.wait_chain import WaitChain

HOUR = 3600
OTHER_LOCATION = "s3://shop-data/interactions-2/"
NO_ROOM = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")


def statuses(answers: list[object]) -> list[str]:
    return [answer.attributes.get("Status", answer.status) for answer in answers]  # type: ignore[attr-defined]


def test_a_job_of_three_hours_is_waited_for_by_one_resource_after_the_other(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=3 * HOUR)
    began = account.clock.now

    answers = WaitChain(account, resource_count=5).create(properties())

    assert statuses([*answers]) == ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"]
    assert [round(answer.answered_at - began) for answer in answers[:4]] == [2400, 4800, 7200, 9600]
    assert 3 * HOUR <= answers[4].answered_at - began <= 3 * HOUR + 60
    assert {answer.job_arn for answer in answers} == {next(iter(personalize.jobs.values())).arn}
    assert all(set(answer.attributes) == set(Attribute) for answer in answers)


def test_a_job_that_ends_early_is_waited_for_no_longer(account: Account, personalize: FakePersonalize) -> None:
    personalize.course = Course(seconds=600)
    began = account.clock.now

    answers = WaitChain(account, resource_count=3).create(properties())

    assert statuses([*answers]) == ["ACTIVE"] * 3
    assert answers[-1].answered_at - began < 660


def test_when_the_whole_time_is_up_the_last_resource_says_so_and_the_next_deployment_joins_the_job(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=3 * HOUR)
    relay = WaitChain(account, resource_count=3)

    *_, failed = relay.create(properties())

    (job,) = personalize.jobs.values()
    assert failed.reason == (
        f"Timed out: DatasetImportJob {job.name} is still CREATE IN_PROGRESS after 2 h 0 min. "
        "A job can't be stopped, so it continues; deploying again adopts it instead of starting another one."
    )
    assert all(answer.succeeded for answer in WaitChain(account, resource_count=3, generation=2).create(properties()))
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize("hours", [0.5, 1.0, 1.9])
def test_a_job_that_fails_late_fails_the_resource_that_waits_for_it_with_its_own_reason(
    hours: float, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=hours * HOUR, end="CREATE FAILED", failure_reason="Broken row")

    answers = WaitChain(account, resource_count=3).create(properties())

    assert len(answers) == int(hours * HOUR / 2400) + 1
    assert answers[-1].reason.startswith("Broken row. ")
    assert len(personalize.jobs) == 1


def test_a_job_that_has_failed_between_two_resources_is_not_started_again(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=2400 + 5, end="CREATE FAILED", failure_reason="Broken row")
    relay = WaitChain(account, resource_count=2)
    first, second = relay.resources
    handed_over = first.create(relay.properties_of(properties(), 0, None))
    account.clock.advance(60)

    answer = second.create(relay.properties_of(properties(), 1, handed_over.job_arn))

    assert answer.reason.startswith("Broken row. ")
    assert len(personalize.jobs) == 1


def test_a_job_that_waits_for_room_for_more_than_an_hour_is_started_by_the_next_resource(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=85)

    answers = WaitChain(account, resource_count=3).create(properties())

    assert statuses([*answers]) == ["UNKNOWN", "ACTIVE", "ACTIVE"]
    assert len({answer.job_arn for answer in answers}) == 1
    assert set(answers[0].attributes) == set(Attribute)
    assert answers[0].attributes["JobName"] in personalize.jobs
    assert answers[0].attributes["DatasetArn"] == DATASET_ARN


def test_there_is_no_room_in_all_the_time(account: Account, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)

    *_, failed = WaitChain(account, resource_count=3).create(properties())

    assert failed.reason.startswith("Timed out after 2 h 0 min: More than 5 resources with PENDING status. ")
    assert personalize.jobs == {}


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_function_dies_while_a_later_resource_starts_the_job(
    after_effect: bool, account: Account, personalize: FakePersonalize
) -> None:
    relay = WaitChain(account, resource_count=2)
    first, second = relay.resources
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)
    handed_over = first.create(relay.properties_of(properties(), 0, None))
    personalize.heal()
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=after_effect)

    assert second.create(relay.properties_of(properties(), 1, handed_over.job_arn)).succeeded
    assert len(personalize.jobs) == 1


def test_an_update_is_waited_for_in_the_same_way(account: Account, personalize: FakePersonalize) -> None:
    relay = WaitChain(account, resource_count=5)
    relay.create(properties())
    personalize.course = Course(seconds=3 * HOUR)

    answers = relay.update(properties(DataLocation=OTHER_LOCATION))

    assert statuses([*answers]) == ["CREATE IN_PROGRESS"] * 4 + ["ACTIVE"]
    assert len(personalize.jobs) == 2
    assert all(answer.succeeded for resource in relay.resources for answer in resource.clean_up())
    assert personalize.imported() == [OTHER_LOCATION]


def test_an_update_of_what_is_not_imported_starts_nothing(account: Account, personalize: FakePersonalize) -> None:
    relay = WaitChain(account, resource_count=3)
    relay.create(properties())

    assert statuses([*relay.update(properties(Tags=[{"Key": "team", "Value": "data"}]))]) == ["ACTIVE"] * 3
    assert len(personalize.jobs) == 1


def test_an_update_that_runs_out_of_time_is_rolled_back_once_its_job_has_ended(
    account: Account, personalize: FakePersonalize
) -> None:
    relay = WaitChain(account, resource_count=3)
    relay.create(properties())
    personalize.course = Course(seconds=3 * HOUR)
    assert not relay.update(properties(DataLocation=OTHER_LOCATION))[-1].succeeded
    personalize.course = Course(seconds=HOUR - 120)

    rolled_back = relay.update(properties())

    assert statuses([*rolled_back])[-1] == "ACTIVE"
    assert personalize.most_running == 1
    assert personalize.imported() == [DATA_LOCATION]


def test_a_resource_that_is_told_of_an_earlier_job_waits_for_the_one_that_followed_it(
    account: Account, personalize: FakePersonalize
) -> None:
    relay = WaitChain(account, resource_count=2)
    earlier = relay.create(properties())[0].job_arn
    relay.update(properties(DataLocation=OTHER_LOCATION))
    personalize.course = Course(seconds=3000)
    first, second = relay.resources
    first.update(relay.properties_of(properties(), 0, None))

    answer = second.update(relay.properties_of(properties(), 1, earlier))

    assert answer.attributes["Status"] == "ACTIVE"
    assert answer.job_arn == earlier.removesuffix("1") + "2"


def test_a_deletion_in_the_middle_waits_for_the_job_in_turn_so_that_its_dataset_can_be_deleted(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=4 * HOUR)
    relay = WaitChain(account, resource_count=3)
    relay.create(properties())
    (job,) = personalize.jobs.values()

    deleted = relay.delete()

    assert [answer.succeeded for answer in deleted] == [True] * 3
    assert deleted[-1].answered_at >= job.created_at + 4 * HOUR


def test_a_deletion_after_the_first_resource_handed_over_without_a_job_is_done_at_once(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM, times=10_000)
    relay = WaitChain(account, resource_count=2)
    first, second = relay.resources
    handed_over = first.create(relay.properties_of(properties(), 0, None))
    second.begin("Create", relay.properties_of(properties(), 1, handed_over.job_arn))
    began = account.clock.now

    assert second.delete("shop-ImportWait2-1A2B3C4D5E6F").succeeded
    assert first.delete().succeeded
    personalize.heal()
    account.run()
    assert account.clock.now - began < 120
    assert personalize.jobs == {}, "the cancelled resource starts no job any more"


def test_without_waiting_every_resource_answers_once_the_job_is_accepted(
    account: Account, personalize: FakePersonalize
) -> None:
    began = account.clock.now

    answers = WaitChain(account, resource_count=3).create(properties(Wait=False))

    assert statuses([*answers]) == ["CREATE PENDING"] * 3
    assert answers[-1].answered_at == began
