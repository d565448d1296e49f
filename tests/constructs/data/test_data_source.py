"""The location of the data in the properties of the job, and in the policies of role and bucket."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from personalize_import import DataSource
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import add_job, deployed, from_new_bucket, logical_id, new_stack, own_warnings


def read_by(stack: cdk.Stack, job: Any, **parameters: str) -> dict[str, str]:
    """Return what the import role may do, as action and resource."""
    (policy,) = deployed(stack, **parameters).properties(logical_id(job.role))["Policies"]
    return {statement["Action"]: statement["Resource"] for statement in policy["PolicyDocument"]["Statement"]}


def test_read_access_covers_one_file_or_everything_below_a_folder() -> None:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    keys = {
        "File": ("interactions.csv", "interactions.csv"),
        "FileInFolder": ("a/b/interactions.csv", "a/b/interactions.csv"),
        "Folder": ("interactions/", "interactions/*"),
        "NoExtension": ("no-extension", "no-extension"),
        "WholeBucket": ("", "*"),
    }
    jobs = {
        name: add_job(stack, name, data_source=DataSource.from_bucket(bucket, key)) for name, (key, _) in keys.items()
    }

    bucket_name = logical_id(bucket).lower()
    for name, (key, objects) in keys.items():
        assert deployed(stack).properties(logical_id(jobs[name]))["DataLocation"] == f"s3://{bucket_name}/{key}"
        assert read_by(stack, jobs[name]) == {
            "s3:GetObject": f"arn:aws:s3:::{bucket_name}/{objects}",
            "s3:ListBucket": f"arn:aws:s3:::{bucket_name}",
        }


def test_a_uri_is_split_into_bucket_and_key() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=DataSource.from_s3_uri("s3://my.bucket/a//b/"))

    assert read_by(stack, job) == {
        "s3:GetObject": "arn:aws:s3:::my.bucket/a//b/*",
        "s3:ListBucket": "arn:aws:s3:::my.bucket",
    }


def test_wildcards_and_variables_in_a_key_are_escaped_in_policies() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=DataSource.from_s3_uri("s3://bucket/a*?${aws:username}/"))

    assert read_by(stack, job)["s3:GetObject"] == "arn:aws:s3:::bucket/a${*}${?}${$}{aws:username}/*"


@pytest.mark.parametrize("uri", ["s3://some-bucket/folder/", "s3://some-bucket/a/b.csv", "s3://some-bucket/"])
def test_a_uri_known_at_deploy_time_only_is_split_by_cloudformation(uri: str) -> None:
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Uri").value_as_string
    job = add_job(stack, data_source=DataSource.from_s3_uri(parameter))

    assert read_by(stack, job, Uri=uri) == {
        "s3:GetObject": f"arn:aws:s3:::{uri.removeprefix('s3://')}*",
        "s3:ListBucket": "arn:aws:s3:::some-bucket",
    }
    assert deployed(stack, Uri=uri).properties(logical_id(job))["DataLocation"] == uri


def test_a_uri_that_is_known_in_part_is_split_by_cloudformation() -> None:
    stack = new_stack()
    bucket_and_more = cdk.CfnParameter(stack, "Where").value_as_string
    job = add_job(stack, data_source=DataSource.from_s3_uri(f"s3://{bucket_and_more}/x.csv"))

    assert read_by(stack, job, Where="some-bucket/folder") == {
        "s3:GetObject": "arn:aws:s3:::some-bucket/folder/x.csv*",
        "s3:ListBucket": "arn:aws:s3:::some-bucket",
    }


def test_a_key_known_at_deploy_time_only_may_be_a_file_or_a_folder() -> None:
    stack = new_stack()
    key = cdk.CfnParameter(stack, "Key").value_as_string
    job = add_job(stack, data_source=DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "B", "bucket"), key))

    assert read_by(stack, job, Key="folder/")["s3:GetObject"] == "arn:aws:s3:::bucket/folder/*"
    assert deployed(stack, Key="folder/").properties(logical_id(job))["DataLocation"] == "s3://bucket/folder/"


def test_access_is_granted_only_to_the_location() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=from_new_bucket(stack))

    properties = deployed(stack).properties(logical_id(job.role))

    assert "ManagedPolicyArns" not in properties
    assert set(read_by(stack, job)) == {"s3:GetObject", "s3:ListBucket"}


@pytest.mark.parametrize("object_key", ["/interactions.csv", "line\nbreak", "k" * 248, None, 5, ["interactions.csv"]])
def test_an_invalid_key_is_rejected_with_the_allowed_values(object_key: Any) -> None:
    bucket = s3.Bucket(new_stack(), "Bucket")

    with pytest.raises(ValidationError) as refused:
        DataSource.from_bucket(bucket, object_key)

    assert str(refused.value).startswith("object_key must be a file's key such as interactions.csv, a folder's prefix")
    assert f"got {object_key!r}"[:200] in str(refused.value)


def test_the_longest_key_that_fits_into_a_location_is_accepted() -> None:
    assert DataSource.from_bucket(s3.Bucket.from_bucket_name(new_stack(), "B", "abc"), "k" * 246)


@pytest.mark.parametrize("bucket", ["my-bucket", None, 5])
def test_a_value_that_is_not_a_bucket_is_rejected_together_with_an_invalid_key(bucket: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        DataSource.from_bucket(bucket, "/key")

    assert f"bucket must be a Bucket or another IBucketRef; pass a bucket's name to DataSource.from_s3_uri, got {bucket!r}" in str(refused.value)  # fmt: skip  # noqa: E501
    assert "object_key must be" in str(refused.value)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "bucket/file.csv",
        "https://bucket/file.csv",
        "S3://bucket/file.csv",
        "s3://bucket",
        "s3://Bucket/file.csv",
        "s3://ab/file.csv",
        "s3:///file.csv",
        "s3://bucket/line\nbreak",
        f"s3://bucket/{'k' * 245}",
        None,
        5,
        b"s3://bucket/file.csv",
    ],
)
def test_an_invalid_uri_is_rejected_with_the_allowed_values(uri: Any) -> None:
    with pytest.raises(ValidationError, match=r"^uri must be a CSV file or a folder in S3, s3://bucket/file\.csv or") as refused:  # noqa: E501  # fmt: skip
        DataSource.from_s3_uri(uri)

    assert f"got {uri!r}"[:200] in str(refused.value)


NOT_PLAIN_FILES = ["data/*.csv", "*", "items.csv.gz", "items.GZ", "items.zip", "data/items.csv.bz2", "items.zst"]


@pytest.mark.parametrize("key", NOT_PLAIN_FILES)
def test_wildcards_and_compressed_files_are_refused_with_what_to_do_instead(key: str) -> None:
    allowed = (
        r"without wildcards .* \(name the folder instead\), and not compressed \(store file.csv, not file.csv.gz\)"
    )
    with pytest.raises(ValidationError, match=rf"^uri must be .*, {allowed}, got 's3://bucket/{re.escape(key)}'$"):
        DataSource.from_s3_uri(f"s3://bucket/{key}")
    with pytest.raises(ValidationError, match=rf"^object_key must be .*, {allowed}, got '{re.escape(key)}'$"):
        DataSource.from_bucket(s3.Bucket(new_stack(), "Bucket"), key)


@pytest.mark.parametrize("key", ["archive.zip/", "a*/items.csv", "items.gz.csv", "gz", "items"])
def test_folders_and_plain_files_of_similar_names_are_accepted(key: str) -> None:
    assert DataSource.from_s3_uri(f"s3://bucket/{key}")
    assert DataSource.from_bucket(s3.Bucket(new_stack(), "Bucket"), key)


def test_the_longest_uri_is_accepted() -> None:
    assert DataSource.from_s3_uri(f"s3://bucket/{'k' * 244}")


def test_a_cfn_bucket_is_accepted_like_a_bucket() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=DataSource.from_bucket(s3.CfnBucket(stack, "Bucket"), "interactions/"))

    template = deployed(stack)
    (policy,) = template.all_properties("AWS::S3::BucketPolicy")

    assert policy["PolicyDocument"]["Statement"][0]["Principal"] == {"Service": "personalize.amazonaws.com"}
    assert template.properties(logical_id(job))["DataLocation"] == f"s3://{policy['Bucket']}/interactions/"


@pytest.mark.parametrize("key", ["items", "2026/items", "items.2026"])
@pytest.mark.parametrize("outside", [True, False])
def test_a_location_that_is_probably_a_folder_without_its_slash_is_a_warning(key: str, *, outside: bool) -> None:
    stack = new_stack()
    source = DataSource.from_s3_uri(f"s3://some-bucket/{key}") if outside else from_new_bucket(stack, key)
    add_job(stack, data_source=source)

    (warning,) = own_warnings(stack, "location-without-slash")

    name = key.rpartition("/")[2]
    assert warning.startswith(f"data_source is the file '{name}', which has no extension such as .csv.")
    assert f"end it with a slash: '{name}/'" in warning


def test_a_file_a_folder_and_a_location_known_only_at_deploy_time_are_no_folder_without_its_slash() -> None:
    stack = new_stack()
    token = cdk.CfnParameter(stack, "Key").value_as_string
    for number, key in enumerate(["items.csv", "2026.11/ITEMS.CSV", "items/", "", token, f"{token}.csv", f"a/{token}"]):
        add_job(stack, f"Job{number}", data_source=from_new_bucket(stack, key, f"Bucket{number}"))
    add_job(stack, "Uri", data_source=DataSource.from_s3_uri(cdk.CfnParameter(stack, "Location").value_as_string))

    assert own_warnings(stack, "location-without-slash") == []


@pytest.mark.parametrize(("uri", "is_local"), [("items.csv", True), ("/data/items.csv", True), ("https://a/b", False)])
def test_a_local_path_as_uri_names_the_source_for_local_files(uri: str, *, is_local: bool) -> None:
    with pytest.raises(ValidationError, match=r"^uri must be a CSV file or a folder in S3") as refused:
        DataSource.from_s3_uri(uri)

    assert str(refused.value).endswith(". Import local files with DataSource.from_asset") is is_local
