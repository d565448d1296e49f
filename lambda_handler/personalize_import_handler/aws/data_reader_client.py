"""The `DataReader` protocol on boto3, with credentials of the import role."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import boto3

from personalize_import_handler.aws.calls import CLIENT_CONFIG, call_service, paginate
from personalize_import_handler.aws.data_reader import (
    LISTED_PAGES_MAX,
    DataObject,
    NotAssumableError,
    NotReadableError,
    TooManyFilesError,
)
from personalize_import_handler.contract.locations import parse_location
from personalize_import_handler.data_checks.files import is_read
from personalize_import_handler.errors import BusyError, RefusedError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

_T = TypeVar("_T")

_SESSION_NAME: Final = "personalize-import-preflight"
_SESSION_SECONDS: Final = 900
_CHUNK_BYTES: Final = 1 << 18
_NAMES_MAX: Final = 10


class RoleReader:
    """Amazon S3 with the permissions of an import role, which is assumed when the object is created."""

    def __init__(self, role_arn: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        credentials = _credentials_of(role_arn)
        self._client = boto3.client(
            "s3",
            config=CLIENT_CONFIG,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def list_objects(self, location: str) -> Sequence[DataObject]:
        """List the object at a location, otherwise the CSV files directly under the folder."""
        bucket, key, folder = _parts(location)
        if key and not key.endswith("/"):
            # Keys are listed in order, so the exact key comes before longer keys that start with it.
            first = partial(self._client.list_objects_v2, Bucket=bucket, Prefix=key, MaxKeys=1)
            page = _read_by_role(lambda: call_service("ListObjectsV2", first))
            if found := [_data_object(item, folder) for item in page.get("Contents", []) if item["Key"] == key]:
                return found
            key = f"{key}/"
        return _read_by_role(lambda: list(self._files_under(location, bucket, key, folder)))

    def names_near(self, location: str) -> Sequence[str]:
        """List the first files and subfolders of the location's folder."""
        bucket, _, folder = _parts(location)
        fetch = partial(self._client.list_objects_v2, Bucket=bucket, Prefix=folder, Delimiter="/", MaxKeys=_NAMES_MAX)
        page = _read_by_role(lambda: call_service("ListObjectsV2", fetch))
        found = [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        found += [item["Key"] for item in page.get("Contents", [])]
        return sorted(key.removeprefix(folder) for key in found if key != folder)

    def _files_under(self, location: str, bucket: str, prefix: str, folder: str) -> Iterator[DataObject]:
        """Yield the CSV files directly under a prefix; for subfolders, S3 returns only their names."""
        fetch = partial(self._client.list_objects_v2, Bucket=bucket, Prefix=prefix, Delimiter="/")
        listed = paginate("ListObjectsV2", fetch, {"NextContinuationToken": "ContinuationToken"}, self._sleep)
        for number, page in enumerate(listed, start=1):
            for item in page.get("Contents", []):
                if is_read(item["Key"].removeprefix(prefix)):
                    yield _data_object(item, folder)
            if number == LISTED_PAGES_MAX and page.get("IsTruncated"):
                raise TooManyFilesError(location)

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        """Yield the first `size` bytes of a file at the location."""
        bucket, _, folder = _parts(location)
        if size == 0:  # an empty object has no such range
            return
        get = partial(self._client.get_object, Bucket=bucket, Key=f"{folder}{name}", Range=f"bytes=0-{size - 1}")
        body = _read_by_role(lambda: call_service("GetObject", get))["Body"]
        with body:
            while chunk := _read_by_role(lambda: call_service("GetObject", lambda: body.read(_CHUNK_BYTES))):
                yield chunk


def _data_object(item: "ObjectTypeDef", folder: str) -> DataObject:
    name, etag = item["Key"].removeprefix(folder), item["ETag"].strip('"')
    return DataObject(name, item["Size"], etag, item["LastModified"].timestamp())


def _credentials_of(role_arn: str) -> "CredentialsTypeDef":
    client = boto3.client("sts", config=CLIENT_CONFIG)
    session = {"RoleArn": role_arn, "RoleSessionName": _SESSION_NAME, "DurationSeconds": _SESSION_SECONDS}
    try:
        return call_service("AssumeRole", lambda: client.assume_role(**session))["Credentials"]  # type: ignore[arg-type]
    except BusyError:
        raise
    except RefusedError as refused:
        raise NotAssumableError(refused.operation, refused.code, refused.message) from refused


def _read_by_role(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except BusyError:
        raise
    except RefusedError as refused:
        raise NotReadableError(refused.operation, refused.code, refused.message) from refused


def _parts(location: str) -> tuple[str, str, str]:
    """Return the bucket, the key or prefix, and the folder that file names are relative to."""
    bucket, key = parse_location(location)
    folder = key[: key.rfind("/") + 1]
    return bucket, key, folder
