"""The `Storage` protocol on boto3. S3 copies between buckets, so no content passes through the functions."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

import boto3

from personalize_import_handler.aws.calls import (
    CLIENT_CONFIG,
    RETRY_PAUSES,
    call_service,
    call_with_retries,
    paginate,
)
from personalize_import_handler.aws.error_codes import error_from
from personalize_import_handler.contract.locations import parse_location
from personalize_import_handler.errors import NotFoundError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        CompletedPartTypeDef,
        CopySourceTypeDef,
        ListObjectVersionsOutputTypeDef,
        ObjectIdentifierTypeDef,
    )

_PART_BYTES: Final = 64 * 1024 * 1024
"""Larger files are copied in parts of this size, so that each copy ends within the timeout of one call."""
_PARTS_AT_ONCE: Final = 10
"""640 MiB then take at most 10 s (the read timeout), and 15 GB less than the five minutes of an invocation."""
_PAGES_AT_ONCE: Final = 20
"""Pages of a thousand versions each; a page is deleted in one or two seconds."""
_VERSION_TOKENS: Final = {"NextKeyMarker": "KeyMarker", "NextVersionIdMarker": "VersionIdMarker"}


class BotoStorage:
    """Amazon S3 through boto3."""

    def __init__(
        self,
        client: "S3Client | None" = None,
        *,
        part_bytes: int = _PART_BYTES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client or boto3.client("s3", config=CLIENT_CONFIG)
        self._part_bytes = part_bytes
        self._sleep = sleep

    def copy(self, source: str, target: str) -> int:
        """Copy an object inside S3, in one call or in parts; return its size in bytes."""
        size = self._size(source)
        if size is None:
            raise NotFoundError("ListObjectsV2", "NoSuchKey", f"{source} no longer exists.")
        if size > self._part_bytes:
            self._copy_in_parts(source, target, size)
        else:
            bucket, key = parse_location(target)
            call_service(
                "CopyObject", lambda: self._client.copy_object(Bucket=bucket, Key=key, CopySource=_copy_source(source))
            )
        return size

    def exists(self, location: str) -> bool:
        """Return whether an object exists."""
        bucket, key = parse_location(location)
        page = call_service("ListObjectVersions", lambda: self._client.list_object_versions(Bucket=bucket, Prefix=key))
        return any(version["Key"] == key and version["IsLatest"] for version in page.get("Versions", []))

    def empty(self, bucket: str) -> bool:
        """Delete as many objects of a bucket as time allows; return whether the bucket is then empty or gone."""
        try:
            fetch = partial(self._client.list_object_versions, Bucket=bucket)
            listed = paginate("ListObjectVersions", fetch, _VERSION_TOKENS, self._sleep)
            for page in list(islice(listed, _PAGES_AT_ONCE)):
                self._delete(bucket, page)
            return next(listed, None) is None
        except NotFoundError:
            return True

    def _size(self, location: str) -> int | None:
        """Return an object's size by listing it; a denied HeadObject call doesn't reveal what is missing."""
        bucket, key = parse_location(location)
        # Keys are listed in order, so the exact key comes before longer keys that start with it.
        page = call_service("ListObjectsV2", lambda: self._client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1))
        return next((item["Size"] for item in page.get("Contents", []) if item["Key"] == key), None)

    def _copy_in_parts(self, source: str, target: str, size: int) -> None:
        # A lifecycle rule of the bucket removes incomplete uploads after a day.
        bucket, key = parse_location(target)
        upload = call_service(
            "CreateMultipartUpload", lambda: self._client.create_multipart_upload(Bucket=bucket, Key=key)
        )["UploadId"]

        copy = partial(
            self._client.upload_part_copy, Bucket=bucket, Key=key, UploadId=upload, CopySource=_copy_source(source)
        )

        def copy_part(number: int) -> "CompletedPartTypeDef":
            first = (number - 1) * self._part_bytes
            last = min(size, first + self._part_bytes) - 1
            part = partial(copy, PartNumber=number, CopySourceRange=f"bytes={first}-{last}")
            copied = call_with_retries("UploadPartCopy", part, iter(RETRY_PAUSES), self._sleep)
            return {"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]}

        numbers = range(1, -(-size // self._part_bytes) + 1)
        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            parts = list(pool.map(copy_part, numbers))
        call_service(
            "CompleteMultipartUpload",
            lambda: self._client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            ),
        )

    def _delete(self, bucket: str, page: "ListObjectVersionsOutputTypeDef") -> None:
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects: list[ObjectIdentifierTypeDef] = [{"Key": e["Key"], "VersionId": e["VersionId"]} for e in entries]
        if not objects:
            return
        deleted = call_service(
            "DeleteObjects",
            lambda: self._client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}),
        )
        for error in deleted.get("Errors", []):  # errors of single objects, in a response with status 200
            raise error_from("DeleteObjects", error.get("Code", "Unknown"), error.get("Message", str(error)))


def _copy_source(location: str) -> "CopySourceTypeDef":
    bucket, key = parse_location(location)
    return {"Bucket": bucket, "Key": key}
