"""Adoption of existing jobs, and imports that are repeated."""

from dataclasses import replace

import pytest

from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError
from personalize_import_handler.job.adoption import is_replaced
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.resource import Resource
from tests.faults.support.stack import after_next
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

OTHER_LOCATION = "s3://shop-data/interactions-2/"
CREATED_ROLE = "arn:aws:iam::123456789012:role/personalize-import/shop/Import-"


def test_an_adopted_job_gets_the_tags_of_the_resource_that_adopts_it(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(stage="dev"))).job_arn

    response = CloudFormation(account, generation=2).create(properties(Tags=tags(stage="prod")))

    assert response.job_arn == arn
    assert personalize.tags_of(arn) == {"stage": "prod"}


def test_a_rollback_imports_again_what_a_later_full_import_has_replaced(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    updated = cloudformation.update(properties(DataLocation=OTHER_LOCATION))
    assert personalize.imported() == [OTHER_LOCATION]

    rolled_back = cloudformation.roll_back()

    assert rolled_back.succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert rolled_back.job_arn == created.job_arn.removesuffix("-1") + "-2"
    assert rolled_back.physical_resource_id == updated.physical_resource_id == created.physical_resource_id


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_job_is_adopted_despite_earlier_full_and_later_incremental_imports(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, *, before: bool
) -> None:
    other = parse(properties(DataLocation=OTHER_LOCATION, ImportMode="FULL" if before else "INCREMENTAL"))
    if before:
        personalize.import_elsewhere("by-hand", other)
        account.clock.advance(600)
    cloudformation.create(properties())
    if not before:
        personalize.import_elsewhere("by-hand", other)

    assert CloudFormation(account, generation=2).create(properties()).succeeded
    assert len(personalize.jobs) == 2


def test_a_rollback_to_an_incremental_import_does_not_append_its_rows_twice(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties(ImportMode="INCREMENTAL"))
    cloudformation.update(properties(ImportMode="INCREMENTAL", DataLocation=OTHER_LOCATION))

    assert cloudformation.roll_back().succeeded
    assert personalize.imported() == [DATA_LOCATION, OTHER_LOCATION]


@pytest.mark.parametrize(
    "other",
    [
        {"DataLocation": "s3://shop-data/other/"},
        {"RoleArn": "arn:aws:iam::123456789012:role/another"},
        {"ImportMode": "INCREMENTAL"},
        {"PublishAttributionMetricsToS3": True},
        {"DatasetArn": "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS"},
    ],
)
def test_a_job_of_another_import_that_has_the_name_by_chance_is_not_adopted(
    other: dict[str, object], cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.datasets["arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS"] = personalize.clock.now
    resource = Resource(stack_id=cloudformation.stack_id, logical_id=cloudformation.logical_id)
    name = names_of(parse(properties()), resource).name(1)
    personalize.import_elsewhere(name, parse(properties(**other)))

    response = cloudformation.create(properties())

    assert response.succeeded
    assert response.attributes["JobName"] == name.removesuffix("1") + "2"


def test_a_job_is_adopted_although_the_created_role_has_another_name(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties(RoleArn=f"{CREATED_ROLE}1A2B"))

    assert CloudFormation(account, generation=2).create(properties(RoleArn=f"{CREATED_ROLE}3C4D")).succeeded
    assert len(personalize.jobs) == 1


def test_a_job_older_than_its_dataset_is_not_adopted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    account.clock.advance(60)
    personalize.recreate_dataset()
    assert personalize.imported() == []

    response = CloudFormation(account, generation=2).create(properties())

    assert response.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_job_whose_dataset_was_deleted_is_not_adopted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    del personalize.datasets[DATASET_ARN]

    response = CloudFormation(account, generation=2).create(properties())

    assert response.reason.startswith(f"Resource Arn {DATASET_ARN} does not exist.")


def test_an_unchanged_import_is_repeated_if_the_job_is_older_than_its_dataset(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    account.clock.advance(60)
    personalize.recreate_dataset()
    assert personalize.imported() == []

    assert cloudformation.update(properties(Tags=tags(stage="prod"))).succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_job_that_has_failed_without_waiting_is_replaced_by_the_next_update(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    cloudformation.create(properties(Wait=False))
    account.clock.advance(600)
    personalize.job_behavior = JobBehavior()

    response = cloudformation.update(properties(Wait=True))

    assert response.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_failed_job_is_replaced_by_the_next_update_although_the_first_poll_is_throttled(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    cloudformation.create(properties(Wait=False))
    account.clock.advance(600)
    personalize.job_behavior = JobBehavior()
    throttled = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("describe_dataset_import_job", throttled)

    assert cloudformation.update(properties(Wait=True)).succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_deleted_job_is_replaced_by_the_next_update(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    personalize.delete_dataset()
    personalize.recreate_dataset()

    response = cloudformation.update(properties(Tags=tags(stage="prod")))

    assert response.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_job_that_is_deleted_right_after_it_was_listed_is_not_adopted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())

    def replace_dataset() -> None:
        personalize.delete_dataset()
        personalize.recreate_dataset()

    after_next(personalize, "list_dataset_import_jobs", replace_dataset)

    assert CloudFormation(account, generation=2).create(properties()).succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_later_import_of_the_same_resource_that_was_never_undone_makes_an_update_import_again(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    personalize.job_behavior = JobBehavior(seconds=1200)
    assert not cloudformation.update(properties(DataLocation=OTHER_LOCATION, TimeoutSeconds=60)).succeeded
    cloudformation.account.clock.advance(1200)
    cloudformation.properties = properties()  # without a rollback, the properties of the last success

    updated = cloudformation.update(properties(Tags=tags(stage="prod")))

    assert updated.job_arn != created.job_arn
    assert personalize.imported() == [DATA_LOCATION]


def test_no_job_replaces_its_own_data_although_its_listed_time_is_a_little_later(
    personalize: FakePersonalize,
) -> None:
    job = personalize.describe_dataset_import_job(personalize.import_elsewhere("by-hand", parse(properties())))
    assert job

    assert not is_replaced(job, [replace(job, creation_date_time=job.creation_date_time + 0.4)])
