"""State change events: published once each if enabled, and without effect on the import."""

import pytest

from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.fakes_events import FakeEventBus
from tests.handler.support.properties import properties, tags
from tests.handler.support.simulator import CloudFormation
from tests.handler.support.wait_chain import WaitChain

ASKED = {"PublishStateChanges": True}
OF_A_GOOD_JOB = ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]


@pytest.fixture
def event_bus(account: Account) -> FakeEventBus:
    return account.event_bus


def test_each_status_of_a_job_is_published_once_with_the_previous_one(
    cloudformation: CloudFormation, event_bus: FakeEventBus
) -> None:
    cloudformation.create(properties(**ASKED))

    assert event_bus.statuses == OF_A_GOOD_JOB
    assert [change["previousStatus"] for change in event_bus.changes] == [None, *OF_A_GOOD_JOB[:-1]]


def test_an_event_names_the_job_the_resource_and_the_time(
    cloudformation: CloudFormation, event_bus: FakeEventBus, account: Account
) -> None:
    response = cloudformation.create(properties(**ASKED))

    assert event_bus.changes[-1] == {
        "provider": None,
        "stackId": cloudformation.stack_id,
        "stackName": "shop",
        "logicalResourceId": "Import",
        "datasetArn": properties()["DatasetArn"],
        "dataLocation": properties()["DataLocation"],
        "datasetImportJobArn": response.job_arn,
        "jobName": response.attributes["JobName"],
        "status": "ACTIVE",
        "trigger": "DEPLOY",
        "previousStatus": "CREATE IN_PROGRESS",
        "failureReason": None,
    }
    assert event_bus.times[-1] == account.clock.now


def test_every_event_of_a_job_has_its_arn_even_while_it_runs(
    cloudformation: CloudFormation, event_bus: FakeEventBus
) -> None:
    response = cloudformation.create(properties(**ASKED))

    assert [change["datasetImportJobArn"] for change in event_bus.changes] == [response.job_arn] * len(OF_A_GOOD_JOB)


def test_nothing_is_published_unless_it_is_enabled(cloudformation: CloudFormation, event_bus: FakeEventBus) -> None:
    cloudformation.create(properties())

    assert event_bus.asked == 0


@pytest.fixture
def publishing_account(account: Account) -> Account:
    """An account whose provider publishes the state changes of all jobs."""
    account.provider = account.provider._replace(name="Platform/Imports")
    account.functions = account.instance()
    return account


def test_a_provider_with_a_name_publishes_the_events_of_all_jobs_with_it(publishing_account: Account) -> None:
    event_bus = publishing_account.event_bus
    CloudFormation(publishing_account).create(properties())

    assert event_bus.statuses == OF_A_GOOD_JOB
    assert {change["provider"] for change in event_bus.changes} == {"Platform/Imports"}


@pytest.mark.parametrize("seconds", [1000, 6000])
def test_a_provider_publishes_each_status_of_a_wait_chain_of_any_app_once(
    publishing_account: Account, seconds: int
) -> None:
    publishing_account.personalize.job_behavior = JobBehavior(seconds=seconds)
    WaitChain(publishing_account, resource_count=5).create(properties())

    assert publishing_account.event_bus.statuses == OF_A_GOOD_JOB


def test_a_job_that_fails_between_two_resources_of_a_wait_chain_is_published_by_a_provider(
    publishing_account: Account,
) -> None:
    publishing_account.personalize.job_behavior = JobBehavior(seconds=10**6, end="CREATE FAILED")
    chain = WaitChain(publishing_account, resource_count=2)
    first, last = chain.resources
    arn = first.create(chain.properties_of(properties(), 0, None)).attributes["DatasetImportJobArn"]
    publishing_account.clock.advance(10**6)

    last.create(chain.properties_of(properties(), 1, arn))

    assert publishing_account.event_bus.statuses[-1] == "CREATE FAILED"


