"""Functions that are killed at any line, time out, or are throttled by Lambda."""

import pytest

from personalize_import_handler.errors import BusyError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Killed, LambdaContext
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import asset_properties, properties, tags

OTHER_LOCATION = "s3://shop-data/interactions-2/"
THROTTLED = BusyError("CreateDatasetImportJob", "ThrottlingException", "Rate exceeded")


def test_a_function_is_killed_before_it_creates_the_job(stack: Stack, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", Killed())

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_a_function_is_killed_right_after_it_created_the_job(stack: Stack, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_a_function_is_killed_right_after_it_created_the_job_of_an_update(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert stack.deploy(properties(DataLocation=OTHER_LOCATION)).succeeded
    assert personalize.imported() == [OTHER_LOCATION]
    assert_invariants(stack)


@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "dataset_created_at", "list_dataset_import_jobs"])
@pytest.mark.parametrize("calls_before", [0, 1])
def test_a_function_is_killed_while_it_searches_for_the_job(
    operation: str, calls_before: int, stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)  # so that there is one to be found
    personalize.fail_next(operation, THROTTLED, times=calls_before)
    personalize.fail_next(operation, Killed())

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_is_complete_is_killed_repeatedly(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    event = stack.begin("Create", properties())
    personalize.fail_next("describe_dataset_import_job", Killed(), times=5)

    assert stack.run(event).succeeded
    assert len(account.polled_at) > 5
    assert_invariants(stack)


def test_is_complete_is_killed_right_after_it_created_a_queued_job(stack: Stack, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", THROTTLED, times=2)
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


@pytest.mark.parametrize("operation", ["list_tags", "tag_resource", "untag_resource"])
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_function_is_killed_while_it_changes_tags(
    operation: str, stack: Stack, personalize: FakePersonalize, *, after_effect: bool
) -> None:
    arn = stack.deploy(properties(Tags=tags(old="1"))).job_arn
    personalize.fail_next(operation, Killed(), after_effect=after_effect)

    assert stack.deploy(properties(Tags=tags(new="1"))).succeeded
    assert personalize.tags_of(arn) == {"new": "1"}
    assert_invariants(stack)


def test_is_complete_that_times_out_is_retried_and_sends_no_response(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    event = stack.begin("Create", properties())
    account.context = LambdaContext(remaining_seconds=0.6)  # crhelper's own timer goes off half a second before the end
    personalize.fail_next("describe_dataset_import_job", Killed())

    assert stack.run(event).succeeded
    assert_invariants(stack)


def test_is_complete_is_invoked_later_if_lambda_throttles_it(
    stack: Stack, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = stack.begin("Create", properties())
    is_complete, refused = account.functions.is_complete, iter(range(5))

    def throttled_five_times(*arguments: object) -> object:
        if next(refused, None) is not None:
            raise RuntimeError("Lambda.TooManyRequestsException")
        return is_complete(*arguments)

    monkeypatch.setattr(account.functions, "is_complete", throttled_five_times)

    assert stack.run(event).succeeded
    assert next(refused, None) is None
    assert_invariants(stack)


@pytest.mark.parametrize("polls_before", [0, 1])
def test_a_delete_is_killed_while_it_waits_for_the_job(
    polls_before: int, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=900)
    stack.deploy(properties(Wait=False))
    created_at = account.clock.now
    personalize.fail_next("describe_dataset_import_job", THROTTLED, times=polls_before)
    personalize.fail_next("describe_dataset_import_job", Killed())

    assert stack.back_to(None).sent_at - created_at >= 900
    assert_invariants(stack)


@pytest.mark.parametrize("files_before", [0, 1])
def test_a_function_is_killed_while_it_copies_asset_files(
    files_before: int, stack: Stack, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = asset_properties("one.csv", "two.csv")
    storage = account.storage
    storage.add_files(wanted["DataFiles"])
    copy, copied = storage.copy, list[str]()

    def copy_or_die(source: str, target: str) -> int:
        copied.append(source)
        if len(copied) == files_before + 1:
            raise Killed
        return copy(source, target)

    monkeypatch.setattr(storage, "copy", copy_or_die)

    assert stack.deploy(wanted).succeeded
    assert list(storage.below(wanted["DataLocation"])) == ["one.csv", "two.csv"]
    assert_invariants(stack)


def test_a_function_that_is_killed_while_it_copies_large_asset_files_repeats_only_the_interrupted_file(
    stack: Stack, account: Account
) -> None:
    wanted = asset_properties("one.csv", "two.csv", "three.csv")
    account.storage.add_files(wanted["DataFiles"])
    account.storage.sizes = {file["Source"]: 2**30 for file in wanted["DataFiles"]}
    account.storage.fail_next("copy", Killed())
    event = stack.begin("Create", wanted)
    account.step()
    account.storage.fail_next("copy", Killed())

    assert stack.run(event).succeeded
    copied = [target.rpartition("/")[2] for operation, target in account.storage.calls if operation == "copy"]
    assert copied == ["one.csv", "one.csv", "two.csv", "two.csv", "three.csv"]
    assert_invariants(stack)
