"""Calls of the S3 client, and their responses; tests/deploy/test_data_asset.py calls a real server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from personalize_import_handler.aws import storage_client
from personalize_import_handler.aws.calls import CLIENT_CONFIG
from personalize_import_handler.aws.storage_client import BotoStorage
from personalize_import_handler.errors import BusyError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SOURCE = "s3://assets/key.csv"
TARGET = "s3://data/hash/users.csv"
MIB = 1024 * 1024


@pytest.fixture
def client() -> "S3Client":
    return boto3.client("s3", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")


@pytest.fixture
def s3(client: "S3Client") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def storage(client: "S3Client") -> BotoStorage:
    return BotoStorage(client, sleep=lambda _: None)


def has_source(s3: Stubber, size: int, key: str = "key.csv") -> None:
    contents = {"Contents": [{"Key": key, "Size": size}]}
    s3.add_response("list_objects_v2", contents, {"Bucket": "assets", "Prefix": "key.csv", "MaxKeys": 1})


def lists(s3: Stubber, response: dict[str, Any], **after: str) -> None:
    s3.add_response("list_object_versions", response, {"Bucket": "data", **after})


def entry(key: str, version: str = "1") -> dict[str, str]:
    return {"Key": key, "VersionId": version}


def deletes(s3: Stubber, *entries: dict[str, str], errors: tuple[dict[str, str], ...] = ()) -> None:
    expected = {"Bucket": "data", "Delete": {"Objects": list(entries), "Quiet": True}}
    s3.add_response("delete_objects", {"Errors": list(errors)}, expected)


def test_the_client_has_the_timeouts_of_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    config: Any = BotoStorage()._client.meta.config

    assert (config.read_timeout, config.connect_timeout) == (10, 3)
    assert CLIENT_CONFIG.read_timeout == 10  # type: ignore[attr-defined]


def test_an_object_is_copied_in_one_call(storage: BotoStorage, s3: Stubber) -> None:
    has_source(s3, 64 * MIB)
    copying = {"Bucket": "data", "Key": "hash/users.csv", "CopySource": {"Bucket": "assets", "Key": "key.csv"}}
    s3.add_response("copy_object", {}, copying)

    assert storage.copy(SOURCE, TARGET) == 64 * MIB


def test_a_large_object_is_copied_in_parts(storage: BotoStorage, s3: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_client, "_PARTS_AT_ONCE", 1)  # to know their order
    has_source(s3, 128 * MIB + 1)
    target = {"Bucket": "data", "Key": "hash/users.csv"}
    s3.add_response("create_multipart_upload", {"UploadId": "upload"}, target)
    bounds = [(0, 64 * MIB - 1), (64 * MIB, 128 * MIB - 1), (128 * MIB, 128 * MIB)]
    for number, (first, last) in enumerate(bounds, start=1):
        expected = {
            **target,
            "UploadId": "upload",
            "PartNumber": number,
            "CopySource": {"Bucket": "assets", "Key": "key.csv"},
            "CopySourceRange": f"bytes={first}-{last}",
        }
        s3.add_response("upload_part_copy", {"CopyPartResult": {"ETag": f"part {number}"}}, expected)
    parts = [{"PartNumber": number, "ETag": f"part {number}"} for number in (1, 2, 3)]
    completing = {**target, "UploadId": "upload", "MultipartUpload": {"Parts": parts}}
    s3.add_response("complete_multipart_upload", {}, completing)

    storage.copy(SOURCE, TARGET)


def test_only_the_throttled_part_is_copied_again(
    storage: BotoStorage, s3: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_client, "_PARTS_AT_ONCE", 1)
    has_source(s3, 64 * MIB + 1)
    s3.add_response("create_multipart_upload", {"UploadId": "upload"})
    s3.add_response("upload_part_copy", {"CopyPartResult": {"ETag": "part 1"}})
    s3.add_client_error("upload_part_copy", "SlowDown", "Please reduce your request rate.", 503)
    s3.add_response("upload_part_copy", {"CopyPartResult": {"ETag": "part 2"}})
    s3.add_response("complete_multipart_upload", {})

    storage.copy(SOURCE, TARGET)


@pytest.mark.parametrize("contents", [{}, {"Contents": [{"Key": "key.csv.gz", "Size": 1}]}])
def test_a_missing_object_is_not_found(storage: BotoStorage, s3: Stubber, contents: dict[str, Any]) -> None:
    s3.add_response("list_objects_v2", contents)

    with pytest.raises(NotFoundError, match=r"s3://assets/key\.csv no longer exists"):
        storage.copy(SOURCE, TARGET)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("AccessDenied", 403, RefusedError),
        ("InternalError", 500, BusyError),
        ("KMS.ThrottlingException", 400, BusyError),
        ("OperationAborted", 409, BusyError),
        ("RequestTimeout", 400, BusyError),
        ("SlowDown", 503, BusyError),
    ],
)
def test_errors_have_the_text_of_the_service(
    storage: BotoStorage, s3: Stubber, code: str, status: int, meaning: type[RefusedError]
) -> None:
    has_source(s3, 1)
    s3.add_client_error("copy_object", code, "In S3's own words", status)

    with pytest.raises(RefusedError) as refused:
        storage.copy(SOURCE, TARGET)

    assert type(refused.value) is meaning
    assert (refused.value.operation, refused.value.message) == ("CopyObject", "In S3's own words")


def test_an_object_exists_if_its_latest_version_is_no_delete_marker(storage: BotoStorage, s3: Stubber) -> None:
    for versions, there in (
        ([{**entry("hash/users.csv"), "IsLatest": True}], True),
        ([{**entry("hash/users.csv"), "IsLatest": False}], False),
        ([{**entry("hash/users.csv.gz"), "IsLatest": True}], False),
        ([], False),
    ):
        s3.add_response("list_object_versions", {"Versions": versions}, {"Bucket": "data", "Prefix": "hash/users.csv"})
        assert storage.exists(TARGET) is there


def test_all_versions_and_delete_markers_of_a_bucket_are_deleted(storage: BotoStorage, s3: Stubber) -> None:
    more = {"IsTruncated": True, "NextKeyMarker": "b.csv", "NextVersionIdMarker": "1"}
    lists(s3, {"Versions": [entry("a.csv", "2"), entry("a.csv")], "DeleteMarkers": [entry("b.csv")], **more})
    lists(s3, {"Versions": [entry("c.csv")], "IsTruncated": False}, KeyMarker="b.csv", VersionIdMarker="1")
    deletes(s3, entry("a.csv", "2"), entry("a.csv"), entry("b.csv"))
    deletes(s3, entry("c.csv"))

    assert storage.empty("data")


def test_only_the_throttled_page_of_versions_is_listed_again(storage: BotoStorage, s3: Stubber) -> None:
    more = {"IsTruncated": True, "NextKeyMarker": "b.csv", "NextVersionIdMarker": "1"}
    lists(s3, {"Versions": [entry("a.csv")], **more})
    s3.add_client_error("list_object_versions", "SlowDown", "Please reduce your request rate.", 503)
    lists(s3, {"Versions": [entry("c.csv")], "IsTruncated": False}, KeyMarker="b.csv", VersionIdMarker="1")
    deletes(s3, entry("a.csv"))
    deletes(s3, entry("c.csv"))

    assert storage.empty("data")


def test_versions_that_are_too_many_for_one_poll_are_left_to_the_next(
    storage: BotoStorage, s3: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_client, "_PAGES_AT_ONCE", 1)
    more = {"IsTruncated": True, "NextKeyMarker": "a.csv", "NextVersionIdMarker": "1"}
    lists(s3, {"Versions": [entry("a.csv")], **more})
    deletes(s3, entry("a.csv"))
    lists(s3, {"Versions": [entry("b.csv")], "IsTruncated": False}, KeyMarker="a.csv", VersionIdMarker="1")

    assert not storage.empty("data")


def test_nothing_is_deleted_from_an_empty_or_missing_bucket(storage: BotoStorage, s3: Stubber) -> None:
    lists(s3, {"IsTruncated": False})
    assert storage.empty("data")

    s3.add_client_error("list_object_versions", "NoSuchBucket", "The specified bucket does not exist", 404)
    assert storage.empty("data")


def test_a_version_that_can_not_be_deleted_is_an_error_although_the_call_succeeds(
    storage: BotoStorage, s3: Stubber
) -> None:
    lists(s3, {"Versions": [entry("a.csv")], "IsTruncated": False})
    deletes(s3, entry("a.csv"), errors=({"Key": "a.csv", "Code": "AccessDenied", "Message": "In S3's own words"},))

    with pytest.raises(RefusedError) as refused:
        storage.empty("data")

    assert (refused.value.code, refused.value.message) == ("AccessDenied", "In S3's own words")


@pytest.mark.parametrize("code", ["InternalError", "SlowDown"])
def test_deleting_a_version_is_retried_later_if_s3_is_busy(code: str, storage: BotoStorage, s3: Stubber) -> None:
    lists(s3, {"Versions": [entry("a.csv")], "IsTruncated": False})
    deletes(s3, entry("a.csv"), errors=({"Key": "a.csv", "Code": code, "Message": "In S3's own words"},))

    with pytest.raises(BusyError, match="In S3's own words"):
        storage.empty("data")
