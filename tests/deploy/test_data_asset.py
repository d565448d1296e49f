"""Data of this machine: `cdk deploy` ships it, what has changed is imported again, and it goes with the stack."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest

from personalize_import import DataSource
from personalize_import_handler.storage_client import BotoStorage
from tests.deploy.cloud import Cloud
from tests.deploy.stacks import UsersStack, users_csv

pytestmark = pytest.mark.deploy

MIB = 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "users"
    (folder / "older").mkdir(parents=True)
    (folder / "one.csv").write_text(users_csv("a", "b"))
    (folder / "two.csv").write_text(users_csv("c"))
    (folder / "older" / "three.csv").write_text(users_csv("z"))
    (folder / "notes.txt").write_text("not a CSV file")
    return folder


def stack_of(name: str, folder: Path) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        UsersStack(app, name, DataSource.from_asset(str(folder)))

    return build


def users(cloud: Cloud, name: str) -> list[str]:
    rows = cloud.rows(cloud.outputs(name)["DatasetArn"], limit=100)["rows"]
    return sorted(row["USER_ID"] for row in rows)


def data_buckets(cloud: Cloud, name: str) -> list[str]:
    return [bucket["Name"] for bucket in cloud.s3.list_buckets()["Buckets"] if name.lower() in bucket["Name"]]


def test_data_of_this_machine_is_imported_and_goes_with_the_stack(cloud: Cloud, name: str, folder: Path) -> None:
    deployed = cloud.deploy(stack_of(name, folder))

    assert deployed.succeeded, deployed.output
    assert users(cloud, name) == ["a", "b", "c"]
    assert len(data_buckets(cloud, name)) == 1

    destroyed = cloud.destroy(stack_of(name, folder))

    assert destroyed.succeeded, destroyed.output
    assert data_buckets(cloud, name) == []