def test_enabling_state_changes_starts_no_job_and_publishes_nothing(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    cloudformation.create(properties())
    response = cloudformation.update(properties(**ASKED, Tags=tags(team="a")))

    assert response.succeeded
    assert len(personalize.jobs) == 1
    assert event_bus.asked == 0


def test_a_failed_job_is_published_with_the_reason_of_the_stack_event(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")
    response = cloudformation.create(properties(**ASKED))

    assert event_bus.statuses == [*OF_A_GOOD_JOB[:-1], "CREATE FAILED"]
    assert event_bus.changes[-1]["failureReason"] == response.reason
    assert response.reason.startswith("Broken row.")
    assert event_bus.changes[-1]["datasetImportJobArn"] == next(iter(personalize.jobs.values())).arn


def test_a_request_that_fails_before_a_job_is_started_is_published_without_a_job(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    refused = RefusedError(
        "CreateDatasetImportJob", "InvalidInputException", "Input csv is missing the following columns"
    )
    personalize.fail_next("create_dataset_import_job", refused)
    response = cloudformation.create(properties(**ASKED))

    (change,) = event_bus.changes
    assert (change["status"], change["failureReason"]) == ("NOT_STARTED", response.reason)
    assert (change["datasetImportJobArn"], change["jobName"]) == (None, None)


def test_a_job_that_timed_out_is_published_as_unwatched(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(seconds=7200)
    cloudformation.create(properties(**ASKED))

    assert event_bus.statuses == [*OF_A_GOOD_JOB[:-1], "UNWATCHED"]
    assert event_bus.changes[-1]["datasetImportJobArn"] == next(iter(personalize.jobs.values())).arn
    assert str(event_bus.changes[-1]["failureReason"]).startswith("Timed out")


@pytest.mark.parametrize("status", ["CREATE STOPPED", "CREATE FAILED"])
def test_every_failure_of_an_import_is_published(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus, status: str
) -> None:
    personalize.job_behavior = JobBehavior(end=status)
    cloudformation.create(properties(**ASKED))

    assert event_bus.statuses[-1] == {"CREATE STOPPED": "UNWATCHED"}.get(status, status)


def test_a_deleted_job_is_published_as_unwatched(
    cloudformation: CloudFormation, personalize: FakePersonalize, account: Account, event_bus: FakeEventBus
) -> None:
    event = cloudformation.begin("Create", properties(**ASKED))
    account.run(until=account.clock.now + 150)
    personalize.delete_dataset()
    cloudformation.run(event)

    assert event_bus.statuses == [*OF_A_GOOD_JOB[:-1], "UNWATCHED"]


def test_an_adopted_job_that_is_active_already_is_not_published(
    cloudformation: CloudFormation, event_bus: FakeEventBus
) -> None:
    cloudformation.create(properties())
    cloudformation.generation += 1
    response = cloudformation.create(properties(**ASKED))

    assert response.attributes["Status"] == "ACTIVE"
    assert event_bus.changes == []


def test_an_adopted_running_job_is_published_from_then_on(
    account: Account, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(seconds=4000)
    CloudFormation(account).create(properties())
    CloudFormation(account, generation=2).create(properties(**ASKED))

    assert event_bus.statuses == ["CREATE IN_PROGRESS", "ACTIVE"]


def test_a_job_of_a_killed_poll_is_published_even_if_it_has_ended(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(pending_seconds=0, seconds=1)
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)
    cloudformation.create(properties(**ASKED))

    assert event_bus.statuses == ["ACTIVE"]


def test_without_waiting_only_the_first_status_is_published(
    cloudformation: CloudFormation, event_bus: FakeEventBus
) -> None:
    cloudformation.create(properties(**ASKED, Wait=False))

    assert event_bus.statuses == ["CREATE PENDING"]


def test_a_delete_publishes_nothing(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3700)
    cloudformation.create(properties(**ASKED))
    published = list(event_bus.changes)
    cloudformation.delete()

    assert event_bus.changes == published


@pytest.mark.parametrize(("seconds", "end"), [(3 * 3600, "ACTIVE"), (300, "ACTIVE"), (2 * 2400 + 20, "CREATE FAILED")])
def test_a_wait_chain_publishes_each_status_once(
    account: Account, personalize: FakePersonalize, event_bus: FakeEventBus, seconds: int, end: str
) -> None:
    personalize.job_behavior = JobBehavior(seconds=seconds, end=end)
    WaitChain(account, resource_count=5).create(properties(**ASKED))

    assert event_bus.statuses == [*OF_A_GOOD_JOB[:-1], end]


def test_a_wait_chain_publishes_a_job_that_has_ended_between_two_resources(
    account: Account, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    chain = WaitChain(account, resource_count=2)
    personalize.job_behavior = JobBehavior(seconds=2410)
    first, second = chain.resources
    completed = first.create(chain.properties_of(properties(**ASKED), 0, None))
    account.clock.advance(60)
    asked = properties(**ASKED, LastStatus=completed.attributes["Status"])
    second.create(chain.properties_of(asked, 1, completed.job_arn))

    assert completed.attributes["Status"] == "CREATE IN_PROGRESS"
    assert event_bus.statuses == OF_A_GOOD_JOB


def test_a_wait_chain_publishes_a_job_that_only_its_second_resource_can_start(
    account: Account, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3000)
    personalize.import_elsewhere("by-hand", parse(properties()))
    personalize.job_behavior = JobBehavior()
    WaitChain(account, resource_count=2).create(properties(**ASKED))

    assert event_bus.statuses == OF_A_GOOD_JOB
    assert [change["previousStatus"] for change in event_bus.changes] == ["UNKNOWN", *OF_A_GOOD_JOB[:-1]]


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("DescribeDatasetImportJob", "InvalidInputException", "Invalid input."),
        BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded"),
    ],
    ids=["refused", "busy until the timeout"],
)
def test_a_job_that_can_no_longer_be_described_is_published_as_unwatched(
    cloudformation: CloudFormation,
    personalize: FakePersonalize,
    account: Account,
    event_bus: FakeEventBus,
    error: RefusedError,
) -> None:
    personalize.job_behavior = JobBehavior(seconds=7200)
    event = cloudformation.begin("Create", properties(**ASKED))
    account.run(until=account.clock.now + 150)
    personalize.fail_next("describe_dataset_import_job", error, times=1000)
    cloudformation.run(event)

    assert event_bus.statuses == [*OF_A_GOOD_JOB[:-1], "UNWATCHED"]
    assert event_bus.changes[-1]["datasetImportJobArn"] == next(iter(personalize.jobs.values())).arn


def test_a_job_without_capacity_until_the_timeout_is_published_as_not_started(
    cloudformation: CloudFormation, personalize: FakePersonalize, event_bus: FakeEventBus
) -> None:
    full = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")
    personalize.fail_next("create_dataset_import_job", full, times=1000)
    cloudformation.create(properties(**ASKED))

    assert event_bus.statuses == ["NOT_STARTED"]
