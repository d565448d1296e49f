"""Delete: waits for a running job, and fails for nothing."""

import pytest

from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


@pytest.mark.parametrize(
    "physical_resource_id",
    [
        "shop/Import",
        "6c81_Import_X1Y2Z3A4",
        "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/never-was",
        "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS",
        "👻",
    ],
)
def test_a_resource_with_any_id_is_deleted_at_once_without_warnings(
    physical_resource_id: str, cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    asked_at = account.clock.now

    answer = cloudformation.delete(physical_resource_id)

    assert answer.succeeded
    assert answer.physical_resource_id == physical_resource_id
    assert answer.answered_at == asked_at
    assert log.lines_from("WARNING", "ERROR") == []


def test_a_resource_without_an_id_is_deleted(cloudformation: CloudFormation) -> None:
    assert cloudformation.delete("").succeeded


def test_a_resource_without_valid_properties_is_deleted(cloudformation: CloudFormation, log: Log) -> None:
    failed = cloudformation.create({"ServiceToken": "arn"})
    log.lines.clear()

    assert not failed.succeeded
    assert cloudformation.roll_back().succeeded
    assert log.lines_from("WARNING", "ERROR") == []


@pytest.mark.parametrize("changed", [{"JobName": "another-prefix"}, {"ReimportToken": "2"}])
def test_a_delete_waits_for_a_running_job_although_the_properties_have_changed(
    changed: dict[str, str], cloudformation: CloudFormation, account: Account
) -> None:
    cloudformation.create(properties(Wait=False))
    cloudformation.properties = properties(**changed)
    began = account.clock.now

    assert cloudformation.delete().answered_at - began >= 300


def test_a_delete_does_not_wait_for_a_job_of_another_resource(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    personalize.import_elsewhere("shop-Import-by-hand", parse(properties()))
    CloudFormation(account, logical_id="Other").begin("Create", properties(DataLocation="s3://shop-data/other/"))
    began = account.clock.now

    assert cloudformation.delete().answered_at == began


def test_a_delete_does_not_wait_for_a_job_that_has_ended(cloudformation: CloudFormation, account: Account) -> None:
    cloudformation.create(properties())
    ended_at = account.clock.now

    assert cloudformation.delete().answered_at == ended_at


def test_a_delete_waits_for_a_running_job_so_that_its_dataset_can_be_deleted(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    created_at = account.clock.now
    personalize.course = Course(seconds=400)
    cloudformation.create(properties(Wait=False))

    answer = cloudformation.delete()

    assert answer.succeeded
    assert 400 <= answer.answered_at - created_at <= 440


def test_after_50_minutes_a_delete_succeeds_with_a_warning(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    personalize.course = Course(seconds=100_000)
    cloudformation.create(properties(Wait=False))
    started_at = account.clock.now

    answer = cloudformation.delete()

    assert answer.succeeded
    assert answer.answered_at - started_at == 3000
    (warning,) = log.lines_from("WARNING")
    assert "is still running; its dataset can't be deleted until it ends" in warning


def test_the_age_of_a_delete_is_measured_once_even_if_the_clock_of_a_later_function_differs(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.dates_urls = False
    personalize.course = Course(seconds=100_000)
    cloudformation.create(properties(Wait=False))
    started_at = account.clock.now
    event = cloudformation.begin("Delete", properties())
    account.functions_seconds_off = 1800

    assert cloudformation.run(event).answered_at - started_at == 3000


@pytest.mark.parametrize(("service_timeout", "latest"), [("600", 540), ("60", 0), ("junk", 3060)])
def test_a_delete_ends_before_cloudformation_times_out(
    service_timeout: str, latest: int, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=100_000)
    cloudformation.create(properties(Wait=False, ServiceTimeout=service_timeout))
    started_at = account.clock.now

    assert latest - 60 <= cloudformation.delete().answered_at - started_at <= latest


def test_a_delete_that_can_not_list_jobs_logs_a_warning_and_does_not_wait(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    cloudformation.create(properties(Wait=False))
    denied = RefusedError("ListDatasetImportJobs", "AccessDeniedException", "not authorized")
    personalize.fail_next("list_dataset_import_jobs", denied)
    began = account.clock.now

    assert cloudformation.delete().answered_at == began
    assert log.lines_from("ERROR") == []
    assert any("not authorized" in line for line in log.lines_from("WARNING"))


def test_a_delete_does_not_wait_for_a_job_of_unknown_status(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.course = Course(seconds=0, end="CREATE PAUSED")
    cloudformation.create(properties())
    began = account.clock.now

    assert cloudformation.delete().answered_at == began


def test_a_throttled_list_of_jobs_is_retried(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties(Wait=False))
    throttled = BusyError("ListDatasetImportJobs", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("list_dataset_import_jobs", throttled, times=3)
    started_at = account.clock.now

    assert cloudformation.delete().answered_at - started_at >= 300


@pytest.mark.parametrize("polls_before", [0, 1])
def test_a_bug_in_the_handler_does_not_block_a_delete(
    polls_before: int, cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    cloudformation.create(properties(Wait=False))
    busy = BusyError("ListDatasetImportJobs", "ThrottlingException", "Rate exceeded")
    personalize.fail_next("list_dataset_import_jobs", busy, times=polls_before)
    personalize.fail_next("list_dataset_import_jobs", KeyError("surprise"))

    answer = cloudformation.delete()

    assert answer.succeeded
    assert (answer.reason, answer.attributes) == ("", {})
    assert any("KeyError" in line for line in log.lines_from("WARNING"))


def test_a_state_machine_that_can_not_be_started_does_not_block_a_delete(
    cloudformation: CloudFormation, account: Account
) -> None:
    cloudformation.create(properties(Wait=False))
    account.refuse_to_wait(RuntimeError("StartExecution: Rate exceeded"))

    assert cloudformation.delete().succeeded


def test_a_client_that_can_not_be_created_does_not_block_a_delete(
    cloudformation: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudformation.create(properties())

    class NoRegion:
        @property
        def personalize(self) -> Personalize:
            raise RuntimeError("You must specify a region.")

    monkeypatch.setattr(account.functions, "_services", NoRegion())

    assert cloudformation.delete().succeeded
