"""Data in S3, read with the credentials of the user.

A location without a slash at its end is an object or, if there is none, a folder: the guide requires the slash, and
samples of AWS leave it out. https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html
"""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_import_cli.aws_errors import reported_aws_errors
from personalize_import_cli.errors import CommandError
from personalize_import_handler.contract.locations import parse_location
from personalize_import_handler.data_checks.files import CHUNK_BYTES, Data, DataFile, is_read

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Fail within seconds if the endpoint can't be reached.
_CONFIG: Final = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_NOT_FOUND: Final = "404"
_FORBIDDEN: Final = "403"
_PERMISSIONS: Final = "docs/checks.md"


def s3_data(location: str) -> Data:
    """Return the files at a location in S3; raise `CommandError` if they can't be listed."""
    bucket, key = parse_location(location)
    if not bucket:
        raise CommandError(f"{location}: a location in S3 is s3://bucket/key or s3://bucket/folder/")
    with reported_aws_errors(location, _PERMISSIONS):
        client = boto3.client("s3", config=_CONFIG)
        denied: ClientError | None = None
        if key and not key.endswith("/"):
            try:
                size = client.head_object(Bucket=bucket, Key=key)["ContentLength"]
                return Data(location=location, files=[_file(client, bucket, key, size)])
            except ClientError as error:
                # A user without permission to list the whole bucket gets this too, and may be able to list the folder.
                if error.response["Error"]["Code"] not in (_NOT_FOUND, _FORBIDDEN):
                    raise
                denied = error if error.response["Error"]["Code"] == _FORBIDDEN else None
        data = _folder(client, location, bucket, key)
        if denied and not data.files:
            raise denied
        return data


def _folder(client: "S3Client", location: str, bucket: str, key: str) -> Data:
    folder = key if not key or key.endswith("/") else f"{key}/"
    files, others = [], []
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, Delimiter="/"):
        others += [each["Prefix"].removeprefix(folder) for each in page.get("CommonPrefixes", [])]
        for item in page.get("Contents", []):
            name = item["Key"].removeprefix(folder)
            if is_read(name):
                files.append(_file(client, bucket, item["Key"], item["Size"]))
            elif name:  # the console creates a folder as an empty object
                others.append(name)
    return Data(location=location, files=files, not_read=sorted(others))


def _file(client: "S3Client", bucket: str, key: str, size: int) -> DataFile:
    return DataFile(name=key.rpartition("/")[2], size=size, chunks=lambda: _chunks(client, bucket, key))


def _chunks(client: "S3Client", bucket: str, key: str) -> Iterator[bytes]:
    with (
        reported_aws_errors(f"s3://{bucket}/{key}", _PERMISSIONS),
        closing(client.get_object(Bucket=bucket, Key=key)["Body"]) as body,
    ):
        yield from body.iter_chunks(CHUNK_BYTES)
