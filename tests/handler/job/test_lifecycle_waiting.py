"""The time between a request and its response: queue, polls, timeout."""

import pytest

from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, FakePersonalize, JobBehavior
from tests.handler.support.properties import properties, tags
from tests.handler.support.simulator import CloudFormation

THROTTLED = BusyError("CreateDatasetImportJob", "ThrottlingException", "Rate exceeded")


def test_polls_log_nothing_and_follow_the_wait_seconds_of_the_last_one(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    personalize.job_behavior = JobBehavior(seconds=280)
    started_at = account.clock.now

    cloudformation.create(properties())

    assert [at - started_at for at in account.polled_at] == [0, 0, 30, 150, 255, 269, 283]
    assert log.lines_from("WARNING", "ERROR", "CRITICAL") == []


def test_an_unknown_status_fails_with_that_status(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE PAUSED")

    response = cloudformation.create(properties())

    assert not response.succeeded
    assert "This is a bug in the handler" not in response.reason
    assert (
        "unknown status 'CREATE PAUSED', expected one of CREATE PENDING, CREATE IN_PROGRESS, ACTIVE, CREATE FAILED"
        in response.reason
    )


def test_an_adopted_job_with_an_unknown_status_is_not_started_again(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE PAUSED")
    cloudformation.create(properties())

    response = CloudFormation(account, generation=2).create(properties())

    assert "CREATE PAUSED" in response.reason
    assert len(personalize.jobs) == 1


def test_a_timeout_names_job_status_elapsed_time_and_that_the_job_continues(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=9000)
    started_at = account.clock.now

    response = cloudformation.create(properties(TimeoutSeconds=45 * 60))

    (job,) = personalize.jobs.values()
    assert response.sent_at - started_at == 45 * 60
    assert response.reason == (
        f"Timed out: DatasetImportJob {job.name} is still CREATE IN_PROGRESS after 45 min. "
        "A job can't be stopped, so it continues; deploying again adopts it instead of starting another one."
    )


def test_deploying_again_after_a_timeout_adopts_the_job(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3000)
    cloudformation.create(properties(TimeoutSeconds=60))

    response = CloudFormation(account, generation=2).create(properties())

    assert response.succeeded
    assert len(personalize.jobs) == 1


def test_without_waiting_a_job_is_still_queued(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", THROTTLED, times=2)

    response = cloudformation.create(properties(Wait=False))

    assert response.succeeded
    assert response.attributes["JobName"] in personalize.jobs


@pytest.mark.parametrize(
    "operation",
    ["create_dataset_import_job", "describe_dataset_import_job"],
)
def test_a_busy_service_is_retried_until_it_has_capacity_and_only_one_job_starts(
    operation: str, cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    personalize.fail_next(operation, THROTTLED, times=4)

    response = cloudformation.create(properties())

    assert response.succeeded
    assert len(personalize.jobs) == 1
    assert log.lines_from("WARNING", "ERROR") == []
    assert sum("Retrying later: Rate exceeded" in line for line in log.lines) == 4


def test_a_service_that_stays_busy_times_out_with_its_last_error(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    busy = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")
    personalize.fail_next("create_dataset_import_job", busy, times=1000)
    started_at = account.clock.now

    response = cloudformation.create(properties(TimeoutSeconds=600))

    assert response.reason.startswith("Timed out after 10 min: More than 5 resources with PENDING status. ")
    assert "failed with LimitExceededException" in response.reason
    assert response.sent_at - started_at == 600


def test_twenty_concurrent_imports_all_succeed_with_at_most_five_running(
    account: Account, personalize: FakePersonalize
) -> None:
    stacks = [CloudFormation(account, stack_name=f"shop-{number}") for number in range(20)]
    datasets = [DATASET_ARN.replace("shop", stack.stack_name) for stack in stacks]
    personalize.datasets = dict.fromkeys(datasets, account.clock.now)

    events = [
        stack.begin("Create", properties(DatasetArn=dataset)) for stack, dataset in zip(stacks, datasets, strict=True)
    ]

    assert all(stack.run(event).succeeded for stack, event in zip(stacks, events, strict=True))
    assert len(personalize.jobs) == 20
    assert personalize.max_running == 5


def test_a_job_that_is_deleted_while_it_is_polled_fails_with_the_reason(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    account.step()
    personalize.delete_dataset()

    response = cloudformation.run(event)

    assert not response.succeeded
    assert "no longer exists" in response.reason


def test_a_refused_describe_fails_with_the_text_of_the_service(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    denied = RefusedError(
        "DescribeDatasetImportJob",
        "AccessDeniedException",
        "User: poller is not authorized to perform: personalize:DescribeDatasetImportJob",
    )
    personalize.fail_next("describe_dataset_import_job", denied, times=30)

    response = cloudformation.run(event)

    assert response.reason.startswith("User: poller is not authorized to perform: personalize:Describe")


def test_the_timeout_follows_the_clock_of_the_service(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Until the first response of the service, the function's clock is used, which is 30 minutes behind.
    monkeypatch.setattr(personalize, "now", lambda: account.clock.now - (0 if personalize.calls else 1800))

    response = cloudformation.create(properties(TimeoutSeconds=600))

    assert response.succeeded


def test_a_job_that_is_deleted_before_its_tags_are_set_is_reported(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    describe, polls = personalize.describe_dataset_import_job, iter(range(2))

    def deleted_before_the_second_poll(arn: str) -> object:
        if next(polls, None):
            personalize.delete_dataset()
        return describe(arn)

    personalize.describe_dataset_import_job = deleted_before_the_second_poll  # type: ignore[method-assign,assignment]

    response = cloudformation.update(properties(Tags=tags(team="data")))

    assert response.reason.startswith(f"DatasetImportJob {created.job_arn} no longer exists.")


@pytest.mark.parametrize("seconds_off", [-1800, 1800])
def test_the_age_of_a_request_is_measured_once_even_if_the_clock_of_a_later_function_differs(
    seconds_off: int, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.dates_urls = False
    personalize.job_behavior = JobBehavior(seconds=10_000)
    started_at = account.clock.now
    event = cloudformation.begin("Create", properties(TimeoutSeconds=2400))
    account.functions_seconds_off = seconds_off

    assert cloudformation.run(event).sent_at - started_at == 2400
