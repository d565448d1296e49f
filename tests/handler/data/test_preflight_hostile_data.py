"""Preflight of hostile data takes seconds at most, and its names are escaped in log and reason."""

import logging
import time

import pytest

from tests.data_checks.support.hostile_rows import Rows, long_number, many_numbers, schema_of
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.simulator import CloudFormation

CHECKED = properties(Preflight="true")


@pytest.mark.parametrize("rows", [many_numbers(2500), long_number(50_000)], ids=["257 KB of numbers", "50,000 digits"])
def test_hostile_rows_are_checked_quickly(
    cloudformation: CloudFormation, personalize: FakePersonalize, account: Account, rows: Rows
) -> None:
    personalize.schema = schema_of(rows)
    account.storage.objects[f"{DATA_LOCATION}a.csv"] = rows.file
    begun = time.process_time()
    assert cloudformation.create(CHECKED).succeeded
    assert time.process_time() - begun < 5  # CPU seconds, usually one


def test_a_nul_byte_after_the_first_64_kib_is_reported_before_a_job_is_started(
    cloudformation: CloudFormation, personalize: FakePersonalize, account: Account
) -> None:
    rows = many_numbers(2500)
    personalize.schema = schema_of(rows)
    account.storage.objects[f"{DATA_LOCATION}a.csv"] = f"{rows.file}u,\0\n"
    response = cloudformation.create(CHECKED)
    assert response.reason.startswith("not-csv: the file is not text (binary) in a.csv, line 2502")
    assert personalize.jobs == {}


def test_file_names_are_escaped_in_reasons_and_logs(
    cloudformation: CloudFormation, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.storage.objects[f"{DATA_LOCATION}\x1b[2J\u202e.csv"] = "USER_ID,ITEM_ID,\u2066TIMESTAMP\nu,i,1\n"
    with caplog.at_level(logging.INFO):
        response = cloudformation.create(CHECKED)
    assert r"in \x1b[2J\u202e.csv, line 1" in response.reason
    assert response.reason.isprintable()
    assert all(record.getMessage().isprintable() for record in caplog.records if "preflight" in record.name)
