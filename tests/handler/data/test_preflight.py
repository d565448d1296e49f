"""With Preflight, data that would fail the job is reported before the job starts, as the import role reads it."""

import logging

import pytest

from personalize_import_handler.aws.data_reader import NotReadableError
from personalize_import_handler.data import preflight
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN, FakePersonalize
from tests.handler.support.fakes_storage import FakeStorage
from tests.handler.support.properties import DATA_BUCKET, DATA_LOCATION, asset_properties, properties
from tests.handler.support.simulator import CloudFormation
from tests.secrets import DATA_VALUE

CHECKED = properties(Preflight="true")
HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n"
ROWS = [f"u{number % 50},i{number % 7},{1_700_000_000 + number}\n" for number in range(2000)]
GOOD = HEADER + "".join(ROWS)


def with_row(row: str, line: int) -> str:
    rows = ROWS.copy()
    rows[line - 2] = row
    return HEADER + "".join(rows)


@pytest.fixture(autouse=True)
def storage(account: Account) -> FakeStorage:
    account.storage.objects[f"{DATA_LOCATION}a.csv"] = GOOD
    return account.storage


def test_valid_data_is_imported(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    assert cloudformation.create(CHECKED).succeeded
    assert len(personalize.jobs) == 1
    assert ("data_reader", ROLE_ARN) in storage.calls


def test_asset_files_are_not_checked_without_preflight(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    data = asset_properties("one.csv")
    storage.add_files(data["DataFiles"])

    assert cloudformation.create(data).succeeded
    assert "data_reader" not in [operation for operation, _ in storage.calls]


def test_files_that_are_not_imported_are_not_checked(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects |= {f"{DATA_LOCATION}notes.txt": "nonsense", f"{DATA_LOCATION}old/b.csv": "nonsense"}

    assert cloudformation.create(CHECKED).succeeded


def test_small_data_is_checked_completely_in_all_files(
    cloudformation: CloudFormation, storage: FakeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.objects |= {f"{DATA_LOCATION}a.csv": GOOD + "nonsense\n", f"{DATA_LOCATION}b.csv": HEADER + ROWS[0]}
    monkeypatch.setattr(preflight, "BYTES_MAX", len(GOOD) + 200)
    monkeypatch.setattr(preflight, "_HEAD_BYTES_MIN", 100)

    assert "in a.csv, line 2002" in cloudformation.create(CHECKED).reason


def test_without_preflight_data_is_not_checked(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = "nonsense"

    assert cloudformation.create(properties()).succeeded
    assert storage.calls == []


def test_the_reason_names_rule_file_line_and_column_but_no_data(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    storage.objects[f"{DATA_LOCATION}b.csv"] = with_row(f"{DATA_VALUE},i1,yesterday\n", line=1234)
    response = cloudformation.create(CHECKED)

    assert not response.succeeded
    assert response.reason.startswith(
        "wrong-type: a value is not of the field's type in b.csv, line 1234, column TIMESTAMP. Write int and long as"
    )
    assert "was not started, because it would fail" in response.reason
    assert "yesterday" not in response.reason
    assert personalize.jobs == {}


def test_fixed_data_is_imported_by_the_next_deployment(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = with_row("u1,,1700000000\n", line=3)
    assert not cloudformation.create(CHECKED).succeeded
    storage.objects[f"{DATA_LOCATION}a.csv"] = GOOD

    assert cloudformation.create(CHECKED).succeeded
    assert next(iter(personalize.jobs)).endswith("-1")


def test_warnings_are_logged_without_data_and_do_not_stop_the_import(
    cloudformation: CloudFormation, storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = with_row("u1,i1,1700000000123\n", line=3)
    with caplog.at_level(logging.WARNING):
        assert cloudformation.create(CHECKED).succeeded

    (message,) = [record.getMessage() for record in caplog.records if "milliseconds" in record.getMessage()]
    assert message == "milliseconds: a time is in milliseconds in a.csv, line 3, column TIMESTAMP"


def test_a_column_that_the_schema_does_not_have_is_logged_without_its_name_which_may_be_data(
    cloudformation: CloudFormation, storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = f"Zirc_onium,{HEADER}" + "".join(f"1,{row}" for row in ROWS)
    with caplog.at_level(logging.WARNING):
        assert cloudformation.create(CHECKED).succeeded

    (message,) = [record.getMessage() for record in caplog.records if "column-extra" in record.getMessage()]
    assert message == "column-extra: a column is not in the schema in a.csv, line 1"
    assert "Zirc" not in caplog.text


def test_of_large_data_the_head_of_each_file_is_checked(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    much = HEADER + "".join(ROWS) * (preflight.BYTES_MAX // len("".join(ROWS)) + 1)
    storage.objects |= {f"{DATA_LOCATION}a.csv": much, f"{DATA_LOCATION}b.csv": much + "nonsense at its end\n"}
    assert cloudformation.create(CHECKED).succeeded
    read = [int(asked.rpartition(" ")[2]) for operation, asked in storage.calls if operation == "read"]
    assert read == [preflight.BYTES_MAX // 2 + 1] * 2
    storage.objects[f"{DATA_LOCATION}b.csv"] = much.replace("\nu3,", "\nu3,u3,", 1)
    response = cloudformation.update({**CHECKED, "ReimportToken": "2"})

    assert response.reason.startswith(
        "field-count: the row has more or fewer values than the header (4 instead of 3) in"
    )


def test_the_head_of_a_file_is_not_reported_as_too_little_data(
    cloudformation: CloudFormation, storage: FakeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = HEADER + "".join(ROWS[:900])
    assert cloudformation.create(CHECKED).reason.startswith("too-few-interactions: ")
    monkeypatch.setattr(preflight, "BYTES_MAX", 1000)
    monkeypatch.setattr(preflight, "_HEAD_BYTES_MIN", 1000)

    assert cloudformation.create(CHECKED).succeeded


def test_asset_files_are_copied_before_they_are_checked(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    data = {**asset_properties("one.csv"), "Preflight": "true"}
    storage.add_files(data["DataFiles"])
    response = cloudformation.create(data)

    assert response.reason.startswith("not-a-header: the first line is not the header ")
    assert storage.below(f"s3://{DATA_BUCKET}/")


def test_missing_data_is_reported(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects.clear()

    assert cloudformation.create(CHECKED).reason.startswith(
        "no-data: there is no CSV file at the location (nothing is there) in s3://shop-data/interactions/"
    )


def test_files_that_are_not_read_are_named_where_data_is_missing(
    cloudformation: CloudFormation, storage: FakeStorage
) -> None:
    storage.objects = {f"{DATA_LOCATION}{name}": "1" for name in ("export.parquet", "2026/a.csv", "2026/b.csv")}

    assert cloudformation.create(CHECKED).reason.startswith(
        "no-data: there is no CSV file at the location (found: 2026/, export.parquet) in s3://shop-data/interactions/"
    )


def test_missing_data_is_reported_although_the_role_may_not_list_the_folder(
    cloudformation: CloudFormation, storage: FakeStorage
) -> None:
    storage.objects.clear()
    storage.fail_next("names_near", NotReadableError("ListObjectsV2", "AccessDenied", "No."))

    assert cloudformation.create(CHECKED).reason.startswith("no-data: there is no CSV file at the location (nothing is")


def test_a_role_without_read_permission_is_reported_with_the_missing_statements(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    denied = NotReadableError("GetObject", "AccessDenied", "User: role is not authorized to perform: kms:Decrypt")
    storage.fail_next("read", denied, times=100)
    response = cloudformation.create(CHECKED)

    assert response.reason.startswith(denied.message)
    assert "GetObject failed with AccessDenied. Add to the policy of the role" in response.reason
    assert personalize.jobs == {}


def test_a_temporary_error_is_retried(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.fail_next("read", NotReadableError("GetObject", "AccessDenied", "Access Denied"), times=2)
    storage.fail_next("list_objects", BusyError("ListObjectsV2", "SlowDown", "Please reduce your request rate."))

    assert cloudformation.create(CHECKED).succeeded


def test_a_schema_that_can_not_be_read_is_reported(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    refused = RefusedError(
        "DescribeSchema", "AccessDeniedException", "not authorized to perform: personalize:DescribeSchema"
    )
    personalize.fail_next("schema_of", refused, times=100)

    assert cloudformation.create(CHECKED).reason.startswith(refused.message)


def test_a_missing_dataset_is_reported_by_the_service(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.delete_dataset()

    assert f"Resource Arn {DATASET_ARN} does not exist." in cloudformation.create(CHECKED).reason


def test_an_unknown_kind_of_schema_is_left_to_the_service(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    for schema in ("{}", '{"type": "record", "name": "Else", "fields": [{"name": "A", "type": "int"}]}'):
        personalize.schema = schema
        assert cloudformation.create({**CHECKED, "ReimportToken": schema}).succeeded


def test_the_reason_for_a_missing_header_contains_no_data(
    cloudformation: CloudFormation, storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = f"{DATA_VALUE},Zirc_onium,{DATA_VALUE}\n" + "".join(ROWS)
    with caplog.at_level(logging.INFO):
        response = cloudformation.create(CHECKED)

    assert response.reason.startswith("not-a-header: ")
    assert "Zirc" not in response.reason + caplog.text
