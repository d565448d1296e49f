"""Physical ids, which are created once and never change, even if the resource is moved."""

from collections.abc import Mapping
from typing import Any

import pytest

from personalize_import_handler.contract.properties import parse
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior, job_arn
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

OTHER_LOCATION = "s3://shop-data/interactions-2/"
SCOPE = "shop/Imports"
ANY_ID = pytest.mark.parametrize(
    "physical_resource_id",
    ["shop/Import", job_arn("shop-Import-c493e012844a-1"), "shop-Import-1A2B3C4D5E6F"],
    ids=["created", "created by an earlier version", "made up by CloudFormation"],
)


def move(
    account: Account, physical_resource_id: str, settled: Mapping[str, Any] | None, **place: Any
) -> CloudFormation:
    """Move a resource, as a stack refactoring does: without a request, and with the same id."""
    return CloudFormation(account, physical_resource_id=physical_resource_id, properties=settled, **place)


def nested(account: Account, suffix: str) -> CloudFormation:
    """Return a nested stack: CloudFormation adds a random suffix to its name."""
    return CloudFormation(account, stack_name=f"shop-Imports-{suffix}", nested_in="shop")


def test_the_id_of_a_resource_consists_of_stack_name_and_logical_id(
    account: Account, cloudformation: CloudFormation
) -> None:
    assert cloudformation.create(properties()).physical_resource_id == "shop/Import"
    response = nested(account, "1A2B3C4D5E6F").create(properties(StackScope=SCOPE))
    assert response.physical_resource_id == "shop-Imports-1A2B3C4D5E6F/Import"


@ANY_ID
@pytest.mark.parametrize("changed", [{"Tags": tags(stage="prod")}, {"DataLocation": OTHER_LOCATION}])
def test_an_update_returns_the_id_of_the_request(
    physical_resource_id: str, changed: Mapping[str, Any], cloudformation: CloudFormation
) -> None:
    cloudformation.create(properties())
    cloudformation.physical_resource_id = physical_resource_id

    response = cloudformation.update(properties(**changed))

    assert response.succeeded
    assert response.physical_resource_id == physical_resource_id
    assert cloudformation.roll_back().physical_resource_id == physical_resource_id


