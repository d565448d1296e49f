"""The row checker with pyarrow and the one with the standard library find the same, whatever is wrong with the data."""

import random
from dataclasses import replace

import pytest

from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.row_checker import RowChecker
from tests.data_checks.support.faulty import IN_A_SHOP
from tests.data_checks.support.generated import Generated, generated

Found = list[tuple[object, ...]]


def found(data: Generated, rows: RowChecker, head_bytes: int | None = None) -> tuple[int, Found]:
    findings = check(data.data, data.schema, rows=rows, head_bytes=head_bytes)
    return findings.rows, [(f.rule.id, f.file, f.line, f.column, f.value, f.count, f.detail) for f in findings]


def differing(numbers: range) -> list[int]:
    """Return the numbers of the data in which the two find something different."""
    return [number for number in numbers if not _find_the_same(number)]


def _find_the_same(number: int) -> bool:
    data, draw = generated(number), random.Random(number)
    head = draw.choice((None, None, None, 1000))
    plain = found(replace(data, chunk_bytes=draw.choice((64, 1000, 1 << 18))), RowChecker(), head)
    with ArrowRowChecker(workers=draw.choice((1, 2))) as rows:
        return found(replace(data, chunk_bytes=draw.choice((64, 1000, 1 << 20))), rows, head) == plain


def test_both_find_the_same_in_hundreds_of_generated_files() -> None:
    assert differing(range(300)) == []


@pytest.mark.nightly
def test_both_find_the_same_in_thousands_of_generated_files() -> None:
    assert differing(range(300, 20_000)) == []


def test_the_generated_files_violate_every_rule_of_rows_and_values() -> None:
    rules = {found[0] for number in range(300) for found in found_in(number)}
    assert {
        *("malformed-quotes", "doubled-quotes", "field-count", "not-utf-8", "id-missing", "value-missing"),
        *("wrong-type", "metadata-wrong-type", "null-word", "id-from-float", "id-too-long", "value-too-long"),
        *("text-too-long", "not-allowed", "milliseconds", "microseconds", "nanoseconds", "date-as-number"),
        *("before-1990", "far-future", "reserved-value", "repeated-id", "number-missing"),
    } <= rules


@pytest.mark.parametrize(("purchases", "too_few"), [(999, ["Purchase: 999"]), (1000, [])])
def test_event_types_are_counted_over_many_blocks_also_after_there_are_enough_of_one(
    purchases: int, too_few: list[str]
) -> None:
    types = ["view"] * 1500 + ["PURCHASE"] * purchases
    rows = "".join(f"u{n % 50},i{n},{1_700_000_000 + n},{kind}\n" for n, kind in enumerate(types))
    data = Generated(IN_A_SHOP, (f"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n{rows}".encode(),), 1000)
    with ArrowRowChecker(workers=2) as arrow:
        for checker in (RowChecker(), arrow):
            assert [detail for rule, *_, detail in found(data, checker)[1] if rule == "too-few-of-type"] == too_few


def found_in(number: int) -> Found:
    return found(generated(number), RowChecker())[1]
