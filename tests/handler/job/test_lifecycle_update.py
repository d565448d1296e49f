"""Update and its rollback: another job where something else is imported, and only there."""

import pytest

from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

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
def test_an_update_without_another_import_keeps_the_job_and_its_id(
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
def test_an_update_with_another_import_starts_another_job_and_keeps_the_id(
    changed: dict[str, object], cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())

    updated = cloudformation.update(properties(**changed))

    assert updated.succeeded
    assert updated.job_arn != created.job_arn
    assert updated.physical_resource_id == created.physical_resource_id
    assert len(personalize.jobs) == 2
    assert cloudformation.clean_up() == []


def test_an_update_of_tags_adds_changes_and_removes_them_on_the_same_job(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(team="data", stage="dev", old="1"))).job_arn
    personalize.tags[arn]["aws:cloudformation:stack-name"] = "shop"

    cloudformation.update(properties(Tags=tags(team="data", stage="prod", new="1")))

    assert personalize.tags_of(arn) == {
        "team": "data",
        "stage": "prod",
        "new": "1",
        "aws:cloudformation:stack-name": "shop",
    }


@pytest.mark.parametrize("operation", ["list_tags", "tag_resource", "untag_resource"])
def test_tags_that_are_throttled_are_set_at_a_later_poll(
    operation: str, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(old="1"))).job_arn
    personalize.fail_next(operation, BusyError("TagResource", "ThrottlingException", "Rate exceeded"), times=3)

    response = cloudformation.update(properties(Tags=tags(new="1")))

    assert response.succeeded
    assert personalize.tags_of(arn) == {"new": "1"}


def test_tags_are_set_once_and_only_if_they_have_changed(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=600)
    cloudformation.create(properties(Wait=False))
    assert personalize.calls_of("list_tags") == []

    account.polled_at.clear()
    cloudformation.update(properties(Tags=tags(new="1")))
    cloudformation.update(properties(Tags=tags(new="1"), TimeoutSeconds=600))

    assert len(account.polled_at) > 10
    # The other call finds out whether a refresh has started the running job.
    assert len(personalize.calls_of("list_tags")) == 2


def test_a_throttled_poll_does_not_start_another_import(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    personalize.import_elsewhere("by-hand", parse(properties(DataLocation=OTHER_LOCATION)))
    throttled = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("describe_dataset_import_job", throttled, times=2)

    updated = cloudformation.update(properties(Tags=tags(new="1")))

    assert updated.succeeded
    assert updated.job_arn == created.job_arn
    assert set(personalize.jobs) == {created.attributes["JobName"], "by-hand"}


def test_tags_that_are_refused_fail_the_update_with_the_same_id(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    text = "User: handler is not authorized to perform: personalize:TagResource"
    personalize.fail_next("tag_resource", RefusedError("TagResource", "AccessDeniedException", text), times=30)

    response = cloudformation.update(properties(Tags=tags(new="1")))

    assert not response.succeeded
    assert response.reason.startswith(text)
    assert response.physical_resource_id == created.physical_resource_id


@pytest.mark.parametrize("how", ["late", "at the call", "invalid"])
def test_a_failed_update_keeps_the_id_and_its_rollback_finds_the_previous_job(
    how: str, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")
    if how == "at the call":
        refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
        personalize.fail_next("create_dataset_import_job", refused)

    failed = cloudformation.update(properties(DataLocation=OTHER_LOCATION if how != "invalid" else "nowhere"))
    rolled_back = cloudformation.roll_back()

    assert not failed.succeeded
    assert failed.physical_resource_id == created.physical_resource_id
    assert rolled_back.succeeded
    assert rolled_back.job_arn == created.job_arn
    assert personalize.imported() == [DATA_LOCATION]


def test_a_rollback_of_tags_sets_the_previous_ones_and_starts_no_job(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    arn = cloudformation.create(properties(Tags=tags(stage="dev"))).job_arn
    cloudformation.update(properties(Tags=tags(stage="prod")))

    cloudformation.roll_back()

    assert personalize.tags_of(arn) == {"stage": "dev"}
    assert len(personalize.jobs) == 1


def test_removed_tags_are_removed_and_no_other_is_set_again(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties(Tags=tags(team="data", old="1")))

    assert cloudformation.update(properties(Tags=tags(team="data"))).succeeded
    assert personalize.calls_of("untag_resource")
    assert personalize.calls_of("tag_resource") == []


def test_an_update_whose_polls_stay_throttled_times_out(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    throttled = BusyError("DescribeDatasetImportJob", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("describe_dataset_import_job", throttled, times=1000)
    began = account.clock.now

    response = cloudformation.update(properties(TimeoutSeconds=600))

    assert response.reason.startswith("Timed out after 10 min: Rate exceeded.")
    assert response.sent_at - began == 600


def test_an_update_from_invalid_properties_imports_with_the_new_ones(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    cloudformation.create(properties(DataLocation="nowhere"))

    response = cloudformation.update(properties())

    assert response.succeeded
    assert personalize.imported() == [DATA_LOCATION]


def test_an_update_back_to_earlier_data_and_an_earlier_job_name_imports_it_again(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties(JobName="nightly"))
    cloudformation.update(properties(JobName="weekly", DataLocation=OTHER_LOCATION))

    assert cloudformation.update(properties(JobName="nightly")).succeeded
    assert personalize.imported() == [DATA_LOCATION]
