"""Handler, command line and local service find the same files at a location in S3."""

from typing import Final

import boto3
import pytest

from personalize_import_cli.check.s3_source import s3_data
from personalize_import_handler.aws import data_reader_client
from personalize_import_handler.aws.data_reader import TooManyFilesError
from personalize_import_handler.aws.data_reader_client import RoleReader
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.importing.data_location import location_of, objects_at
from personalize_local.personalize.role_session import RoleSession
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import ACCOUNT, REGION, make_role, reading, trust

BUCKET: Final = "same-files"
KEYS: Final = [
    *("top.csv", "top.csv.bak", "top.csv/inside.csv", "folder", "folder.csv"),
    *("folder/", "folder/a.csv", "folder/b b.CSV", "folder/notes.txt", "folder/.csv", "folder/é+%20.csv"),
    *("folder/deeper/", "folder/deeper/c.csv", "folder/deeper/deepest/d.csv", "folder//e.csv"),
    *("other/a.csv", "other/deeper/c.csv", "other-2/a.csv", "only/deeper/a.csv"),
    *(f"many/{number:04}.csv" for number in range(600)),
    *(f"many/{number:04}/part.csv" for number in range(600)),
]
LOCATIONS: Final = [
    *("", "top.csv", "folder", "folder/", "folder/deeper/", "folder//", "folder.csv"),
    *("other", "other/", "only/", "only", "many/", "none/", "none.csv", "many/0001/"),
]


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> str:
    cloud.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in KEYS:
        cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    owner = trust(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, condition={})
    return make_role(cloud, "same-files", *reading(BUCKET), trusting=owner)


@pytest.fixture(autouse=True)
def environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cloud.aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it may have the keys of another server


def of_the_handler(role: str, location: str) -> list[str]:
    reader = RoleReader(role)
    folder = location.removeprefix(f"s3://{BUCKET}/").rpartition("/")[0]
    found = {
        (f"{folder}/{each.name}" if folder else each.name): b"".join(reader.read(location, each.name, each.size))
        for each in reader.list_objects(location)
    }
    return sorted(key for key, content in found.items() if content == key.encode())


def of_the_command_line(location: str) -> list[str]:
    return sorted(b"".join(file.chunks()).decode() for file in s3_data(location).files)


def of_the_local_service(cloud: Cloud, role: str, location: str) -> list[str]:
    credentials = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="same-files")["Credentials"]
    reader = RoleSession(
        endpoint_url=cloud.aws.endpoint_url,
        region=REGION,
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
        require_bucket_policy=lambda *_: None,
    )
    try:
        return sorted(item.key for item in objects_at(reader, location_of(location)))
    except ServiceError:  # which it raises where there is no file
        return []


@pytest.mark.parametrize("key", LOCATIONS)
def test_the_files_of_a_location_are_the_same_for_all(key: str, cloud: Cloud, role: str) -> None:
    location = f"s3://{BUCKET}/{key}"

    found = of_the_local_service(cloud, role, location)

    assert of_the_handler(role, location) == found
    assert of_the_command_line(location) == found


def test_the_files_are_those_directly_under_the_folder(role: str) -> None:
    location = f"s3://{BUCKET}/folder/"

    assert of_the_handler(role, location) == sorted(
        f"folder/{name}" for name in ("a.csv", "b b.CSV", ".csv", "é+%20.csv")
    )


def test_files_and_subfolders_are_counted_together(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_reader_client, "LISTED_PAGES_MAX", 1)
    assert of_the_handler(role, f"s3://{BUCKET}/folder/")

    with pytest.raises(TooManyFilesError):
        of_the_handler(role, f"s3://{BUCKET}/many/")
