"""Jobs that a resource that is created again adopts, and jobs that its stack has released.

A resource that is deleted releases its jobs, unless a deployment that failed is rolled back.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from personalize_import_handler.aws.stacks import RootStack
from personalize_import_handler.contract import RESOURCE_TAG
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.request.test_ownership import FIRST
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

THROTTLED = BusyError("DescribeStacks", "Throttling", "Rate exceeded")


@pytest.fixture
def shop(account: Account) -> CloudFormation:
    return CloudFormation(account)


def recreated(account: Account, wanted: Mapping[str, Any], *, generation: int) -> Response:
    account.clock.advance(3600)
    return CloudFormation(account, generation=generation).create(wanted)


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
@pytest.mark.parametrize("generation", [1, 2], ids=["resource removed and added", "stack destroyed"])
def test_a_resource_that_is_created_again_imports_again(
    generation: int, mode: str, shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    wanted = properties(ImportMode=mode)
    first = shop.create(wanted)
    shop.delete()

    again = recreated(account, wanted, generation=generation)

    assert again.succeeded
    assert again.job_arn != first.job_arn
    assert len(personalize.jobs) == 2


def test_earlier_imports_of_a_resource_that_was_deleted_are_not_adopted_either(
    shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    one, two = (properties(ImportMode="INCREMENTAL", DataLocation=f"s3://shop-data/{name}/") for name in ("1", "2"))
    first = shop.create(one)
    shop.update(two)
    shop.delete()

    assert recreated(account, one, generation=2).job_arn != first.job_arn


@pytest.mark.parametrize("generation", [1, 2])
def test_a_job_of_a_failed_deployment_is_adopted(
    generation: int, shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    first = shop.create(properties())
    shop.roll_back()

    assert recreated(account, properties(), generation=generation).job_arn == first.job_arn


def test_a_job_of_a_failed_deployment_of_a_nested_stack_is_adopted(
    account: Account, personalize: FakePersonalize
) -> None:
    wanted = properties(StackScope="shop/Nested")
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")
    first = nested.create(wanted)
    nested.roll_back()
    again = CloudFormation(account, stack_name="shop-Nested-6F5E4D3C2B1A", nested_in="shop")

    assert again.create(wanted).job_arn == first.job_arn
    again.delete()
    last = CloudFormation(account, stack_name="shop-Nested-0123456789AB", nested_in="shop")
    account.clock.advance(60)
    assert last.create(wanted).job_arn != first.job_arn


def test_a_running_job_is_adopted_and_then_belongs_to_the_resource_that_adopts_it(
    shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3 * 3600)
    first = shop.create(properties(Wait=False))
    shop.delete()

    again = CloudFormation(account, generation=2).create(properties(Wait=False))

    assert again.job_arn == first.job_arn
    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Import"}


def test_a_resource_that_only_continues_waiting_releases_nothing_when_it_is_deleted(
    shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    first = shop.create(properties())
    wait = CloudFormation(account, logical_id="ImportWait2")
    wait.create(properties(DatasetImportJobArn=first.job_arn, FirstResource=FIRST))

    wait.delete()

    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Import"}


def test_a_delete_that_can_not_describe_its_stack_releases_the_job(
    shop: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    first = shop.create(properties())
    account.stacks.errors = [RefusedError("DescribeStacks", "AccessDenied", "Not authorized.")]

    assert shop.delete().succeeded
    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Import released"}


@pytest.mark.parametrize("operation", ["list_dataset_import_jobs", "list_tags", "tag_resource"])
@pytest.mark.parametrize(
    ("error", "is_released"),
    [
        (BusyError("Any", "ThrottlingException", "Rate exceeded"), True),
        (RefusedError("Any", "AccessDenied", "No."), False),
    ],
)
def test_a_delete_retries_releasing_a_job_and_never_fails(
    error: Exception, operation: str, is_released: bool, shop: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    first = shop.create(properties())
    personalize.fail_next(operation, error, times=2)

    assert shop.delete().succeeded
    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: f"shop/Import{' released' if is_released else ''}"}
    assert log.lines_from("ERROR") == []


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_an_update_does_not_go_back_to_a_job_of_a_resource_that_was_deleted(
    mode: str, shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    one, two = (properties(ImportMode=mode, DataLocation=f"s3://shop-data/{name}/") for name in ("1", "2"))
    first = shop.create(one)
    shop.delete()
    account.clock.advance(3600)
    again = CloudFormation(account, generation=2)
    second = again.create(two)

    third = again.update(one)

    assert third.succeeded
    assert third.job_arn != first.job_arn
    rolled_back = again.roll_back()
    assert rolled_back.succeeded
    assert (rolled_back.job_arn == second.job_arn) == (mode == "INCREMENTAL")  # its rows are still there


@pytest.mark.parametrize("other", [{"JobName": "nightly"}, {"ImportMode": "INCREMENTAL"}])
def test_all_imports_of_only_the_deleted_resource_are_released(
    other: Mapping[str, Any], shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    wanted = properties(JobName="nightly", ImportMode="INCREMENTAL")
    first = shop.create(wanted)
    neighbour = CloudFormation(account, logical_id="Other").create({**wanted, **other})
    second = shop.update({**wanted, "DataLocation": "s3://shop-data/2/", "JobName": "weekly"})
    shop.update({**wanted, "JobName": "weekly"})

    shop.delete()

    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Import released"}
    assert personalize.tags[second.job_arn] == {RESOURCE_TAG: "shop/Import released"}
    assert personalize.tags[neighbour.job_arn] == {RESOURCE_TAG: "shop/Other"}


def test_a_rollback_whose_call_for_the_stack_is_throttled_releases_nothing(
    shop: CloudFormation, account: Account
) -> None:
    first = shop.create(properties())
    account.stacks.errors = [THROTTLED, THROTTLED]
    shop.roll_back()

    assert recreated(account, properties(), generation=1).job_arn == first.job_arn


@pytest.mark.parametrize(
    "status",
    [
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "IMPORT_ROLLBACK_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
    ],
)
def test_a_delete_of_a_failed_deployment_releases_nothing(status: str) -> None:
    assert not RootStack("shop", status).is_removing_resources


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_delete_of_a_stack_or_a_cleanup_releases_jobs(status: str) -> None:
    assert RootStack("shop", status).is_removing_resources


def test_a_failed_deployment_without_rollback_is_repeated_without_another_import(
    shop: CloudFormation, account: Account, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = properties(ImportMode="INCREMENTAL")
    personalize.job_behavior = JobBehavior(seconds=3600)
    assert not shop.create(wanted).succeeded
    monkeypatch.setattr(CloudFormation, "_status", lambda *_: "UPDATE_IN_PROGRESS")

    shop.delete()
    assert CloudFormation(account).create(wanted).succeeded
    assert len(personalize.jobs) == 1


def test_a_delete_reads_no_tags_of_jobs_that_can_not_be_adopted(
    shop: CloudFormation, personalize: FakePersonalize
) -> None:
    for number in range(5):
        wanted = properties(ReimportToken=str(number))
        response = shop.update(wanted) if number else shop.create(wanted)
    personalize.calls.clear()

    shop.delete()
    assert personalize.calls_of("list_tags") == [response.job_arn]
    assert personalize.calls_of("tag_resource") == [response.job_arn]


def test_a_delete_that_cannot_release_its_job_in_time_succeeds_with_a_warning(
    shop: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    shop.dates_urls = False
    first = shop.create(properties())
    personalize.fail_next("tag_resource", BusyError("TagResource", "ThrottlingException", "Rate exceeded"), times=1000)
    began = account.clock.now
    event = shop.begin("Delete", properties())
    account.functions_seconds_off = 1800

    deleted = shop.run(event)

    assert deleted.succeeded
    assert 3000 <= deleted.sent_at - began < 3600
    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Import"}
    assert [line for line in log.lines_from("WARNING") if "could not be released" in line]


def test_a_job_of_an_earlier_version_is_not_adopted_by_a_resource_that_is_created(
    shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    first = shop.create(properties())
    personalize.tags[first.job_arn].clear()  # earlier versions set no tag
    shop.delete()

    assert personalize.tags[first.job_arn] == {}
    assert recreated(account, properties(), generation=2).job_arn != first.job_arn


def test_a_stack_with_the_scope_of_another_one_releases_none_of_its_jobs(
    account: Account, personalize: FakePersonalize
) -> None:
    wanted = properties(StackScope="shop/Nested")
    first = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop").create(wanted)
    store = CloudFormation(account, stack_name="store")
    store.create(wanted)

    assert store.delete().succeeded
    assert personalize.tags[first.job_arn] == {RESOURCE_TAG: "shop/Nested/Import"}
