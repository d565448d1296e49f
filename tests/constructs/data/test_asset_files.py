"""Asset files: the assets that are created, their hash, and the resources that copy them."""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportProvider, DataSource
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler import contract
from personalize_import_handler.contract.properties import parse
from tests.constructs.support.cloudformation import STACK_FOLDER, Deployed
from tests.constructs.support.stacks import (
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    properties_of,
    template_of,
)
from tests.security.support.policies import as_list

BUCKET = "datasetimportproviderdatabucket56a1f12d"
ASSETS = "cdk-hnb659fds-assets-123456789012-eu-west-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "data")


def write(folder: Path, **changed: str) -> Path:
    (folder / "older").mkdir(parents=True)
    for name, content in {"one": "1", "two": "2", **changed}.items():
        (folder / f"{name}.csv").write_text(content)
    (folder / "older" / "three.csv").write_text("3")
    (folder / "notes.txt").write_text("not an asset")
    return folder


def properties_from(path: Path, stack: cdk.Stack | None = None) -> dict[str, Any]:
    return properties_of(add_job(stack or new_stack(), data_source=DataSource.from_asset(str(path))))


def hash_of(path: Path) -> str:
    location: str = properties_from(path)["DataLocation"]
    return location.removeprefix(f"s3://{BUCKET}/{STACK_FOLDER}/").partition("/")[0]


def test_the_csv_files_directly_in_a_folder_are_separate_assets(folder: Path, tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path / "out"), context={"aws:cdk:bundling-stacks": []})
    stack = new_stack(scope=app)
    properties = properties_from(folder, stack)

    assert [file["Name"] for file in properties["DataFiles"]] == ["one.csv", "two.csv"]
    assert properties["DataLocation"] == f"s3://{BUCKET}/{STACK_FOLDER}/{hash_of(folder)}/"
    files = json.loads(Path(app.synth().directory, "Stack.assets.json").read_text())["files"].values()
    assets = {
        next(iter(file["destinations"].values()))["objectKey"]: file["source"]
        for file in files
        if file["source"]["path"].endswith(".csv")
    }
    assert {file["Source"].removeprefix(f"s3://{ASSETS}/") for file in properties["DataFiles"]} == set(assets)
    assert [source["packaging"] for source in assets.values()] == ["file", "file"]
    assert sorted(Path(app.outdir, source["path"]).read_text() for source in assets.values()) == ["1", "2"]


def test_a_single_file_is_imported_by_its_name(folder: Path) -> None:
    properties = properties_from(folder / "one.csv")

    assert properties["DataLocation"] == f"s3://{BUCKET}/{STACK_FOLDER}/{hash_of(folder / 'one.csv')}/one.csv"
    assert [file["Name"] for file in properties["DataFiles"]] == ["one.csv"]


def test_the_handler_accepts_the_properties_of_the_construct(folder: Path) -> None:
    for path in (folder, folder / "one.csv"):
        properties = properties_from(path)
        parsed = parse(properties)

        assert list(parsed.data_files) == [(file["Name"], file["Source"]) for file in properties["DataFiles"]]


def test_the_hash_depends_only_on_names_and_contents(folder: Path, tmp_path: Path) -> None:
    known = hash_of(folder)
    assert len(known) == contract.CONTENT_HASH_LENGTH

    elsewhere = write(tmp_path / "another" / "checkout")
    (elsewhere / "notes.txt").write_text("changed")
    os.utime(elsewhere / "one.csv", (0, 0))
    assert hash_of(elsewhere) == known

    assert hash_of(write(tmp_path / "changed", two="22")) != known
    assert hash_of(write(tmp_path / "more", three="3")) != known
    assert hash_of(write(tmp_path / "swapped", one="2", two="1")) != known


def test_the_template_contains_no_local_path(folder: Path) -> None:
    stack = new_stack()
    add_job(stack, data_source=DataSource.from_asset(str(folder)))

    assert str(folder.parent) not in json.dumps(template_of(stack))


def test_a_relative_path_starts_where_the_app_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)

    assert properties_from(Path("data"))["DataLocation"] == f"s3://{BUCKET}/{STACK_FOLDER}/{hash_of(folder)}/"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "path must be a CSV file or a folder of them: 'nowhere' not found (in "),
        ("older/empty", "path must be a folder that contains CSV files (*.csv) directly"),
        ("empty.csv", "path must be a file that isn't empty"),
        ("notes.txt", "the file's name must be a name that ends in .csv"),
        ("a b.csv", "got 'a b.csv'"),
        ("x" * 200 + ".csv", "at most 117 characters"),
        ("many", "path must be a folder of at most 100 CSV files"),
    ],
)
def test_files_that_can_not_be_assets_are_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    (folder / "older" / "empty" / "deeper").mkdir(parents=True)
    (folder / "older" / "empty" / "deeper" / "one.csv").write_text("1")
    (folder / "empty.csv").touch()
    for name in ("a b.csv", "x" * 200 + ".csv"):
        (folder / name).write_text("1")
    (folder / "many").mkdir()
    for number in range(contract.DATA_FILES_MAX + 1):
        (folder / "many" / f"{number}.csv").write_text("1")
    monkeypatch.chdir(folder)

    with pytest.raises(ValidationError) as problem:
        DataSource.from_asset(path)

    assert message in str(problem.value)


