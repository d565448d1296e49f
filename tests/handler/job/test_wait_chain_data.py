"""A wait chain whose first resource imports again when its data has changed: all wait for the job of that data."""

from typing import Any

import pytest

from personalize_import_handler.contract import DATA_FINGERPRINT_TAG, STATUS_UNKNOWN
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation
from tests.handler.support.wait_chain import WaitChain

FILE = f"{DATA_LOCATION}a.csv"
LONG = Course(seconds=3000)
THROTTLED = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")
NO_CAPACITY = BusyError(
    "CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status."
)


@pytest.fixture(autouse=True)
def data(account: Account) -> dict[str, str]:
    account.storage.objects[FILE] = "first"
    return account.storage.objects


@pytest.fixture
def chain(account: Account, personalize: FakePersonalize) -> WaitChain:
    personalize.course = LONG
    return WaitChain(account, resource_count=2)


def comparing(**changed: Any) -> dict[str, Any]:
    return properties(Reimport="WHEN_DATA_CHANGES", **changed)


def test_all_resources_wait_for_the_job_although_the_data_changes(
    chain: WaitChain, personalize: FakePersonalize, data: dict[str, str]
) -> None:
    first, second = chain.resources
    arn = first.create(chain.properties_of(comparing(), 0, None)).job_arn
    data[FILE] = "second"

    answer = second.create(chain.properties_of(comparing(), 1, arn))

    assert answer.job_arn == arn
    assert answer.attributes["Status"] == "ACTIVE"
    assert len(personalize.jobs) == 1


def test_a_resource_whose_poll_is_throttled_polls_again(chain: WaitChain, personalize: FakePersonalize) -> None:
    first, second = chain.resources
    arn = first.create(chain.properties_of(comparing(), 0, None)).job_arn
    personalize.fail_next("describe_dataset_import_job", THROTTLED, times=2)

    assert second.create(chain.properties_of(comparing(), 1, arn)).job_arn == arn


def test_a_resource_without_permission_to_describe_the_job_fails_with_the_reason(
    chain: WaitChain, personalize: FakePersonalize
) -> None:
    first, second = chain.resources
    arn = first.create(chain.properties_of(comparing(), 0, None)).job_arn
    personalize.fail_next("list_tags", RefusedError("ListTagsForResource", "InvalidInputException", "Invalid input."))

    assert second.create(chain.properties_of(comparing(), 1, arn)).reason.startswith("Invalid input. ")


def test_a_job_that_the_second_resource_starts_imports_the_current_data(
    chain: WaitChain, personalize: FakePersonalize, data: dict[str, str]
) -> None:
    first, second = chain.resources
    personalize.fail_next("create_dataset_import_job", NO_CAPACITY, times=60)
    queued = first.create(chain.properties_of(comparing(), 0, None))
    assert queued.attributes["Status"] == STATUS_UNKNOWN
    personalize.heal()
    personalize.course = Course()
    data[FILE] = "second"

    answer = second.create(chain.properties_of(comparing(), 1, queued.job_arn))

    assert answer.attributes["Status"] == "ACTIVE"
    assert answer.job_arn != queued.job_arn
    (arn,) = personalize.tags
    assert arn == answer.job_arn
    assert personalize.tags[arn][DATA_FINGERPRINT_TAG]


def test_a_job_of_the_same_data_in_another_stack_is_not_continued(
    chain: WaitChain, account: Account, personalize: FakePersonalize
) -> None:
    chain.create(comparing())
    store = WaitChain(account, resource_count=2)
    for resource in store.resources:
        resource.stack_name = "store"
    store.resources[0].physical_resource_id = "store/Import"
    (arn,) = personalize.tags
    personalize.tags[arn].pop(DATA_FINGERPRINT_TAG)

    answer = store.resources[1].create(store.properties_of(comparing(), 1, arn))

    assert answer.reason.startswith(f"{arn} is not a job of this import.")
    assert len(personalize.jobs) == 1


def test_rows_that_were_added_to_the_repeated_data_are_repeated(
    account: Account, personalize: FakePersonalize, data: dict[str, str]
) -> None:
    chain = WaitChain(account, resource_count=3)
    followed = comparing(FollowedBy=[{"LogicalId": "Added"}])
    added = properties(ImportMode="INCREMENTAL", DataLocation="s3://shop-data/rows/")
    chain.create({**followed, "DataAsOf": "1"})
    CloudFormation(account, logical_id="Added").create(added)
    personalize.course = LONG
    for deploy, content in (("2", "second"), ("3", "first")):
        data[FILE] = content
        assert chain.update({**followed, "DataAsOf": deploy})[-1].succeeded

    assert personalize.imported() == [DATA_LOCATION, "s3://shop-data/rows/"]


@pytest.mark.parametrize("again", [{}, {"Tags": tags(stage="prod")}])
def test_without_data_comparison_all_resources_keep_the_job(
    again: dict[str, Any], chain: WaitChain, personalize: FakePersonalize
) -> None:
    chain.create(comparing())
    (arn,) = personalize.tags

    answers = chain.update(properties(**again))

    assert [answer.job_arn for answer in answers] == [arn, arn]
    assert len(personalize.jobs) == 1


def test_a_chain_that_compares_no_data_reads_no_tags(chain: WaitChain, personalize: FakePersonalize) -> None:
    chain.create(properties())

    assert personalize.calls_of("list_tags") == []
