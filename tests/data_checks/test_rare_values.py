"""Both row checkers find values that pyarrow reads differently, or that its row checker checks in some columns only."""

from collections.abc import Sequence
from typing import Final

import pytest

from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.schema import Field, Schema
from tests.data_checks.support.generated import Generated

ROWS: Final = 100
HEAD: Final = 10
"""The number of values that are matched before a column is cast to numbers."""

Found = tuple[str, int | None, str | None, int]
"""The rule, the line, the value, and the number of values."""


def found_by(rows: RowChecker, field: Field, values: Sequence[str]) -> list[Found]:
    """Return the findings about the values of one column."""
    schema = Schema(name="Interactions", fields=(Field(name="OTHER"), field))
    content = "\n".join([f"OTHER,{field.name}", *(f"x,{value}" for value in values)]).encode()
    findings = check(Generated(schema, (content,), len(content)).data, schema, rows=rows)
    return [(each.rule.id, each.line, each.value, each.count) for each in findings if each.line]


def found(field: Field, values: Sequence[str]) -> list[Found]:
    """Return the findings of both row checkers, which must be the same."""
    with ArrowRowChecker(workers=1) as arrow:
        by_arrow = found_by(arrow, field, values)
    assert by_arrow == found_by(RowChecker(), field, values)
    return by_arrow


INT, LONG = Field(name="N", type_name="int", nullable=True), Field(name="N", type_name="long", nullable=True)
DOUBLE, TEXT = Field(name="N", type_name="double", nullable=True), Field(name="N", categorical=True, nullable=True)
TIME, ID = Field(name="TIMESTAMP", type_name="long"), Field(name="USER_ID")
NOW: Final = "1700000000"
CASES: Final = {
    "hexadecimal": (INT, "7", "0x1F", "metadata-wrong-type"),
    "upper-case-hexadecimal": (LONG, "7", "0X1F", "metadata-wrong-type"),
    "hexadecimal-time": (TIME, NOW, "0x6553f100", "wrong-type"),
    "infinity": (DOUBLE, "0.5", "inf", "metadata-wrong-type"),
    "infinity-as-a-word": (DOUBLE, "7", "-Infinity", "metadata-wrong-type"),
    "infinity-in-integers": (INT, "7", "inf", "metadata-wrong-type"),
    "nan": (DOUBLE, "0.5", "NaN", "null-word"),
    "31-digits": (LONG, "7", f"{5:031}", "metadata-wrong-type"),
    "31-digits-and-a-sign": (TIME, NOW, f"-{5:031}", "wrong-type"),
    "fraction-in-integers": (INT, "7", "7.0", "metadata-wrong-type"),
    "plus-sign": (TIME, NOW, "+1700000000000", "milliseconds"),
    "later-time-of-as-many-digits": (TIME, NOW, "4102444800", "far-future"),
    "earlier-time-of-as-many-digits": (TIME, NOW, "0631151999", "before-1990"),
    "negative-time-of-as-many-characters": (TIME, NOW, "-631151999", "before-1990"),
    "larger-integer-of-as-many-digits": (INT, "2147483647", "2147483648", "metadata-wrong-type"),
    "larger-long-of-as-many-digits": (LONG, f"{2**63 - 1}", f"{2**63}", "metadata-wrong-type"),
    "date-of-8-digits": (TIME, NOW, "20231114", "date-as-number"),
    "date-of-14-digits": (TIME, NOW, "20231114120000", "date-as-number"),
    "null-word-id": (ID, "u12", "NULL", "null-word"),
    "null-word-among-ids-that-begin-like-one": (ID, "N12", "NaN", "null-word"),
    "null-word-among-numbers": (ID, "12", "NA", "null-word"),
    "null-of-databases": (ID, "u12", r"\N", "null-word"),
    "reserved-word": (TEXT, "red", "USER_ID", "reserved-value"),
    "id-from-a-float": (ID, "12", "12.0", "id-from-float"),
    "id-from-a-float-among-ids-with-dots": (ID, "u1.2", "12.0", "id-from-float"),
}


@pytest.mark.parametrize("place", [0, HEAD, ROWS - 1], ids=["first", "later", "last"])
@pytest.mark.parametrize("case", CASES)
def test_a_rare_value_is_found_wherever_it_is(case: str, place: int) -> None:
    field, usual, rare, rule = CASES[case]
    values = [usual] * ROWS
    values[place] = rare
    assert found(field, values) == [(rule, place + 2, rare, 1)]


@pytest.mark.parametrize("case", CASES)
def test_rare_values_that_come_first_are_all_counted(case: str) -> None:
    field, usual, rare, rule = CASES[case]
    assert found(field, [rare] * HEAD + [usual] * ROWS) == [(rule, 2, rare, HEAD)]


@pytest.mark.parametrize("digits", [0, 10, 19, 25])
@pytest.mark.parametrize("limit", [1, 2**31, 631_152_000, 4_102_444_800, 10**12, 10**14, 10**17, 2**63, 10**30])
@pytest.mark.parametrize("field", [INT, LONG, TIME], ids=["int", "long", "time"])
def test_both_row_checkers_find_the_same_around_a_limit_with_zeros_or_none(
    field: Field, limit: int, digits: int
) -> None:
    around = [f"{limit + step:0{digits}}" for step in (-1, 0, 1)]
    for values in (around, around[:1], around[1:2], around[2:], around[:2], around[1:]):
        found(field, values)


@pytest.mark.parametrize("field", [INT, LONG, DOUBLE])
def test_a_null_word_is_found_between_empty_values(field: Field) -> None:
    assert found(field, ["", *["7"] * HEAD, "NULL", "", ""]) == [("null-word", HEAD + 3, "NULL", 1)]


def test_empty_values_are_no_words() -> None:
    assert found(TEXT, ["", "red", ""] * ROWS) == []
    assert found(ID, ["", "u1", ""] * ROWS) == [("id-missing", 2, "", 2 * ROWS)]
    assert found(ID, [""] * ROWS) == [("id-missing", 2, "", ROWS)]