def test_a_name_fits_into_a_location_with_any_bucket_name() -> None:
    longest = f"s3://{'b' * contract.BUCKET_NAME_LENGTH_MAX}/{STACK_FOLDER}/{'0' * contract.CONTENT_HASH_LENGTH}/"

    assert len(longest) + contract.DATA_FILE_NAME_LENGTH_MAX == contract.DATA_LOCATION_LENGTH_MAX


@pytest.fixture
def stack(folder: Path) -> cdk.Stack:
    stack = new_stack()
    add_job(stack, "One", data_source=DataSource.from_asset(str(folder)))
    add_job(stack, "Two", data_source=DataSource.from_asset(str(folder)), timeout=cdk.Duration.hours(2))
    return stack


@pytest.fixture
def template(stack: cdk.Stack) -> Deployed:
    return deployed(stack)


def test_without_asset_files_there_is_no_staging_bucket() -> None:
    stack = new_stack()
    add_job(stack)

    kinds = Counter(resource["Type"] for resource in template_of(stack)["Resources"].values())
    assert not {"AWS::S3::Bucket", contract.DATA_RESOURCE_TYPE} & set(kinds)
    assert "s3:PutObject" not in str(template_of(stack))


def test_all_jobs_share_one_staging_bucket_and_equal_data_has_one_location(template: Deployed) -> None:
    jobs = template.all_properties(contract.RESOURCE_TYPE)

    assert len(template.of_type("AWS::S3::Bucket")) == len(template.of_type(contract.DATA_RESOURCE_TYPE)) == 1
    assert len({job["DataLocation"] for job in jobs}) == 1


def test_each_resource_of_a_wait_chain_has_the_files(template: Deployed) -> None:
    waits = template.all_properties(contract.WAIT_RESOURCE_TYPE)

    assert len(waits) == 2
    assert all(len(wait["DataFiles"]) == 2 for wait in waits)


def test_the_bucket_is_private_and_expires_its_objects(template: Deployed) -> None:
    bucket = template.only("AWS::S3::Bucket")

    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["LifecycleConfiguration"]["Rules"] == [
        {
            "Status": "Enabled",
            "ExpirationInDays": 30,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
    (resource,) = template.of_type("AWS::S3::Bucket").values()
    assert resource["DeletionPolicy"] == "Delete"


def test_personalize_may_read_the_copied_files_over_an_encrypted_connection(folder: Path, template: Deployed) -> None:
    statements = template.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]

    reading = [each["Resource"] for each in statements if each["Action"] == "s3:GetObject"]
    assert reading == [f"arn:aws:s3:::{BUCKET}/*"]
    assert statements[0]["Effect"] == "Deny"
    assert statements[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def policy_of_data(resources: dict[str, Any]) -> str:
    """Return the logical id of the policy on the bucket for data of the app."""
    (policy,) = [
        name for name, each in resources.items() if each["Type"] == "AWS::IAM::Policy" and "DataPolicy" in name
    ]
    return policy


def test_is_complete_may_copy_asset_files_and_fill_and_empty_the_bucket(stack: cdk.Stack, template: Deployed) -> None:
    policy = template.properties(policy_of_data(template.template["Resources"]))

    statements = policy["PolicyDocument"]["Statement"]
    assert {action: each["Resource"] for each in statements for action in as_list(each["Action"])} == {
        "s3:PutObject": f"arn:aws:s3:::{BUCKET}/*",
        "s3:DeleteObject": f"arn:aws:s3:::{BUCKET}/*",
        "s3:DeleteObjectVersion": f"arn:aws:s3:::{BUCKET}/*",
        "s3:ListBucketVersions": f"arn:aws:s3:::{BUCKET}",
        "s3:GetObject": f"arn:aws:s3:::{ASSETS}/*.csv",
        "s3:ListBucket": f"arn:aws:s3:::{ASSETS}",
    }
    role = DatasetImportProvider.get_or_create(stack).is_complete.role
    assert role
    assert policy["Roles"] == [logical_id(role).lower()]


def test_the_bucket_is_emptied_after_the_jobs_are_deleted_and_before_it_is(stack: cdk.Stack) -> None:
    """Resources are deleted before their dependencies, and created after them."""
    resources = template_of(stack)["Resources"]
    (emptying,) = [name for name, each in resources.items() if each["Type"] == contract.DATA_RESOURCE_TYPE]
    (bucket,) = [name for name, each in resources.items() if each["Type"] == "AWS::S3::Bucket"]
    policy = policy_of_data(resources)
    jobs = [each for each in resources.values() if each["Type"] == contract.RESOURCE_TYPE]

    assert len(jobs) == 2
    for job in jobs:
        assert {emptying, bucket, policy} <= set(job["DependsOn"])
    assert resources[emptying]["Properties"]["Bucket"] == {"Ref": bucket}
    assert resources[emptying]["DependsOn"] == [policy]


def test_the_demo_has_no_annotations(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = new_app()
    add_job(new_stack(scope=app), data_source=DataSource.from_asset(str(folder)))

    app.synth()

    assert "WARNING" not in "".join(capfd.readouterr())


def test_a_relative_path_that_is_not_found_is_shown_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ValidationError, match=re.escape(f"'items.csv' not found (in {tmp_path})")):
        DataSource.from_asset("items.csv")
