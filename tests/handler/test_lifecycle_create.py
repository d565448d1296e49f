"""Create: from the request to the one answer."""

import pytest

from personalize_import_handler.contract import Attribute
from personalize_import_handler.personalize import Busy, Refused
from tests.handler.account import Account
from tests.handler.conftest import Log
from tests.handler.fakes import DATASET_ARN, Course, FakePersonalize
from tests.handler.properties import DATA_LOCATION, properties, tags
from tests.handler.simulator import CloudFormation

THROTTLED = Busy("CreateDatasetImportJob", "ThrottlingException", "Rate exceeded")


def test_a_create_ends_with_the_job_active_and_its_data_in_the_dataset(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    answer = cloudformation.create(properties())

    assert answer.succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert answer.physical_resource_id == answer.attributes["DatasetImportJobArn"]


def test_the_answer_has_every_attribute_of_the_contract_as_a_string_and_nothing_else(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    started_at = personalize.clock.now

    attributes = cloudformation.create(properties(JobName="nightly")).attributes

    assert set(attributes) == set(Attribute)
    (job,) = personalize.jobs.values()
    assert attributes == {
        "DatasetImportJobArn": job.arn,
        "JobName": job.name,
        "Status": "ACTIVE",
        "DatasetArn": DATASET_ARN,
        "CreationDateTime": "2023-11-14T22:13:20+00:00",
        "LastUpdatedDateTime": "2023-11-14T22:18:20+00:00",
        "DurationSeconds": "300",
    }
    assert job.created_at == started_at
    assert job.name.startswith("nightly-")


def test_the_job_gets_the_tags(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    arn = cloudformation.create(properties(Tags=tags(team="data", stage="prod"))).physical_resource_id

    assert personalize.tags[arn] == {"team": "data", "stage": "prod"}


def test_polls_are_quiet_and_each_waits_as_long_as_the_last_one_said(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    personalize.course = Course(seconds=200)
    started_at = account.clock.now

    cloudformation.create(properties())

    assert [at - started_at for at in account.polled_at] == [30, 60, 90, 120, 132, 144, 156, 168, 180, 192, 204]
    assert log.lines_from("WARNING", "ERROR", "CRITICAL") == []


def test_a_failed_job_s_own_reason_comes_first_in_the_answer(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE FAILED", failure_reason="Length cannot be more than 256 for ITEM_ID.")

    answer = cloudformation.create(properties())

    (job,) = personalize.jobs.values()
    assert not answer.succeeded
    assert answer.reason.startswith("Length cannot be more than 256 for ITEM_ID. DatasetImportJob " + job.name)
    assert answer.physical_resource_id == job.arn
    assert answer.attributes == {}


def test_a_job_that_has_failed_at_once_is_answered_by_the_first_request(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=0, end="CREATE FAILED", failure_reason="Input is empty")

    answer = cloudformation.create(properties())

    assert answer.reason.startswith("Input is empty. ")
    assert account.executions == {}


def test_a_job_that_is_refused_at_the_call_fails_with_the_service_s_own_text_first(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    text = "Input csv is missing the following columns: [ITEM_ID]"
    personalize.fail_next("create_dataset_import_job", Refused("CreateDatasetImportJob", "InvalidInputException", text))

    answer = cloudformation.create(properties(JobName="nightly"))

    assert answer.reason.startswith(text + ". DatasetImportJob nightly-")
    assert "Name the columns in the header row as the schema's fields are named" in answer.reason
    assert personalize.jobs == {}
    assert cloudformation.roll_back().succeeded


def test_the_job_named_in_a_refusal_is_the_one_that_was_refused(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE FAILED")
    cloudformation.create(properties(JobName="nightly"))
    cloudformation.roll_back()
    refused = Refused("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused)

    answer = cloudformation.create(properties(JobName="nightly"))

    name = personalize.calls_of("create_dataset_import_job")[-1]
    assert name.endswith("-2")
    assert f"DatasetImportJob {name} of " in answer.reason


def test_a_status_that_nobody_knows_fails_with_that_status(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE PAUSED")

    answer = cloudformation.create(properties())

    assert not answer.succeeded
    assert (
        "status 'CREATE PAUSED' is none of CREATE PENDING, CREATE IN_PROGRESS, ACTIVE, CREATE FAILED" in answer.reason
    )


def test_a_timeout_says_job_status_elapsed_time_and_that_the_job_goes_on(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=9000)
    started_at = account.clock.now

    answer = cloudformation.create(properties(TimeoutSeconds=45 * 60))

    (job,) = personalize.jobs.values()
    assert answer.answered_at - started_at == 45 * 60
    assert answer.reason == (
        f"Timed out: DatasetImportJob {job.name} is still CREATE IN_PROGRESS after 45 min. "
        "It can't be stopped and goes on; deploying again joins it instead of starting a second one."
    )


def test_deploying_again_after_a_timeout_joins_the_job(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=3000)
    cloudformation.create(properties(TimeoutSeconds=60))

    answer = CloudFormation(account, generation=2).create(properties())

    assert answer.succeeded
    assert len(personalize.jobs) == 1


def test_without_waiting_the_answer_comes_once_the_job_is_accepted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    started_at = account.clock.now

    answer = cloudformation.create(properties(Wait=False))

    assert answer.answered_at == started_at
    assert answer.attributes["Status"] == "CREATE PENDING"
    assert set(answer.attributes) == set(Attribute)


def test_without_waiting_a_full_queue_is_still_waited_for(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", THROTTLED, times=2)

    answer = cloudformation.create(properties(Wait=False))

    assert answer.succeeded
    assert answer.attributes["JobName"] in personalize.jobs


@pytest.mark.parametrize(
    "operation",
    ["create_dataset_import_job", "describe_dataset_import_job"],
)
def test_a_busy_service_is_asked_again_until_it_has_room_and_only_one_job_starts(
    operation: str, cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    personalize.fail_next(operation, THROTTLED, times=4)

    answer = cloudformation.create(properties())

    assert answer.succeeded
    assert len(personalize.jobs) == 1
    assert log.lines_from("WARNING", "ERROR") == []


def test_a_service_that_stays_busy_times_out_with_its_last_answer(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    busy = Busy("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")
    personalize.fail_next("create_dataset_import_job", busy, times=1000)
    started_at = account.clock.now

    answer = cloudformation.create(properties(TimeoutSeconds=600))

    assert answer.reason.startswith("Timed out after 10 min: More than 5 resources with PENDING status. ")
    assert "(LimitExceededException)" in answer.reason
    assert answer.answered_at - started_at == pytest.approx(600, abs=1)


def test_twenty_imports_at_once_all_end_active_with_five_running_at_most(
    account: Account, personalize: FakePersonalize
) -> None:
    stacks = [CloudFormation(account, stack_name=f"shop-{number}") for number in range(20)]

    events = [stack.begin("Create", properties(ImportMode="INCREMENTAL")) for stack in stacks]

    assert all(stack.run(event).succeeded for stack, event in zip(stacks, events, strict=True))
    assert len(personalize.jobs) == 20
    assert personalize.most_running == 5


def test_a_job_that_is_gone_while_it_is_waited_for_fails_and_says_so(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    account.step()
    personalize.delete_dataset()

    answer = cloudformation.run(event)

    assert not answer.succeeded
    assert "does not exist any more" in answer.reason


def test_a_describe_that_is_refused_fails_with_the_service_s_own_text(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    denied = Refused(
        "DescribeDatasetImportJob",
        "AccessDeniedException",
        "User: poller is not authorized to perform: personalize:DescribeDatasetImportJob",
    )
    personalize.fail_next("describe_dataset_import_job", denied)

    answer = cloudformation.run(event)

    assert answer.reason.startswith("User: poller is not authorized to perform: personalize:Describe")


def test_the_deadline_runs_on_the_service_s_clock_and_not_on_a_clock_that_is_off(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The service's clock is known once it has answered; before, there is only the function's own, 30 minutes behind.
    monkeypatch.setattr(personalize, "now", lambda: account.clock.now - (0 if personalize.calls else 1800))

    answer = cloudformation.create(properties(TimeoutSeconds=600))

    assert answer.succeeded
