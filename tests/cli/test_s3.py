"""Data in S3 of the local AWS, with IAM enforced."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_local.server.environment import without_aws
from personalize_local.server.options import Options
from tests.cli.conftest import GOOD, HEADER
from tests.cli.support.runs import Ended, run
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.local_aws.support.server_setup import allow, policy

BUCKET = "data-to-check"
ERROR = f"{HEADER}\n,2.5,red\n"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("local-aws"), Options(), bootstrapped=False) as cloud:
        cloud.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        contents: dict[str, str | bytes] = {
            "good.csv": GOOD,
            "good.csv.bak": "",
            "folder/": "",
            "folder/a.csv": GOOD,
            "folder/b b.csv": ERROR,
            "folder/notes.txt": "",
            "folder/deeper/c.csv": "",
            "folder-2/d.csv": "",
            "empty/notes.txt": "",
            "zipped.csv": b"\x1f\x8b\x08",
        }
        for key, content in contents.items():
            cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        yield cloud


def check(cloud: Cloud, location: str, schema: Path, *more: str, **environment: str) -> Ended:
    return run("check", location, "--schema", schema, *more, env={**cloud.aws.environment, **environment})


def test_an_object_is_checked(cloud: Cloud, schema: Path) -> None:
    ended = check(cloud, f"s3://{BUCKET}/good.csv", schema)
    assert (ended.code, ended.output) == (0, "1 file, 42 bytes, 2 rows: 0 errors, 0 warnings\n")


@pytest.mark.parametrize("slash", ["/", ""], ids=["with a slash", "without a slash"])
def test_only_objects_directly_under_a_prefix_are_checked(cloud: Cloud, schema: Path, slash: str) -> None:
    ended = check(cloud, f"s3://{BUCKET}/folder{slash}", schema)
    assert ended.code == 1
    assert f"s3://{BUCKET}/folder/b b.csv:2: error: an id or a time is missing" in ended.output
    assert f"s3://{BUCKET}/folder{slash}: warning: the folder has files that are not read" in ended.output
    assert "(deeper/, notes.txt), 2 times" in ended.output
    assert "2 files, " in ended.output


@pytest.mark.parametrize(("location", "warnings"), [("folder", 1), ("folder/", 0), ("good.csv", 0)])
def test_a_folder_without_the_slash_is_checked_as_it_is_imported_and_warned_of(
    cloud: Cloud, schema: Path, location: str, warnings: int
) -> None:
    output = check(cloud, f"s3://{BUCKET}/{location}", schema).output
    said = f"s3://{BUCKET}/{location}: warning: the location is a folder without the slash at its end"
    assert output.count(said) == output.count("[location-without-slash]") == warnings


def test_sarif_has_locations_in_s3(cloud: Cloud, schema: Path) -> None:
    assert (
        f'"s3://{BUCKET}/folder/b%20b.csv"'
        in check(cloud, f"s3://{BUCKET}/folder/", schema, "--format", "sarif").output
    )


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (f"s3://{BUCKET}/none.csv", "there is no CSV file at the location"),
        (f"s3://{BUCKET}/empty/", "there is no CSV file at the location"),
        (f"s3://{BUCKET}/zipped.csv", "the file is not text (gzip)"),
        ("s3://there-is-no-such-bucket/a.csv", "NoSuchBucket"),
        ("s3://no_name/a.csv", ""),
        ("s3:///a.csv", "a location in S3 is s3://bucket/key or s3://bucket/folder/"),
    ],
)
def test_a_location_with_nothing_to_check(cloud: Cloud, schema: Path, location: str, words: str) -> None:
    failure = check(cloud, location, schema).failure
    assert failure.startswith(f"{location}: ")
    assert words in failure


def test_access_that_is_denied(cloud: Cloud, schema: Path) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    for location in (f"s3://{BUCKET}/good.csv", f"s3://{BUCKET}/folder/"):
        failure = check(cloud, location, schema, **credentials).failure
        assert failure.startswith(f"{location}: ")
        assert "AccessDenied" in failure

    # Reading is enough for a file, a folder has to be listed.
    read = allow("s3:GetObject", on=f"arn:aws:s3:::{BUCKET}/*")
    iam.put_user_policy(UserName="reader", PolicyName="inline", PolicyDocument=policy(read))
    assert check(cloud, f"s3://{BUCKET}/good.csv", schema, **credentials).code == 0
    assert "AccessDenied" in check(cloud, f"s3://{BUCKET}/folder/", schema, **credentials).failure


def test_an_object_that_can_be_listed_but_not_read(cloud: Cloud, schema: Path) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="lister")
    key = iam.create_access_key(UserName="lister")["AccessKey"]
    listing = allow("s3:ListBucket", on=f"arn:aws:s3:::{BUCKET}")
    iam.put_user_policy(UserName="lister", PolicyName="inline", PolicyDocument=policy(listing))
    credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    failure = check(cloud, f"s3://{BUCKET}/good.csv", schema, **credentials).failure
    assert "403" in failure
    assert failure.endswith("docs/checks.md lists the required permissions")


def test_without_credentials(cloud: Cloud, schema: Path) -> None:
    files = without_aws({})  # no configuration files either
    aws = {key: value for key, value in cloud.aws.environment.items() if "KEY" not in key}
    location = f"s3://{BUCKET}/good.csv"
    failure = run("check", location, "--schema", schema, env={**aws, **files}).failure
    assert failure == f"{location}: Unable to locate credentials. Set AWS_PROFILE, or log in with the AWS CLI"
    assert "profile (none)" in check(cloud, location, schema, AWS_PROFILE="none", **files).failure


def test_an_endpoint_that_cannot_be_reached(cloud: Cloud, schema: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"https://127.0.0.1:{unused.getsockname()[1]}"
        location = f"s3://{BUCKET}/good.csv"
        failure = check(cloud, location, schema, AWS_ENDPOINT_URL=endpoint, AWS_ENDPOINT_URL_S3=endpoint).failure
    assert failure.startswith(f'{location}: Could not connect to the endpoint URL: "{endpoint}')
    assert check(cloud, location, schema, AWS_ENDPOINT_URL="x", AWS_ENDPOINT_URL_S3="x").failure.startswith(location)
