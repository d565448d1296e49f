"""Asset files: `cdk deploy` uploads them, changed ones are imported again, and they are deleted with the stack."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DataSource
from personalize_import_handler.aws.storage_client import BotoStorage
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import UsersStack, users_csv

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


def stack_of(name: str, path: Path, **arguments: Any) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        UsersStack(app, name, DataSource.from_asset(str(path)), **arguments)

    return build


def users(cloud: Cloud, name: str) -> list[str]:
    rows = cloud.rows(cloud.outputs(name)["DatasetArn"], limit=100)["rows"]
    return sorted(row["USER_ID"] for row in rows)


def data_buckets(cloud: Cloud, name: str) -> list[str]:
    return [bucket["Name"] for bucket in cloud.s3.list_buckets()["Buckets"] if name.lower() in bucket["Name"]]


@pytest.mark.slow
def test_asset_files_are_imported_and_deleted_with_the_stack(cloud: Cloud, name: str, folder: Path) -> None:
    deployed = cloud.deploy(stack_of(name, folder))

    assert deployed.succeeded, deployed.output
    assert users(cloud, name) == ["a", "b", "c"]
    assert len(data_buckets(cloud, name)) == 1

    destroyed = cloud.destroy(stack_of(name, folder))

    assert destroyed.succeeded, destroyed.output
    assert data_buckets(cloud, name) == []


@pytest.mark.slow
def test_an_asset_file_can_be_replaced_by_a_bucket_and_the_staging_bucket_is_deleted(
    cloud: Cloud, name: str, folder: Path
) -> None:
    assert cloud.deploy(stack_of(name, folder / "one.csv")).succeeded
    assert users(cloud, name) == ["a", "b"]
    location = cloud.put(f"{name.lower()[:40]}-own", "users.csv", users_csv("c"))

    def build(app: cdk.App) -> None:
        UsersStack(app, name, location)

    deployed = cloud.deploy(build)

    assert deployed.succeeded, deployed.output
    assert users(cloud, name) == ["c"]
    assert data_buckets(cloud, name) == [f"{name.lower()[:40]}-own"]


def test_a_large_file_is_copied_in_parts_without_changes(cloud: Cloud, name: str) -> None:
    content = bytes(range(256)) * (11 * MIB // 256) + b"the end"
    bucket = name.lower()[:40]
    source = cloud.put(bucket, "large file.csv", content)
    client = cloud.client("s3")
    parts: list[str] = []
    client.meta.events.register("before-call.s3.UploadPartCopy", lambda **_: parts.append("one"))

    BotoStorage(client, part_bytes=5 * MIB).copy(source, f"s3://{bucket}/copy/large.csv")

    assert client.get_object(Bucket=bucket, Key="copy/large.csv")["Body"].read() == content
    assert len(parts) == 3


def test_all_versions_and_delete_markers_of_a_bucket_are_deleted_with_the_stack(cloud: Cloud, name: str) -> None:
    bucket, client = name.lower()[:40], cloud.client("s3")
    cloud.put(bucket, "before.csv", "unversioned")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for version in range(3):
        client.put_object(Bucket=bucket, Key="one.csv", Body=str(version))
    client.delete_object(Bucket=bucket, Key="one.csv")
    storage = BotoStorage(client)
    assert not storage.exists(f"s3://{bucket}/one.csv")
    assert storage.exists(f"s3://{bucket}/before.csv")
    assert not storage.exists(f"s3://{bucket}/before")

    assert storage.empty(bucket)

    client.delete_bucket(Bucket=bucket)
    assert storage.empty(bucket), "one that is gone is empty"
