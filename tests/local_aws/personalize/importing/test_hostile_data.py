"""Hostile data is imported or refused quickly, and never causes an internal failure."""

import time

import pytest

from tests.data_checks.support.hostile_rows import (
    Rows,
    long_fraction,
    long_number,
    many_numbers,
    many_quotes,
    schema_of,
)
from tests.local_aws.support.fakes import Refused, World
from tests.local_aws.support.service_setup import imported, make_dataset, make_schema


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (many_numbers(2500), "ACTIVE"),
        (long_number(50_000), "ACTIVE"),
        (long_fraction(40_000), "ACTIVE"),
        (many_quotes(50_000), "CREATE FAILED"),
    ],
    ids=["257 KB of numbers", "50,000 digits", "a fraction", "quotes"],
)
def test_hostile_rows_are_read_quickly(world: World, rows: Rows, status: str) -> None:
    dataset_arn = make_dataset(world, "Users", text=schema_of(rows))
    started_at = time.process_time()
    job = imported(world, dataset_arn, rows.file)
    assert job["status"] == status, job
    assert time.process_time() - started_at < 3  # CPU seconds, usually a tenth of one


@pytest.mark.parametrize("type_name", ["int", "long"])
@pytest.mark.parametrize("digits", [31, 5000])
def test_an_integer_with_too_many_digits_for_python_is_no_value(world: World, type_name: str, digits: int) -> None:
    rows = Rows(1, f"u1,{'9' * digits},a\n")
    job = imported(world, make_dataset(world, "Users", text=schema_of(rows).replace("double", type_name)), rows.file)
    assert job["status"] == "ACTIVE"
    assert world.rows(job["datasetArn"])["rows"][0]["N0"] is None


def test_a_boolean_is_written_in_ascii(world: World) -> None:
    rows = Rows(1, "u1,fal\u017fe,a\n")  # a long s, which is an s where letter case is ignored
    job = imported(world, make_dataset(world, "Users", text=schema_of(rows).replace("double", "boolean")), rows.file)
    assert world.rows(job["datasetArn"])["rows"][0]["N0"] is None


@pytest.mark.parametrize("text", ["[" * 9000, '{"a":' * 1500, '{"a": ' + "9" * 9000 + "}"])
def test_a_schema_that_is_not_json_is_refused(world: World, text: str) -> None:
    with pytest.raises(Refused, match="InvalidInputException"):
        make_schema(world, text=text)
