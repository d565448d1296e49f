"""Update and its rollback: another job where something else is imported, and only there."""

import pytest

from personalize_import_handler.personalize import Busy, Refused
from tests.handler.account import Account
from tests.handler.conftest import Log
from tests.handler.fakes import Course, FakePersonalize
from tests.handler.properties import DATA_LOCATION, properties, tags
from tests.handler.simulator import CloudFormation

OTHER_LOCATION = "s3://shop-data/interactions-2/"


@pytest.mark.parametrize(
    "changed",
    [
        {"TimeoutSeconds": 600},
        {"Wait": False},
        {"JobName": "another-prefix"},
        {"ImportMode": "FULL"},
        {"Tags": tags(team="data")},
        {},
    ],
)
def test_an_update_that_imports_nothing_else_keeps_the_job_and_its_id(
    changed: dict[str, object], cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())

    updated = cloudformation.update(properties(**changed))

    assert updated.succeeded
    assert updated.physical_resource_id == created.physical_resource_id
    assert updated.attributes == created.attributes
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"DataLocation": OTHER_LOCATION},
        {"RoleArn": "arn:aws:iam::123456789012:role/another"},
        {"SchemaArn": "arn:aws:personalize:eu-west-1:123456789012:schema/v2"},
        {"ImportMode": "INCREMENTAL"},
        {"ReimportToken": "2"},
        {"PublishAttributionMetricsToS3": True},
    ],
)
def test_an_update_that_imports_something_else_starts_another_job_with_an_id_of_its_own(
    changed: dict[str, object], cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())

    updated = cloudformation.update(properties(**changed))

    assert updated.succeeded
    assert updated.physical_resource_id != created.physical_resource_id
    assert len(personalize.jobs) == 2
    assert all(answer.succeeded for answer in cloudformation.clean_up())


def test_an_update_of_tags_adds_changes_and_removes_them_on_the_same_job(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(team="data", stage="dev", old="1"))).physical_resource_id
    personalize.tags[arn]["aws:cloudformation:stack-name"] = "shop"

    cloudformation.update(properties(Tags=tags(team="data", stage="prod", new="1")))

    assert personalize.tags[arn] == {
        "team": "data",
        "stage": "prod",
        "new": "1",
        "aws:cloudformation:stack-name": "shop",
    }


@pytest.mark.parametrize("operation", ["list_tags", "tag_resource", "untag_resource"])
def test_tags_that_are_throttled_are_set_at_a_later_poll(
    operation: str, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(old="1"))).physical_resource_id
    personalize.fail_next(operation, Busy("TagResource", "ThrottlingException", "Rate exceeded"), times=3)

    answer = cloudformation.update(properties(Tags=tags(new="1")))

    assert answer.succeeded
    assert personalize.tags[arn] == {"new": "1"}


def test_tags_that_are_refused_fail_the_update_and_leave_the_id(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    text = "User: handler is not authorized to perform: personalize:TagResource"
    personalize.fail_next("tag_resource", Refused("TagResource", "AccessDeniedException", text))

    answer = cloudformation.update(properties(Tags=tags(new="1")))

    assert not answer.succeeded
    assert answer.reason.startswith(text)
    assert answer.physical_resource_id == created.physical_resource_id


def test_a_job_that_is_joined_gets_the_tags_of_who_joins_it(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(stage="dev"))).physical_resource_id

    answer = CloudFormation(account, generation=2).create(properties(Tags=tags(stage="prod")))

    assert answer.physical_resource_id == arn
    assert personalize.tags[arn] == {"stage": "prod"}


@pytest.mark.parametrize("how", ["late", "at the call", "invalid"])
def test_an_update_that_fails_answers_with_the_old_id_and_its_rollback_finds_the_old_job(
    how: str, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    personalize.course = Course(end="CREATE FAILED", failure_reason="Broken row")
    if how == "at the call":
        refused = Refused("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
        personalize.fail_next("create_dataset_import_job", refused)

    failed = cloudformation.update(properties(DataLocation=OTHER_LOCATION if how != "invalid" else "nowhere"))
    rolled_back = cloudformation.roll_back()

    assert not failed.succeeded
    assert failed.physical_resource_id == created.physical_resource_id
    assert rolled_back.succeeded
    assert rolled_back.physical_resource_id == created.physical_resource_id
    assert personalize.imported() == [DATA_LOCATION]


def test_a_rollback_imports_again_what_a_later_full_import_has_replaced(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    updated = cloudformation.update(properties(DataLocation=OTHER_LOCATION))
    assert personalize.imported() == [OTHER_LOCATION]

    rolled_back = cloudformation.roll_back()

    assert rolled_back.succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert rolled_back.physical_resource_id == created.physical_resource_id.removesuffix("-1") + "-2"
    assert cloudformation.replaced == [created.physical_resource_id, updated.physical_resource_id]


def test_a_rollback_of_tags_sets_the_old_ones_and_starts_no_job(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(stage="dev"))).physical_resource_id
    cloudformation.update(properties(Tags=tags(stage="prod")))

    cloudformation.roll_back()

    assert personalize.tags[arn] == {"stage": "dev"}
    assert len(personalize.jobs) == 1


def test_the_name_of_a_failed_job_is_used_up_and_the_next_attempt_has_the_next_number(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE FAILED")
    cloudformation.create(properties())
    assert cloudformation.roll_back().succeeded
    personalize.course = Course()

    answer = CloudFormation(account, generation=2).create(properties())

    assert answer.succeeded
    first, second = personalize.jobs
    assert (first.rpartition("-")[2], second.rpartition("-")[2]) == ("1", "2")
    assert answer.attributes["JobName"] == second


def test_a_job_older_than_its_dataset_is_not_joined(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    account.clock.advance(60)
    personalize.recreate_dataset()
    assert personalize.imported() == []

    answer = CloudFormation(account, generation=2).create(properties())

    assert answer.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_job_that_has_failed_without_anybody_waiting_is_replaced_by_the_next_update(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE FAILED")
    cloudformation.create(properties(Wait=False))
    account.clock.advance(600)
    personalize.course = Course()

    answer = cloudformation.update(properties(Wait=True))

    assert answer.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_a_job_whose_record_is_gone_is_replaced_by_the_next_update(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    personalize.delete_dataset()
    personalize.recreate_dataset()

    answer = cloudformation.update(properties(Tags=tags(stage="prod")))

    assert answer.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_an_update_from_properties_that_were_never_valid_imports_what_is_said_now(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    cloudformation.create(properties(DataLocation="nowhere"))

    answer = cloudformation.update(properties())

    assert answer.succeeded
    assert personalize.imported() == [DATA_LOCATION]