@ANY_ID
def test_an_update_that_fails_returns_the_id_of_the_request(
    physical_resource_id: str, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    cloudformation.physical_resource_id = physical_resource_id
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    response = cloudformation.update(properties(DataLocation=OTHER_LOCATION))

    assert not response.succeeded
    assert response.physical_resource_id == physical_resource_id


@ANY_ID
@pytest.mark.parametrize("wait", [True, False], ids=["at once", "after its job"])
def test_a_delete_returns_the_id_of_the_request(
    physical_resource_id: str, cloudformation: CloudFormation, *, wait: bool
) -> None:
    cloudformation.create(properties(Wait=wait))

    assert cloudformation.delete(physical_resource_id).physical_resource_id == physical_resource_id


def test_a_failed_create_has_the_id_of_a_successful_one(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    response = cloudformation.create(properties())

    assert not response.succeeded
    assert response.physical_resource_id == "shop/Import"


@pytest.mark.parametrize("invalid", [{"DataLocation": "nowhere"}, {"DatasetArn": None}])
def test_a_rejected_create_has_the_id_of_a_successful_one(
    invalid: Mapping[str, Any], cloudformation: CloudFormation
) -> None:
    response = cloudformation.create(properties(**invalid))

    assert not response.succeeded
    assert response.physical_resource_id == "shop/Import"


@pytest.mark.parametrize(
    "scope", ["", "1shop", "shop/Imports/More", "/Imports", "shop/", "shop\n", f"{'s' * 129}/Imports", "*", ["shop"]]
)
def test_an_invalid_scope_is_rejected_and_the_id_has_the_name_of_the_stack(
    scope: object, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    response = cloudformation.create(properties(StackScope=scope))

    assert "StackScope must be the name of the root stack, a slash, and a name of the nested stack" in response.reason
    assert "such as shop/Imports" in response.reason
    assert response.physical_resource_id == "shop/Import"
    assert personalize.jobs == {}
    assert cloudformation.roll_back().succeeded


@pytest.mark.parametrize("moved", [{"logical_id": "Moved"}, {"stack_name": "store"}, {"generation": 2}])
@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_a_resource_that_was_moved_keeps_its_job(
    moved: Mapping[str, Any], mode: str, account: Account, personalize: FakePersonalize
) -> None:
    created = CloudFormation(account).create(properties(ImportMode=mode))
    stack = move(account, created.physical_resource_id, properties(ImportMode=mode), **moved)

    updated = stack.update(properties(ImportMode=mode, Tags=tags(stage="prod")))

    assert updated.job_arn == created.job_arn
    assert updated.physical_resource_id == created.physical_resource_id
    assert personalize.tags_of(created.job_arn) == {"stage": "prod"}
    assert stack.roll_back().job_arn == created.job_arn
    assert len(personalize.jobs) == 1


def test_a_moved_resource_that_rolls_back_finds_its_job_if_the_data_still_exists(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = CloudFormation(account)
    created = stack.create(properties(ImportMode="INCREMENTAL"))
    stack.update(properties(ImportMode="INCREMENTAL", DataLocation=OTHER_LOCATION))
    moved = move(account, created.physical_resource_id, stack.properties, logical_id="Moved", stack_name="store")

    back = moved.update(properties(ImportMode="INCREMENTAL"))

    assert back.job_arn == created.job_arn
    assert personalize.imported() == [DATA_LOCATION, OTHER_LOCATION]


def test_a_moved_resource_that_rolls_back_to_replaced_data_imports_it_again(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = CloudFormation(account)
    created = stack.create(properties())
    stack.update(properties(DataLocation=OTHER_LOCATION))
    moved = move(account, created.physical_resource_id, stack.properties, logical_id="Moved", stack_name="store")

    back = moved.update(properties())

    assert back.job_arn == created.job_arn.removesuffix("1") + "2"
    assert personalize.imported() == [DATA_LOCATION]


def test_a_resource_that_was_moved_with_its_import_role_keeps_its_job(
    account: Account, personalize: FakePersonalize
) -> None:
    role = "arn:aws:iam::123456789012:role/personalize-import/eu-west-1"
    here = properties(ImportMode="INCREMENTAL", RoleArn=f"{role}/shop/Import-1A2B")
    there = properties(ImportMode="INCREMENTAL", RoleArn=f"{role}/store/Moved-3C4D")
    created = CloudFormation(account).create(here)
    moved = move(account, created.physical_resource_id, here, logical_id="Moved", stack_name="store")

    assert moved.update(there).job_arn == created.job_arn
    assert moved.update({**there, "DataLocation": OTHER_LOCATION}).succeeded
    assert moved.roll_back().job_arn == created.job_arn
    assert personalize.imported() == [DATA_LOCATION, OTHER_LOCATION]


def test_a_different_role_changes_the_import(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    for role in ("personalize-import/eu-west-1/shop/Import-1A2B", "mine"):
        settled = properties(RoleArn=f"arn:aws:iam::123456789012:role/{role}")
        response = cloudformation.update(settled) if personalize.jobs else cloudformation.create(settled)
        assert response.succeeded
    assert len(personalize.jobs) == 2


def test_a_moved_resource_is_deleted_after_its_running_job(account: Account, personalize: FakePersonalize) -> None:
    created = CloudFormation(account).create(properties(Wait=False))
    moved = move(account, created.physical_resource_id, properties(), logical_id="Moved", stack_name="store")
    began = account.clock.now

    assert moved.delete().sent_at - began >= 300


def test_a_new_resource_in_place_of_a_moved_one_has_its_own_job(account: Account, personalize: FakePersonalize) -> None:
    created = CloudFormation(account).create(properties())
    moved = move(account, created.physical_resource_id, properties(), stack_name="store")

    other = CloudFormation(account, stack_name="store", logical_id="Other").create(properties())

    assert other.job_arn != created.job_arn
    assert moved.update(properties(Tags=tags(stage="prod"))).job_arn == created.job_arn


def test_a_nested_stack_that_is_created_again_under_another_name_adopts_the_running_job(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3000)
    failed = nested(account, "1A2B3C4D5E6F").create(properties(StackScope=SCOPE, TimeoutSeconds=60))

    response = nested(account, "6F5E4D3C2B1A").create(properties(StackScope=SCOPE))

    assert not failed.succeeded
    assert response.succeeded
    assert len(personalize.jobs) == 1


def test_two_nested_stacks_of_one_root_stack_have_separate_jobs(account: Account, personalize: FakePersonalize) -> None:
    first = nested(account, "1A2B3C4D5E6F").create(properties(StackScope=SCOPE))
    second = nested(account, "6F5E4D3C2B1A").create(properties(StackScope="shop/Others"))

    assert first.job_arn != second.job_arn


def test_a_cancelled_nested_stack_waits_for_the_job_under_a_generated_id(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = nested(account, "1A2B3C4D5E6F")
    stack.begin("Create", properties(StackScope=SCOPE))
    began = account.clock.now

    assert stack.delete("shop-Imports-1A2B3C4D5E6F-Import-1A2B3C4D5E6F").sent_at - began >= 300


def test_a_request_without_properties_has_an_id_in_its_response(
    cloudformation: CloudFormation, account: Account
) -> None:
    event = cloudformation.event("Create", {})
    del event["ResourceProperties"]

    account.deliver(event)

    response = cloudformation.response_to(event)
    assert response.physical_resource_id == "shop/Import"
    assert response.reason.startswith("DatasetArn is missing")


def test_a_changed_job_name_keeps_the_job(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    created = cloudformation.create(properties(ImportMode="INCREMENTAL", JobName="nightly"))

    for name in ("weekly", None):
        changed = properties(ImportMode="INCREMENTAL", JobName=name)
        assert cloudformation.update(changed).job_arn == created.job_arn
        tagged = cloudformation.update({**changed, "Tags": tags(name=str(name))})
        assert tagged.job_arn == created.job_arn
        assert cloudformation.roll_back().job_arn == created.job_arn
    assert personalize.imported() == [DATA_LOCATION]


def test_a_changed_job_name_imports_nothing_although_a_later_import_has_replaced_the_data(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties(JobName="nightly"))
    personalize.import_elsewhere("by-hand", parse(properties(DataLocation=OTHER_LOCATION)))

    renamed = cloudformation.update(properties(JobName="weekly"))

    assert renamed.job_arn == created.job_arn
    assert len(personalize.jobs) == 2


def test_an_import_that_is_repeated_under_another_job_name_has_the_next_number(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties(JobName="nightly"))
    account.clock.advance(60)
    personalize.recreate_dataset()

    again = cloudformation.update(properties(JobName="weekly"))

    assert again.attributes["JobName"] == created.attributes["JobName"].replace("nightly", "weekly")[:-1] + "2"
    assert cloudformation.update(properties(JobName="weekly", Tags=tags(stage="prod"))).job_arn == again.job_arn
