"""Upgrades of an `ImportedDataset` leave the dataset with its data."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema, DataSource, ImportedDataset
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import retain_history

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

USERS = DatasetSchema.users().field("CLASS", categorical=True)
WITH_AGE = USERS.field("AGE", "int", nullable=True)


class ImportedUsersStack(cdk.Stack):
    """A dataset group and an imported dataset of users."""

    def __init__(
        self,
        app: cdk.App,
        name: str,
        location: str,
        *,
        schema: DatasetSchema = USERS,
        dataset_tags: Mapping[str, str] | None = None,
        name_in_use: str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(app, name)
        imported = ImportedDataset(
            self,
            "Users",
            dataset_group=personalize.CfnDatasetGroup(self, "Group", name=name),
            schema=schema,
            data_source=DataSource.from_s3_uri(location),
            **arguments,
        )
        for key, value in (dataset_tags or {}).items():
            cdk.Tags.of(imported).add(key, value)
        if name_in_use:
            failing = personalize.CfnDatasetGroup(self, "AnotherResource", name=name_in_use)
            failing.node.add_dependency(imported)
        retain_history(self)


@pytest.fixture
def users(stack: StackUnderTest) -> StackUnderTest:
    stack.stack_class = ImportedUsersStack
    data = "USER_ID,CLASS,AGE\na,gold,7\nb,gold,8\nc,gold,\n"
    stack.cloud.s3.put_object(Bucket=stack.name.lower(), Key="users.csv", Body=data)
    return stack


def schemas_of(users: StackUnderTest) -> list[str]:
    pages = users.cloud.personalize.get_paginator("list_schemas").paginate()
    return [each["name"] for page in pages for each in page["schemas"] if each["name"].startswith(users.name)]


def test_upgrades_leave_the_dataset_with_its_data(users: StackUnderTest) -> None:
    upgrades: list[dict[str, Any]] = [
        {},
        {"schema": WITH_AGE},
        {"schema": WITH_AGE, "dataset_name": "customers"},
        {"schema": WITH_AGE, "dataset_name": "customers", "dataset_tags": {"team": "data"}},
    ]
    for number, arguments in enumerate(upgrades, 1):
        assert users.deploy(**arguments) in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), users.reason
        assert users.users == ["a", "b", "c"]
        assert users.jobs == ["ACTIVE"] * number, "each of them replaces the dataset"
        assert len(schemas_of(users)) == 1

    described = users.cloud.personalize.describe_dataset(datasetArn=users.dataset_arn)["dataset"]
    assert described["name"] == "customers"
    assert users.cloud.tags(users.dataset_arn) == {"team": "data"}


@pytest.mark.nightly
def test_an_upgrade_that_fails_leaves_the_dataset_with_its_data(users: StackUnderTest) -> None:
    assert users.deploy() == "CREATE_COMPLETE"
    (schema,) = schemas_of(users)

    failed = users.deploy(schema=WITH_AGE, dataset_tags={"team": "data"}, another_resource_fails=True)

    assert failed == "UPDATE_ROLLBACK_COMPLETE"
    assert users.users == ["a", "b", "c"]
    assert schemas_of(users) == [schema]
