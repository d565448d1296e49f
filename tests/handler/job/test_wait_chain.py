"""The state that a resource of a wait chain passes to the next one at its timeout."""

from personalize_import_handler.contract import STATUS_UNKNOWN
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.wait_chain import WaitChain

THROTTLED = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")


def test_an_adopted_job_is_passed_to_the_next_resource_although_polls_were_throttled(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=10_000)
    WaitChain(account, resource_count=1).create(properties())
    (joined,) = personalize.jobs.values()
    chain = WaitChain(account, resource_count=2, generation=2)
    event = chain.resources[0].begin("Create", chain.properties_of(properties(), 0, None))
    personalize.fail_next("describe_dataset_import_job", THROTTLED, times=1000)

    response = chain.resources[0].run(event)

    assert response.succeeded
    assert response.job_arn == joined.arn
    assert response.attributes["Status"] == STATUS_UNKNOWN


def test_a_resource_fails_if_no_job_was_found_before_its_timeout(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("list_dataset_import_jobs", THROTTLED, times=1000)

    (response,) = WaitChain(account, resource_count=2).create(properties())

    assert response.reason.startswith("Timed out after 40 min: Rate exceeded.")


def test_a_resource_that_can_not_describe_the_job_fails_with_the_reason(
    account: Account, personalize: FakePersonalize
) -> None:
    chain = WaitChain(account, resource_count=2)
    first, second = chain.resources
    arn = first.create(chain.properties_of(properties(), 0, None)).job_arn
    refused = RefusedError("ListDatasetImportJobs", "InvalidInputException", "Invalid input.")
    personalize.fail_next("list_dataset_import_jobs", refused)

    response = second.create(chain.properties_of(properties(), 1, arn))

    assert response.reason.startswith("Invalid input. DatasetImportJob ")
    assert response.physical_resource_id == "shop/ImportWait2"


def test_an_attempt_that_the_first_resource_could_not_start_in_time_is_started_by_the_next_one(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED")
    WaitChain(account, resource_count=1).create(properties())
    (failed,) = personalize.jobs
    personalize.job_behavior = JobBehavior()
    no_capacity = BusyError(
        "CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status."
    )
    personalize.fail_next("create_dataset_import_job", no_capacity, times=40)

    first, second = WaitChain(account, resource_count=2, generation=2).create(properties())

    assert first.attributes["Status"] == STATUS_UNKNOWN
    assert second.attributes["JobName"] == first.attributes["JobName"] == failed.removesuffix("1") + "2"
    assert second.attributes["Status"] == "ACTIVE"
