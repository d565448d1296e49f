"""One test for each defect of crhelper 2.0.12 that the handler is guarded against."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from crhelper import resource_helper

from personalize_import_handler.errors import BusyError
from tests.handler.conftest import Log
from tests.handler.support.account import Account, LambdaContext
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

BUSY = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")


# For an exception in a poll, it responds with a random physical id.


def test_a_failure_in_a_poll_has_the_id_of_the_resource(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")

    response = cloudformation.create(properties())

    assert response.physical_resource_id == "shop/Import"


def test_a_bug_in_a_poll_has_the_id_of_the_resource_and_is_logged_in_detail(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    event = cloudformation.begin("Create", properties())
    personalize.fail_next("describe_dataset_import_job", KeyError("surprise"))

    response = cloudformation.run(event)

    assert response.reason == "KeyError: 'surprise'. This is a bug in the handler; see the log of the function."
    assert any("Traceback" in line for line in log.lines_from("ERROR"))
    assert response.physical_resource_id == "shop/Import"


def test_a_failure_after_queueing_names_the_job_that_was_started(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    cloudformation.create(properties())
    personalize.fail_next("create_dataset_import_job", BUSY, times=2)

    response = CloudFormation(account, generation=2).create(properties())

    assert not response.succeeded
    last = list(personalize.jobs.values())[-1]
    assert last.name.endswith("-2")
    assert f"DatasetImportJob {last.name} " in response.reason


def test_a_failed_update_in_a_poll_has_the_id_of_the_request(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    created = cloudformation.create(properties())
    event = cloudformation.begin("Update", properties(ReimportToken="2"))
    personalize.fail_next("describe_dataset_import_job", KeyError("surprise"))

    assert cloudformation.run(event).physical_resource_id == created.physical_resource_id


# A poll of an Update that returns True makes a new physical id.


def test_an_update_that_polls_has_the_id_of_the_request(cloudformation: CloudFormation, account: Account) -> None:
    created = cloudformation.create(properties(Wait=False))

    updated = cloudformation.update(properties(Wait=True))

    assert account.polled_at
    assert updated.physical_resource_id == created.physical_resource_id


# The reason loses its head when it is longer than 256 characters.


@pytest.mark.parametrize("length", [257, 3000, 20_000])
def test_a_long_reason_keeps_its_beginning(
    length: int, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    reason = ("The very first words matter most. " * length)[:length]
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason=reason)

    response = cloudformation.create(properties())

    assert response.reason.startswith(reason[:2500])


# Its timer responds with FAILED half a second before the function times out, in polls too.


@contextmanager
def slow(personalize: FakePersonalize, operation: str, seconds: float) -> Iterator[None]:
    original = getattr(personalize, operation)

    def late(*arguments: object) -> object:
        time.sleep(seconds)
        return original(*arguments)

    setattr(personalize, operation, late)
    yield
    delattr(personalize, operation)


def slow_to_be_refused(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def start_polling(_: object) -> None:
        time.sleep(0.2)
        raise RuntimeError("Rate exceeded")

    monkeypatch.setattr(account.functions._helper, "_start_polling", start_polling)


def test_a_first_request_that_times_out_gets_one_response_and_is_not_polled(
    cloudformation: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.context = LambdaContext(remaining_seconds=0.55)
    slow_to_be_refused(account, monkeypatch)

    response = cloudformation.create(properties())

    assert not response.succeeded
    assert response.reason.startswith("The function timed out before it could start the import.")
    assert response.physical_resource_id == "shop/Import"
    assert account.executions == {}


def test_a_first_request_that_has_timed_out_starts_no_state_machine(
    cloudformation: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.context = LambdaContext(remaining_seconds=0.55)
    receive = account.functions._receive

    def late(*arguments: object) -> object:
        time.sleep(0.2)
        return receive(*arguments)  # type: ignore[arg-type]

    account.functions._helper.create(late)

    assert not cloudformation.create(properties()).succeeded
    assert account.executions == {}


def test_a_poll_that_times_out_is_repeated_without_a_response(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    account.context = LambdaContext(remaining_seconds=0.55)

    with slow(personalize, "describe_dataset_import_job", 0.15):
        account.step()
    assert account.responses == {}

    assert cloudformation.run(event).succeeded


def test_a_delete_that_times_out_succeeds(
    cloudformation: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudformation.create(properties())
    account.context = LambdaContext(remaining_seconds=0.55)
    slow_to_be_refused(account, monkeypatch)

    assert cloudformation.delete().succeeded


def test_no_timer_is_left_behind(cloudformation: CloudFormation) -> None:
    cloudformation.create(properties())

    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert all(timer.finished.is_set() for timer in timers)


# It logs the whole event, with the pre-signed URL, at its default level.


@pytest.mark.parametrize("lost_answers", [0, 1, 1000])
def test_neither_the_event_nor_its_url_is_in_a_log_line(
    lost_answers: int, account: Account, personalize: FakePersonalize, log: Log
) -> None:
    logging.root.setLevel(logging.DEBUG)
    account.undeliverable = lost_answers
    personalize.fail_next("create_dataset_import_job", BUSY)
    stack = CloudFormation(account)

    for event in (stack.begin("Create", properties()), stack.begin("Delete", {}), stack.begin("Create", {})):
        account.run()
        secret = event["ResponseURL"].partition("=")[2]
        assert [line for line in log.lines if secret in line or "ResponseURL" in line] == []
    assert log.lines
    assert [line for line in log.lines if " crhelper." in line] == [], "it logs rules that do not exist"


def test_neither_the_root_s_nor_boto_s_own_lines_are_logged_in_full(cloudformation: CloudFormation) -> None:
    logging.root.setLevel(logging.DEBUG)

    cloudformation.create(properties())

    assert logging.root.level == logging.INFO
    assert logging.getLogger("botocore").level == logging.ERROR


def test_the_reason_is_logged_last(cloudformation: CloudFormation, personalize: FakePersonalize, log: Log) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")

    response = cloudformation.create(properties())

    assert log.lines[-1].startswith("ERROR ")
    assert log.lines[-1].endswith(response.reason)


# It sleeps 120 seconds before it responds to a Delete.


def test_a_delete_does_not_sleep(cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(resource_helper.CfnResource._wait_for_cwlogs, "__defaults__", (slept.append,))

    assert cloudformation.delete("any").succeeded
    assert slept == []


# A Create that is delivered twice runs twice.


def test_a_create_that_is_delivered_twice_starts_one_job_and_gets_one_response(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    account.deliver(event)
    account.clock.advance(20)
    account.deliver(event)

    assert cloudformation.run(event).succeeded
    assert len(personalize.jobs) == len(account.executions) == 1


# It makes three clients when its module is loaded, and fails every request where that fails.


def test_boto3_is_replaced_only_for_crhelper_and_only_while_it_is_loaded() -> None:
    Account()

    assert vars(resource_helper)["boto3"] is boto3


def test_the_entry_module_loads_without_a_region_and_creates_no_client() -> None:
    code = """
import boto3
def client(*_, **__):
    raise AssertionError("a client is made when the module loads")
boto3.client = client
from personalize_import_handler import index
assert index._functions._helper._init_failed is None
assert callable(index.on_event) and callable(index.is_complete)
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
