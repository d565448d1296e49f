"""With Preflight, data that a job would fail over is told before the job is started, as the import role sees it."""

import logging

import pytest

from personalize_import_handler.aws.data_reader import NotReadableError
from personalize_import_handler.data import preflight
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN, FakePersonalize
from tests.handler.support.fakes_storage import FakeStorage
from tests.handler.support.properties import DATA_BUCKET, DATA_LOCATION, properties, shipped
from tests.handler.support.simulator import CloudFormation

LOOKED_AT = properties(Preflight="true")
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


def test_good_data_is_imported(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    assert cloudformation.create(LOOKED_AT).succeeded
    assert len(personalize.jobs) == 1
    assert ("data_reader", ROLE_ARN) in storage.calls


def test_what_is_shipped_is_not_looked_at_unasked(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    data = shipped("one.csv")
    storage.ship(data["DataFiles"])

    assert cloudformation.create(data).succeeded
    assert "data_reader" not in [operation for operation, _ in storage.calls]


def test_what_is_not_imported_is_not_looked_at(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects |= {f"{DATA_LOCATION}notes.txt": "nonsense", f"{DATA_LOCATION}old/b.csv": "nonsense"}

    assert cloudformation.create(LOOKED_AT).succeeded


def test_of_little_data_all_is_looked_at_in_whatever_file_it_is(
    cloudformation: CloudFormation, storage: FakeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.objects |= {f"{DATA_LOCATION}a.csv": GOOD + "nonsense\n", f"{DATA_LOCATION}b.csv": HEADER + ROWS[0]}
    monkeypatch.setattr(preflight, "BYTES_MAX", len(GOOD) + 200)
    monkeypatch.setattr(preflight, "_HEAD_BYTES_MIN", 100)

    assert "in a.csv, line 2002" in cloudformation.create(LOOKED_AT).reason


def test_without_preflight_nobody_looks(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = "nonsense"

    assert cloudformation.create(properties()).succeeded
    assert storage.calls == []


def test_the_reason_names_rule_file_line_and_column_but_no_data(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    storage.objects[f"{DATA_LOCATION}b.csv"] = with_row("Zirconium,i1,yesterday\n", line=1234)
    answer = cloudformation.create(LOOKED_AT)

    assert not answer.succeeded
    assert answer.reason.startswith(
        "wrong-type: a value is not of the field's type in b.csv, line 1234, column TIMESTAMP. Write int and long as"
    )
    assert "was not started, because it would fail" in answer.reason
    assert "yesterday" not in answer.reason
    assert personalize.jobs == {}


def test_corrected_data_is_imported_by_the_next_deploy(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = with_row("u1,,1700000000\n", line=3)
    assert not cloudformation.create(LOOKED_AT).succeeded
    storage.objects[f"{DATA_LOCATION}a.csv"] = GOOD

    assert cloudformation.create(LOOKED_AT).succeeded
    assert next(iter(personalize.jobs)).endswith("-1")


def test_warnings_are_logged_without_data_and_stop_nothing(
    cloudformation: CloudFormation, storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = with_row("u1,i1,1700000000123\n", line=3)
    with caplog.at_level(logging.WARNING):
        assert cloudformation.create(LOOKED_AT).succeeded

    (told,) = [record.getMessage() for record in caplog.records if "milliseconds" in record.getMessage()]
    assert told == "milliseconds: a time is in milliseconds in a.csv, line 3, column TIMESTAMP"


def test_of_much_data_the_head_of_each_file_is_looked_at(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    much = HEADER + "".join(ROWS) * (preflight.BYTES_MAX // len("".join(ROWS)) + 1)
    storage.objects |= {f"{DATA_LOCATION}a.csv": much, f"{DATA_LOCATION}b.csv": much + "nonsense at its end\n"}
    assert cloudformation.create(LOOKED_AT).succeeded
    read = [int(asked.rpartition(" ")[2]) for operation, asked in storage.calls if operation == "read"]
    assert read == [preflight.BYTES_MAX // 2 + 1] * 2
    storage.objects[f"{DATA_LOCATION}b.csv"] = much.replace("\nu3,", "\nu3,u3,", 1)
    answer = cloudformation.update({**LOOKED_AT, "ReimportToken": "2"})

    assert answer.reason.startswith("field-count: the row has more or fewer values than the header (4 instead of 3) in")


def test_of_a_head_it_is_not_said_that_there_is_too_little(
    cloudformation: CloudFormation, storage: FakeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = HEADER + "".join(ROWS[:900])
    assert cloudformation.create(LOOKED_AT).reason.startswith("too-few-interactions: ")
    monkeypatch.setattr(preflight, "BYTES_MAX", 1000)
    monkeypatch.setattr(preflight, "_HEAD_BYTES_MIN", 1000)

    assert cloudformation.create(LOOKED_AT).succeeded


def test_files_that_were_shipped_are_brought_before_they_are_looked_at(
    cloudformation: CloudFormation, storage: FakeStorage
) -> None:
    data = {**shipped("one.csv"), "Preflight": "true"}
    storage.ship(data["DataFiles"])
    answer = cloudformation.create(data)

    assert answer.reason.startswith("not-a-header: the first line is not the header ")
    assert storage.below(f"s3://{DATA_BUCKET}/")


def test_data_that_is_not_there_is_told(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.objects.clear()

    assert cloudformation.create(LOOKED_AT).reason.startswith(
        "no-data: there is no CSV file at the location in s3://shop-data/interactions/"
    )


def test_a_role_that_may_not_read_is_told_with_what_to_add(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    denied = NotReadableError("GetObject", "AccessDenied", "User: role is not authorized to perform: kms:Decrypt")
    storage.fail_next("read", denied, times=100)
    answer = cloudformation.create(LOOKED_AT)

    assert answer.reason.startswith(denied.message)
    assert "GetObject failed with AccessDenied. Add to the policy of the role" in answer.reason
    assert personalize.jobs == {}


def test_what_may_pass_is_tried_again(cloudformation: CloudFormation, storage: FakeStorage) -> None:
    storage.fail_next("read", NotReadableError("GetObject", "AccessDenied", "Access Denied"), times=2)
    storage.fail_next("list_objects", BusyError("ListObjectsV2", "SlowDown", "Please reduce your request rate."))

    assert cloudformation.create(LOOKED_AT).succeeded


def test_a_schema_that_may_not_be_read_is_told(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    refused = RefusedError(
        "DescribeSchema", "AccessDeniedException", "not authorized to perform: personalize:DescribeSchema"
    )
    personalize.fail_next("schema_of", refused, times=100)

    assert cloudformation.create(LOOKED_AT).reason.startswith(refused.message)


def test_without_a_dataset_the_service_says_so(cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    personalize.delete_dataset()

    assert f"Resource Arn {DATASET_ARN} does not exist." in cloudformation.create(LOOKED_AT).reason


def test_a_schema_of_another_kind_than_is_known_is_left_to_the_service(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    for schema in ("{}", '{"type": "record", "name": "Else", "fields": [{"name": "A", "type": "int"}]}'):
        personalize.schema = schema
        assert cloudformation.create({**LOOKED_AT, "ReimportToken": schema}).succeeded


def test_a_file_without_a_header_tells_no_data(
    cloudformation: CloudFormation, storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.objects[f"{DATA_LOCATION}a.csv"] = "Zirconium,Zirc_onium,Zirconium\n" + "".join(ROWS)
    with caplog.at_level(logging.INFO):
        answer = cloudformation.create(LOOKED_AT)

    assert answer.reason.startswith("not-a-header: ")
    assert "Zirc" not in answer.reason + caplog.text
