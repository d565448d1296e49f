"""Text of others cannot forge a line of the log, of a stack event or of an event, nor hide a part of one."""

import logging
from typing import Final

import pytest

from personalize_import_handler.aws.event_bus import NotPublishedError
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

FORGED: Final = "Broken \x1b[31mrow\nERROR forged\r\u2028ERROR forged \u202edetrever\x85\x00\ufeff"
ESCAPED: Final = r"Broken \x1b[31mrow\nERROR forged\r\u2028ERROR forged \u202edetrever\x85\x00\ufeff"
ASKED: Final = {"PublishStateChanges": "true"}


def assert_printable(*texts: str) -> None:
    assert texts
    assert [text for text in texts if text != printable(text)] == []


def test_a_reason_of_the_service_is_escaped_in_response_log_and_event(
    cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    account.personalize.course = Course(end="CREATE FAILED", failure_reason=FORGED)

    answer = cloudformation.create(properties(**ASKED))

    assert answer.reason.startswith(f"{ESCAPED}. DatasetImportJob ")
    assert log.lines[-1].endswith(answer.reason)
    assert account.event_bus.changes[-1]["failureReason"] == answer.reason
    assert_printable(*log.lines, answer.reason)


def test_a_location_is_escaped_in_response_log_and_event(
    cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    account.personalize.course = Course(end="CREATE FAILED", failure_reason="Broken row")

    answer = cloudformation.create(properties(DataLocation="s3://shop-data/\u202evsc.\u2028b/", **ASKED))

    assert r" of s3://shop-data/\u202evsc.\u2028b/ ended " in answer.reason
    assert account.event_bus.changes[-1]["failureReason"] == answer.reason
    assert account.event_bus.changes[-1]["dataLocation"] == r"s3://shop-data/\u202evsc.\u2028b/"
    assert_printable(*log.lines, answer.reason)


@pytest.mark.parametrize("name", ["RoleArn", "DataLocation", "JobName", "ImportMode", "TimeoutSeconds", "Wait", FORGED])
def test_an_invalid_value_is_escaped_in_its_message(name: str, cloudformation: CloudFormation, log: Log) -> None:
    answer = cloudformation.create(properties(**{name: FORGED}))

    assert r"Broken \x1b[31mrow\nERROR forged" in answer.reason
    assert_printable(*log.lines, answer.reason)


def test_an_error_of_a_service_is_escaped_during_and_after_retries(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    personalize.fail_next("list_dataset_import_jobs", BusyError("ListDatasetImportJobs", FORGED, FORGED))
    personalize.fail_next("create_dataset_import_job", RefusedError("CreateDatasetImportJob", FORGED, FORGED))

    answer = cloudformation.create(properties())

    assert any(line.startswith("INFO ") and "Retrying later: " in line and ESCAPED in line for line in log.lines)
    assert answer.reason.count(ESCAPED) == 2
    assert_printable(*log.lines, answer.reason)


def test_an_event_that_is_not_published_is_logged_on_one_line(
    cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    account.event_bus.fail_next(NotPublishedError(FORGED))

    assert cloudformation.create(properties(**ASKED)).succeeded
    assert_printable(*log.lines)


def test_a_finding_of_the_preflight_is_logged_on_one_line(
    cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    account.storage.objects["s3://shop-data/interactions/a\u202e.csv"] = FORGED

    answer = cloudformation.create(properties(Preflight="true"))

    assert not answer.succeeded
    assert_printable(*log.lines, answer.reason)


def test_a_state_machine_that_can_not_be_started_is_reported_on_one_line(
    cloudformation: CloudFormation, account: Account
) -> None:
    account.refuse_to_wait(RuntimeError(FORGED))

    answer = cloudformation.create(properties())

    assert answer.reason.startswith(ESCAPED)


def test_a_traceback_has_one_line_for_the_message_of_the_exception(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    error = RuntimeError(FORGED)
    error.__cause__ = KeyError(FORGED)
    personalize.fail_next("list_dataset_import_jobs", error)

    answer = cloudformation.create(properties())

    assert answer.reason.startswith(f"RuntimeError: {ESCAPED}. This is a bug in the handler")
    lines = [line for logged in log.lines for line in logged.split("\n")]
    assert f"RuntimeError: {ESCAPED}" in lines
    assert [line for line in lines if line.startswith("ERROR forged")] == []
    assert_printable(*lines)


@pytest.mark.parametrize("name", ["botocore.hooks", "crhelper.resource_helper", "", "urllib3.connectionpool"])
def test_what_a_library_logs_is_escaped_too(name: str, account: Account, log: Log) -> None:
    logging.getLogger(name).error("Retry of %s", FORGED)

    assert log.lines[-1].endswith(f" Retry of {ESCAPED}")
