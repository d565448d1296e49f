"""Resources that an earlier version created: their physical ids are the ARNs of their jobs, and their data is kept.

The names of jobs are written out, as the earlier version made them.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from personalize_import_handler.contract.properties import parse
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize, job_arn
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

OTHER_LOCATION = "s3://shop-data/interactions-2/"
JOB_NAME = "shop-Import-c493e012844a-1"
INCREMENTAL_JOB_NAME = "shop-Import-6d0e53636e66-1"
NESTED = "shop-Imports-1A2B3C4D5E6F"
NESTED_JOB_NAME = f"{NESTED}-Import-21c19af4d1cb-1"
ROLE = "arn:aws:iam::123456789012:role"
IMPORT_ROLE_JOB_NAME = "shop-Import-6517524e9b61-1"
NESTED_IMPORT_ROLE_JOB_NAME = f"{NESTED}-Import-da8a688bcca5-1"
NESTED_SINCE = {
    "ImportMode": "INCREMENTAL",
    "StackScope": "shop/Imports",
    "RoleArn": f"{ROLE}/personalize-import/eu-west-1/shop/Imports/Import-3C4D",
}
DEFINITION = {"Name": "interactions", "DatasetType": "Interactions", "DatasetGroupArn": "arn:aws:personalize:::shop"}
FULL_JOB = job_arn("shop-Full-0123456789ab-1")


def created_before(account: Account, job_name: str, settled: Mapping[str, Any], **place: Any) -> CloudFormation:
    """Return a resource that an earlier version created, whose import has ended."""
    account.personalize.import_elsewhere(job_name, parse(settled))
    place |= {"nested_in": "shop"} if place.get("stack_name") == NESTED else {}
    account.clock.advance(600)
    return CloudFormation(account, physical_resource_id=job_arn(job_name), properties=settled, **place)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"DatasetDefinition": DEFINITION},
        {"Tags": tags(stage="prod")},
        {"JobName": "nightly"},
        {"DatasetDefinition": DEFINITION, "After": FULL_JOB, "JobName": "nightly", "Tags": tags(stage="prod")},
    ],
)
@pytest.mark.parametrize(("mode", "job_name"), [("FULL", JOB_NAME), ("INCREMENTAL", INCREMENTAL_JOB_NAME)])
def test_an_upgrade_and_its_rollback_import_nothing(
    changed: Mapping[str, Any], mode: str, job_name: str, account: Account, personalize: FakePersonalize
) -> None:
    settled = properties(ImportMode=mode)
    stack = created_before(account, job_name, settled)

    upgraded = stack.update({**settled, **changed})
    rolled_back = stack.roll_back()

    assert upgraded.succeeded
    assert rolled_back.succeeded
    for answer in (upgraded, rolled_back):
        assert answer.job_arn == answer.physical_resource_id == job_arn(job_name)
    assert list(personalize.jobs) == [job_name]


@pytest.mark.parametrize("changed", [{}, {"DatasetDefinition": DEFINITION}, {"Tags": tags(stage="prod")}])
def test_an_upgrade_in_a_nested_stack_and_its_rollback_import_nothing(
    changed: Mapping[str, Any], account: Account, personalize: FakePersonalize
) -> None:
    settled = properties(ImportMode="INCREMENTAL")
    stack = created_before(account, NESTED_JOB_NAME, settled, stack_name=NESTED)

    upgraded = stack.update({**settled, "StackScope": "shop/Imports", **changed})
    rolled_back = stack.roll_back()

    assert upgraded.job_arn == rolled_back.job_arn == job_arn(NESTED_JOB_NAME)
    assert list(personalize.jobs) == [NESTED_JOB_NAME]


@pytest.mark.parametrize("bound", ["", "/team"])
@pytest.mark.parametrize("name", ["Import-1A2B", "Import-3C4D"])
def test_an_upgrade_that_changes_the_path_of_the_import_role_imports_nothing(
    bound: str, name: str, account: Account, personalize: FakePersonalize
) -> None:
    settled = properties(ImportMode="INCREMENTAL", RoleArn=f"{ROLE}/personalize-import/shop/Import-1A2B")
    stack = created_before(account, IMPORT_ROLE_JOB_NAME, settled)

    upgraded = stack.update({**settled, "RoleArn": f"{ROLE}{bound}/personalize-import/eu-west-1/shop/{name}"})

    assert upgraded.job_arn == stack.roll_back().job_arn == job_arn(IMPORT_ROLE_JOB_NAME)
    assert list(personalize.jobs) == [IMPORT_ROLE_JOB_NAME]


@pytest.fixture
def nested(account: Account) -> CloudFormation:
    settled = properties(ImportMode="INCREMENTAL", RoleArn=f"{ROLE}/personalize-import/{NESTED}/Import-1A2B")
    return created_before(account, NESTED_IMPORT_ROLE_JOB_NAME, settled, stack_name=NESTED)


def test_an_upgrade_that_changes_the_path_of_a_nested_import_role_imports_nothing(
    nested: CloudFormation, personalize: FakePersonalize
) -> None:
    upgraded = nested.update(properties(**NESTED_SINCE))
    rolled_back = nested.roll_back()

    assert upgraded.job_arn == rolled_back.job_arn == job_arn(NESTED_IMPORT_ROLE_JOB_NAME)
    assert list(personalize.jobs) == [NESTED_IMPORT_ROLE_JOB_NAME]


def test_a_nested_resource_that_was_upgraded_imports_each_change_once(
    nested: CloudFormation, personalize: FakePersonalize
) -> None:
    nested.update(properties(**NESTED_SINCE))

    for tag in ("dev", "prod"):
        nested.update(properties(**NESTED_SINCE, DataLocation=OTHER_LOCATION, Tags=tags(stage=tag)))
    assert personalize.imported() == [DATA_LOCATION, OTHER_LOCATION]

    back = nested.update(properties(**NESTED_SINCE))
    assert back.job_arn == job_arn(NESTED_IMPORT_ROLE_JOB_NAME)
    assert personalize.imported() == [DATA_LOCATION, OTHER_LOCATION]


def test_an_upgrade_that_changes_a_nested_import_is_rolled_back_to_the_job_of_the_earlier_version(
    account: Account, personalize: FakePersonalize
) -> None:
    settled = properties(ImportMode="INCREMENTAL")
    stack = created_before(account, NESTED_JOB_NAME, settled, stack_name=NESTED)
    upgraded = properties(ImportMode="INCREMENTAL", StackScope="shop/Imports")
    stack.update(upgraded)
    personalize.course = Course(end="CREATE FAILED")

    assert not stack.update({**upgraded, "DataLocation": OTHER_LOCATION}).succeeded
    personalize.course = Course()

    assert stack.roll_back().job_arn == job_arn(NESTED_JOB_NAME)
    assert personalize.imported() == [DATA_LOCATION]


def test_an_upgraded_resource_imports_again_and_rolls_back_under_the_same_id(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = created_before(account, JOB_NAME, properties())
    stack.update(properties(DatasetDefinition=DEFINITION))

    updated = stack.update(properties(DatasetDefinition=DEFINITION, DataLocation=OTHER_LOCATION))
    assert personalize.imported() == [OTHER_LOCATION]
    rolled_back = stack.roll_back()

    assert updated.physical_resource_id == rolled_back.physical_resource_id == job_arn(JOB_NAME)
    assert rolled_back.attributes["JobName"] == JOB_NAME.removesuffix("1") + "2"
    assert personalize.imported() == [DATA_LOCATION]


def test_an_upgraded_resource_imports_again_when_its_dataset_was_replaced(
    account: Account, personalize: FakePersonalize
) -> None:
    stack = created_before(account, JOB_NAME, properties())
    personalize.recreate_dataset()

    assert stack.update(properties(DatasetDefinition=DEFINITION)).succeeded
    assert personalize.imported() == [DATA_LOCATION]


@pytest.mark.parametrize("moved", [{"logical_id": "Moved"}, {"stack_name": "store"}])
def test_an_upgraded_resource_that_was_moved_imports_again_because_its_job_is_not_proven(
    moved: Mapping[str, Any], account: Account, personalize: FakePersonalize
) -> None:
    stack = created_before(account, JOB_NAME, properties(), **moved)

    assert stack.update(properties(Tags=tags(stage="prod"))).job_arn != job_arn(JOB_NAME)
    assert personalize.tags[job_arn(JOB_NAME)] == {}
    assert personalize.imported() == [DATA_LOCATION]


def test_an_upgraded_resource_that_was_moved_is_deleted_after_its_running_job(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=1200)
    stack = created_before(account, JOB_NAME, properties(), logical_id="Moved")
    began = account.clock.now

    assert stack.delete().answered_at - began >= 600


def test_the_first_delete_after_an_upgrade_waits_for_the_running_job(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=1200)
    settled = properties(ImportMode="INCREMENTAL", JobName="nightly", StackScope="shop/Imports")
    stack = created_before(account, NESTED_JOB_NAME, settled, stack_name=NESTED)
    began = account.clock.now

    assert stack.delete().answered_at - began >= 600
