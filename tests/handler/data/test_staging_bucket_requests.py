"""The resource that empties the staging bucket when it is deleted, and never fails a Delete."""

import time

import pytest

from personalize_import_handler.contract import DATA_RESOURCE_TYPE
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account, LambdaContext
from tests.handler.support.fakes_storage import ENTRIES_PER_POLL, FakeStorage
from tests.handler.support.simulator import CloudFormation

BUCKET = "shop-data-bucket"
PROPERTIES = {"ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:on-event", "Bucket": BUCKET}
DENIED = RefusedError(
    "ListObjectVersions",
    "AccessDenied",
    "User: provider is not authorized to perform: s3:ListBucketVersions on resource: arn:aws:s3:::shop-data-bucket",
)


@pytest.fixture
def resource(account: Account) -> CloudFormation:
    return CloudFormation(account, logical_id="Emptying", resource_type=DATA_RESOURCE_TYPE)


@pytest.fixture
def storage(account: Account) -> FakeStorage:
    objects = {f"s3://{BUCKET}/{number}.csv": "" for number in range(2 * ENTRIES_PER_POLL + 1)}
    account.storage.objects = {**objects, "s3://shop-data-bucket-2/other.csv": ""}
    return account.storage


def test_create_and_update_succeed_at_once_and_leave_the_bucket_unchanged(
    resource: CloudFormation, account: Account, storage: FakeStorage
) -> None:
    created = resource.create(PROPERTIES)
    updated = resource.update({**PROPERTIES, "ServiceTimeout": "3600"})

    assert (created.succeeded, updated.succeeded) == (True, True)
    assert created.physical_resource_id == updated.physical_resource_id == BUCKET
    assert account.executions == {}
    assert storage.calls == []


def test_delete_empties_only_the_bucket_in_as_many_polls_as_needed(
    resource: CloudFormation, account: Account, storage: FakeStorage
) -> None:
    resource.create(PROPERTIES)

    assert resource.delete().succeeded

    assert list(storage.objects) == ["s3://shop-data-bucket-2/other.csv"]
    assert len(account.polled_at) == 3
    assert set(account.polled_at) == {account.clock.now}, "nothing has to be waited for in between"


def test_a_different_bucket_is_a_different_resource_and_the_previous_one_is_emptied(
    resource: CloudFormation, storage: FakeStorage
) -> None:
    resource.create(PROPERTIES)

    assert resource.update({**PROPERTIES, "Bucket": "another-bucket"}).physical_resource_id == "another-bucket"
    assert resource.replaced == BUCKET


def test_an_update_that_times_out_keeps_its_id(
    resource: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource.create(PROPERTIES)
    account.context = LambdaContext(remaining_seconds=0.55)
    helper = account.functions._helper
    is_polled = helper._poll_enabled

    def late() -> bool:
        time.sleep(0.2)
        return is_polled()

    monkeypatch.setattr(helper, "_poll_enabled", late)

    response = resource.update({**PROPERTIES, "Bucket": "another-bucket"})

    assert not response.succeeded
    assert response.physical_resource_id == BUCKET


@pytest.mark.parametrize(
    "error", [DENIED, BusyError("ListObjectVersions", "SlowDown", "Please reduce your request rate.")]
)
def test_a_temporary_failure_is_retried(resource: CloudFormation, storage: FakeStorage, error: RefusedError) -> None:
    resource.create(PROPERTIES)
    storage.fail_next("empty", error, times=3)

    assert resource.delete().succeeded
    assert list(storage.objects) == ["s3://shop-data-bucket-2/other.csv"]


def test_a_bucket_that_can_not_be_emptied_is_logged_and_the_delete_succeeds(
    resource: CloudFormation, account: Account, storage: FakeStorage, log: Log
) -> None:
    resource.create(PROPERTIES)
    storage.fail_next("empty", DENIED, times=100)
    started_at = account.clock.now

    deleted = resource.delete()

    assert deleted.succeeded
    assert 120 <= deleted.sent_at - started_at < 180
    (line,) = log.lines_from("WARNING personalize_import_handler")
    assert "is not authorized to perform: s3:ListBucketVersions" in line
    assert '{"Effect": "Allow", "Action": "s3:ListBucketVersions", "Resource": "arn:aws:s3:::shop-data-bucket"}' in line


def test_a_bucket_that_stays_busy_ends_before_cloudformation_times_out(
    resource: CloudFormation, account: Account, storage: FakeStorage
) -> None:
    resource.create(PROPERTIES)
    storage.fail_next("empty", BusyError("ListObjectVersions", "SlowDown", ""), times=1000)
    started_at = account.clock.now

    deleted = resource.delete()

    assert deleted.succeeded
    assert deleted.sent_at - started_at < 3600


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Bucket must be a bucket's name"),
        ({"Bucket": "No_Bucket"}, "got 'No_Bucket'"),
        ({"Bucket": ["a-bucket"]}, "got ['a-bucket']"),
        ({"Bucket": "b" * 64}, "3 to 63 lower-case letters"),
        ({"Bucket": BUCKET, "DatasetArn": "arn"}, f"'DatasetArn' is not a property of {DATA_RESOURCE_TYPE}"),
    ],
)
def test_a_malformed_resource_is_rejected_and_can_be_deleted(
    resource: CloudFormation, storage: FakeStorage, sent: dict[str, object], said: str
) -> None:
    response = resource.create(sent)

    assert not response.succeeded
    assert said in response.reason
    assert resource.delete().succeeded
    assert storage.calls == [] or sent["Bucket"] == BUCKET
