"""A resource that was moved to another stack may use roles and jobs of its new and its previous stack."""

from typing import Any

import pytest

from personalize_import_handler.contract import REPEATED_TAG, RESOURCE_TAG
from tests.handler.support.account import Account
from tests.handler.support.fakes import ACCOUNT, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

ROLES = f"arn:aws:iam::{ACCOUNT}:role/personalize-import/eu-west-1"
HERE = properties(RoleArn=f"{ROLES}/shop/Import-1A2B")
THERE = properties(RoleArn=f"{ROLES}/store/Import-3C4D")
FIRST = {"LogicalId": "Import", "PhysicalId": "shop/Import"}


def moved(account: Account, logical_id: str, settled: dict[str, Any]) -> CloudFormation:
    """Return a resource of stack `store` that was created in `shop`."""
    return CloudFormation(
        account,
        stack_name="store",
        logical_id=logical_id,
        physical_resource_id=f"shop/{logical_id}",
        properties=settled,
    )


def test_an_update_that_gives_a_moved_resource_the_role_of_its_new_stack_can_be_rolled_back(
    account: Account, personalize: FakePersonalize
) -> None:
    created = CloudFormation(account).create(HERE)
    resource = moved(account, "Import", HERE)
    resource.update(THERE)

    assert resource.roll_back().job_arn == created.job_arn
    assert len(personalize.jobs) == 1
    assert account.stacks.calls == []


def test_a_moved_resource_passes_no_role_of_a_third_stack(account: Account, personalize: FakePersonalize) -> None:
    CloudFormation(account).create(HERE)
    resource = moved(account, "Import", HERE)

    response = resource.update(properties(RoleArn=f"{ROLES}/stock/Import-5E6F"))

    assert "is the import role of stack 'stock'" in response.reason
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize("shares", ["stack", "stack before"])
def test_a_moved_resource_continues_with_the_job_of_a_resource_of_its_current_or_previous_stack(
    shares: str, account: Account, personalize: FakePersonalize
) -> None:
    first = CloudFormation(account, stack_name="shop" if shares == "stack before" else "store")
    begun = first.create(properties())
    waiting = properties(
        DatasetImportJobArn=begun.job_arn, FirstResource={**FIRST, "PhysicalId": begun.physical_resource_id}
    )

    response = moved(account, "ImportWait2", waiting).update({**waiting, "WaitedSeconds": "60"})

    assert response.job_arn == begun.job_arn
    assert len(personalize.jobs) == 1


def test_a_moved_full_import_repeats_the_rows_that_a_resource_had_added_before_both_were_moved(
    account: Account, personalize: FakePersonalize
) -> None:
    def full(number: int) -> dict[str, Any]:
        return properties(DataLocation=f"s3://shop-data/{number}/", FollowedBy=[{"LogicalId": "Added"}])

    CloudFormation(account).create(full(1))
    CloudFormation(account, logical_id="Added").create(
        properties(ImportMode="INCREMENTAL", DataLocation="s3://shop-data/rows/")
    )
    resource = moved(account, "Import", full(1))
    resource.update(full(2))

    assert resource.roll_back().succeeded
    assert personalize.imported() == ["s3://shop-data/1/", "s3://shop-data/rows/"]


def test_a_nested_full_import_repeats_the_rows_of_its_nested_stack_under_the_tag_of_their_resource(
    account: Account, personalize: FakePersonalize
) -> None:
    def full(number: int) -> dict[str, Any]:
        location = f"s3://shop-data/{number}/"
        return properties(DataLocation=location, StackScope="shop/Nested", FollowedBy=[{"LogicalId": "Added"}])

    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")
    nested.create(full(1))
    added = CloudFormation(account, stack_name=nested.stack_name, nested_in="shop", logical_id="Added")
    rows = properties(ImportMode="INCREMENTAL", DataLocation="s3://shop-data/rows/", StackScope="shop/Nested")
    once = added.create(rows)
    nested.update(full(2))

    assert nested.roll_back().succeeded
    assert personalize.imported() == ["s3://shop-data/1/", "s3://shop-data/rows/"]
    again = once.job_arn.removesuffix("1") + "2"
    assert personalize.tags[once.job_arn] == {RESOURCE_TAG: "shop/Nested/Added"}
    assert personalize.tags[again] == {RESOURCE_TAG: "shop/Nested/Added", REPEATED_TAG: "true"}
