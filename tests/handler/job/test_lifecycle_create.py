"""Create: from the request to the response."""

from personalize_import_handler.contract import Attribute
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

THROTTLED = BusyError("CreateDatasetImportJob", "ThrottlingException", "Rate exceeded")


def test_a_create_succeeds_when_the_job_is_active_and_the_data_is_in_the_dataset(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    response = cloudformation.create(properties())

    assert response.succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert response.physical_resource_id == "shop/Import"


def test_the_response_has_exactly_the_attributes_of_the_contract_as_strings(
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
    arn = cloudformation.create(properties(Tags=tags(team="data", stage="prod"))).job_arn

    assert personalize.tags_of(arn) == {"team": "data", "stage": "prod"}


def test_the_response_begins_with_the_failure_reason_of_the_job(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(
        end="CREATE FAILED", failure_reason="Length cannot be more than 256 for ITEM_ID."
    )

    response = cloudformation.create(properties())

    (job,) = personalize.jobs.values()
    assert not response.succeeded
    assert response.reason.startswith("Length cannot be more than 256 for ITEM_ID. DatasetImportJob " + job.name)
    assert response.physical_resource_id == "shop/Import"
    assert response.attributes == {}


def test_a_job_that_fails_at_once_is_reported_at_once(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED", failure_reason="Input is empty")

    started_at = account.clock.now

    response = cloudformation.create(properties())

    assert response.reason.startswith("Input is empty. ")
    assert response.sent_at == started_at


def test_the_response_begins_with_the_text_of_the_service_if_the_call_is_refused(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    text = "Input csv is missing the following columns: [ITEM_ID]"
    personalize.fail_next(
        "create_dataset_import_job", RefusedError("CreateDatasetImportJob", "InvalidInputException", text)
    )

    response = cloudformation.create(properties(JobName="nightly"))

    assert response.reason.startswith(text + ". DatasetImportJob nightly-")
    assert "Use the names of the schema's fields in the header row" in response.reason
    assert personalize.jobs == {}
    assert cloudformation.roll_back().succeeded


def test_an_error_names_the_job_that_could_not_be_started(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    cloudformation.create(properties(JobName="nightly"))
    cloudformation.roll_back()
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused)

    response = cloudformation.create(properties(JobName="nightly"))

    name = personalize.calls_of("create_dataset_import_job")[-1]
    assert name.endswith("-2")
    assert f"DatasetImportJob {name} of " in response.reason


def test_without_waiting_the_request_succeeds_when_the_job_is_accepted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    started_at = account.clock.now

    response = cloudformation.create(properties(Wait=False))

    assert response.sent_at == started_at
    assert response.attributes["Status"] == "CREATE PENDING"
    assert set(response.attributes) == set(Attribute)


def test_invalid_properties_fail_before_the_state_machine_starts(
    cloudformation: CloudFormation, account: Account
) -> None:
    assert cloudformation.create(properties(DataLocation="nowhere")).reason.endswith("No job was started.")
    assert account.executions == {}


def test_a_role_of_another_account_fails_before_the_state_machine_starts(
    cloudformation: CloudFormation, account: Account
) -> None:
    response = cloudformation.create(properties(RoleArn="arn:aws:iam::210987654321:role/import"))

    assert "use a role of this account" in response.reason
    assert account.executions == {}
