"""Asset files are copied to the staging bucket before the job starts, and again for a rollback."""

from typing import Any

import pytest

from personalize_import_handler import contract
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize
from tests.handler.support.fakes_stacks import folder_of
from tests.handler.support.fakes_storage import FakeStorage
from tests.handler.support.properties import ASSET_BUCKET, DATA_BUCKET, asset_properties, properties
from tests.handler.support.simulator import CloudFormation

FIRST = asset_properties("one.csv", "two.csv")
SECOND = asset_properties("one.csv", "two.csv", version=2)
DENIED = RefusedError(
    "CopyObject",
    "AccessDenied",
    "User: arn:aws:sts::123456789012:assumed-role/provider/is-complete is not authorized to perform: s3:GetObject on "
    'resource: "arn:aws:s3:::assets/1.csv" because no identity-based policy allows the s3:GetObject action',
)


@pytest.fixture
def storage(account: Account) -> FakeStorage:
    account.storage.add_files([*FIRST["DataFiles"], *SECOND["DataFiles"]])
    return account.storage


def test_every_file_is_copied_to_the_location_before_the_job_is_started(
    cloudformation: CloudFormation,
    storage: FakeStorage,
    personalize: FakePersonalize,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept, there = personalize.create_dataset_import_job, dict[str, str]()

    def create_dataset_import_job(*arguments: object) -> str:
        there.update(storage.below(f"s3://{DATA_BUCKET}/{folder_of('shop')}/"))
        return accept(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(personalize, "create_dataset_import_job", create_dataset_import_job)

    assert cloudformation.create(FIRST).succeeded

    hash_of_the_first = f"{1:032}"
    assert there == {
        f"{hash_of_the_first}/one.csv": f"{ASSET_BUCKET}/1-one.csv",
        f"{hash_of_the_first}/two.csv": f"{ASSET_BUCKET}/1-two.csv",
    }


def test_a_single_file_is_copied_to_its_location(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    single = asset_properties("one.csv", folder=False)
    account.storage.add_files(single["DataFiles"])

    assert cloudformation.create(single).succeeded
    assert personalize.imported() == [single["DataLocation"]]
    assert single["DataLocation"] in account.storage.objects


def test_files_are_copied_once_by_a_separate_poll_however_long_the_job_is_queued(
    cloudformation: CloudFormation, account: Account, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    personalize.fail_next(
        "create_dataset_import_job", BusyError("CreateDatasetImportJob", "LimitExceededException", ""), times=3
    )

    assert cloudformation.create(FIRST).succeeded
    assert len(storage.calls) == 2
    found, copied, *_ = account.polled_at
    assert found == copied, "nothing has to be waited for in between"


def copied(storage: FakeStorage) -> list[str]:
    return [target.rpartition("/")[2] for operation, target in storage.calls if operation == "copy"]


def polls_for_files(account: Account, files: dict[str, Any]) -> int:
    """Count the polls between the one that decides which job is started, and the one that starts it."""
    began = account.clock.now
    assert CloudFormation(account).create(files).succeeded
    return account.polled_at.count(began) - 2


@pytest.mark.parametrize(("mib", "polls"), [(1, 1), (63, 2), (64, 3), (5000, 3)])
def test_small_files_are_copied_by_one_poll_and_a_large_one_ends_its_poll(
    account: Account, mib: int, polls: int
) -> None:
    wanted = asset_properties("one.csv", "two.csv", "three.csv")
    account.storage.add_files(wanted["DataFiles"])
    account.storage.sizes = {file["Source"]: mib << 20 for file in wanted["DataFiles"]}

    assert polls_for_files(account, wanted) == polls
    assert copied(account.storage) == ["one.csv", "two.csv", "three.csv"]


def test_the_data_is_checked_once_all_files_are_copied(account: Account) -> None:
    wanted = asset_properties("one.csv", "two.csv")
    content = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(f"{n},{n},{n + 10**9}\n" for n in range(600))
    account.storage.objects = {file["Source"]: content for file in wanted["DataFiles"]}

    assert polls_for_files(account, {**wanted, "Preflight": "true"}) == 2
    operations = [operation for operation, _ in account.storage.calls]
    assert operations[:4] == ["copy", "copy", "data_reader", "list_objects"]


def test_only_the_refused_file_is_copied_again(account: Account) -> None:
    wanted = asset_properties("one.csv", "two.csv", "three.csv")
    account.storage.add_files(wanted["DataFiles"])
    account.storage.sizes = {file["Source"]: 64 << 20 for file in wanted["DataFiles"]}
    copy = account.storage.copy
    refusals = iter([BusyError("UploadPartCopy", "SlowDown", "Please reduce your request rate.")] * 2)

    def copy_or_refuse(source: str, target: str) -> int:
        size = copy(source, target)
        for refusal in refusals if target.endswith("two.csv") else ():
            raise refusal
        return size

    account.storage.copy = copy_or_refuse  # type: ignore[method-assign]

    assert CloudFormation(account).create(wanted).succeeded
    assert copied(account.storage) == ["one.csv", "two.csv", "two.csv", "two.csv", "three.csv"]


def test_an_import_without_asset_files_copies_nothing_and_needs_no_extra_poll(
    cloudformation: CloudFormation, account: Account
) -> None:
    begun = account.clock.now

    assert cloudformation.create(properties()).succeeded
    assert account.storage.calls == []
    assert account.polled_at.count(begun) == 2, "one poll decides, and one starts the job"


def test_an_existing_job_needs_no_files(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    assert cloudformation.create(FIRST).succeeded
    storage.calls.clear()

    assert cloudformation.update({**FIRST, "TimeoutSeconds": "600"}).succeeded
    assert storage.calls == []
    assert len(personalize.jobs) == 1


def test_the_same_content_from_another_source_is_the_same_import(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    assert cloudformation.create(FIRST).succeeded
    moved = [{**file, "Source": file["Source"].replace("hnb659fds", "another")} for file in FIRST["DataFiles"]]

    assert cloudformation.update({**FIRST, "DataFiles": moved}).succeeded
    assert len(personalize.jobs) == 1


def test_a_rollback_copies_and_imports_the_previous_content_again(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    assert cloudformation.create(FIRST).succeeded
    assert cloudformation.update(SECOND).succeeded
    for location in storage.below(f"s3://{DATA_BUCKET}/"):  # as after a month
        del storage.objects[f"s3://{DATA_BUCKET}/{location}"]

    assert cloudformation.roll_back().succeeded

    assert personalize.imported() == [FIRST["DataLocation"]]
    assert list(storage.below(FIRST["DataLocation"])) == ["one.csv", "two.csv"]


def test_a_missing_source_is_ignored_if_its_copy_exists(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    assert cloudformation.create(FIRST).succeeded
    assert cloudformation.update(SECOND).succeeded
    for file in FIRST["DataFiles"]:  # as after `cdk gc`
        del storage.objects[file["Source"]]

    assert cloudformation.roll_back().succeeded
    assert personalize.imported() == [FIRST["DataLocation"]]


def test_a_missing_source_without_a_copy_is_reported_with_advice(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    del storage.objects[f"{ASSET_BUCKET}/1-two.csv"]

    response = cloudformation.create(FIRST)

    assert not response.succeeded
    assert response.reason.startswith(
        f"{ASSET_BUCKET}/1-two.csv no longer exists. Its copy {FIRST['DataLocation']}two.csv doesn't exist either. "
    )
    assert "Add the file to the app again and deploy again." in response.reason
    assert personalize.jobs == {}


def test_a_denied_copy_is_retried_and_then_reported_with_the_missing_statement(
    cloudformation: CloudFormation, account: Account, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    storage.fail_next("copy", DENIED, times=100)
    begun = account.clock.now

    response = cloudformation.create(FIRST)

    assert not response.succeeded
    assert 120 <= response.sent_at - begun < 180
    assert response.reason.startswith("User: arn:aws:sts::")
    assert '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/1.csv"}' in response.reason
    assert personalize.jobs == {}


@pytest.mark.parametrize("error", [DENIED, BusyError("CopyObject", "SlowDown", "Please reduce your request rate.")])
def test_a_temporary_failure_is_retried(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize, error: RefusedError
) -> None:
    storage.fail_next("copy", error, times=3)

    assert cloudformation.create(FIRST).succeeded
    assert len(personalize.jobs) == 1


def test_nothing_is_copied_for_a_superseded_request(
    cloudformation: CloudFormation, account: Account, storage: FakeStorage
) -> None:
    assert cloudformation.create(properties()).succeeded
    storage.fail_next("copy", BusyError("CopyObject", "SlowDown", ""))
    superseded = cloudformation.begin("Update", FIRST)
    copied_before = len(storage.calls)

    assert cloudformation.update(properties()).succeeded
    account.run()

    assert not cloudformation.response_to(superseded).succeeded
    assert len(storage.calls) == copied_before


GOOD = {"Name": "users.csv", "Source": "s3://assets/1.csv"}
MANY = [{**GOOD, "Name": f"{number}.csv"} for number in range(101)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ("users.csv", "a list of {Name, Source}, both of them strings, got 'users.csv'"),
        (GOOD, "a list of {Name, Source}"),
        (["users.csv"], "a list of {Name, Source}"),
        ([{"Name": "users.csv"}], "a list of {Name, Source}"),
        ([{**GOOD, "Size": "1"}], "a list of {Name, Source}"),
        ([{**GOOD, "Source": ["s3://assets/1.csv"]}], "both of them strings"),
        ([], "DataFiles must be 1 to 100 files, got 0"),
        (MANY, "DataFiles must be 1 to 100 files, got 101"),
        ([GOOD, GOOD], "DataFiles must be files with different names, got 'users.csv'"),
        ([{**GOOD, "Name": "../users.csv"}], "DataFiles: a name must be a name that ends in .csv"),
        ([{**GOOD, "Name": "older/users.csv"}], "got 'older/users.csv'"),
        ([{**GOOD, "Name": "users.txt"}], "got 'users.txt'"),
        ([{**GOOD, "Name": "u" * 151 + ".csv"}], f"at most {contract.DATA_FILE_NAME_LENGTH_MAX} characters"),
        ([{**GOOD, "Source": "assets/1.csv"}], "DataFiles: the source of 'users.csv' must be an object in S3"),
        ([{**GOOD, "Source": "s3://assets/"}], "s3://bucket/key, got 's3://assets/'"),
        ([{**GOOD, "Source": "s3://assets/older/"}], "got 's3://assets/older/'"),
    ],
)
def test_files_that_can_not_be_copied_are_reported_and_start_no_job(
    cloudformation: CloudFormation, account: Account, files: object, said: str
) -> None:
    response = cloudformation.create(properties(DataFiles=files))

    assert not response.succeeded
    assert said in response.reason
    assert account.storage.calls == []


@pytest.mark.parametrize(
    ("location", "files"),
    [("s3://data/others.csv", [GOOD]), ("s3://data/users.csv", [GOOD, {**GOOD, "Name": "b.csv"}])],
)
def test_a_location_that_is_a_file_has_only_that_file(
    cloudformation: CloudFormation, location: str, files: object
) -> None:
    reason = cloudformation.create(properties(DataLocation=location, DataFiles=files)).reason

    assert f"DataFiles must be the one file that DataLocation '{location}' names, got [" in reason


def test_an_invalid_location_is_reported_once(cloudformation: CloudFormation) -> None:
    reason = cloudformation.create(properties(DataLocation="s3://b", DataFiles=[GOOD])).reason

    assert reason.startswith("DataLocation must be a CSV file or a folder in S3")
    assert "DataFiles" not in reason
