"""What the sieve counts and looks for in blocks that pass, beside the plain way of doing so."""

import re

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from personalize_import_handler.data_checks.column_checks import Columns, columns_of
from personalize_import_handler.data_checks.schema import Field, Schema
from personalize_import_handler.data_checks.sieve import Sieve, empty_values, has_reserved_words


def columns(nullable: list[bool]) -> Columns:
    """Give columns of metadata, of which some may be empty; the others never are."""
    fields = tuple(Field(name=f"F{place}", nullable=each) for place, each in enumerate(nullable))
    schema = Schema(name="Users", fields=fields)
    kind = schema.dataset_type
    assert kind is not None
    return columns_of([field.name for field in fields], schema, kind)


@st.composite
def rows_with_empty_values(draw: st.DrawFn) -> tuple[list[bool], list[list[str]]]:
    nullable = draw(st.lists(st.booleans(), min_size=2, max_size=5))
    cells = [st.sampled_from(["", "a"]) if each else st.just("a") for each in nullable]
    return nullable, [list(row) for row in draw(st.lists(st.tuples(*cells), min_size=1, max_size=12))]


@settings(max_examples=300)
@given(rows_with_empty_values())
def test_empty_values_are_counted_in_each_column_wherever_it_stands(
    generated: tuple[list[bool], list[list[str]]],
) -> None:
    nullable, rows = generated

    counted = empty_values("\n".join(",".join(row) for row in rows), columns(nullable))

    assert counted == {
        f"F{place}": sum(row[place] == "" for row in rows) for place, each in enumerate(nullable) if each
    }


def test_lines_without_a_value_in_a_metadata_column_that_may_be_empty_pass() -> None:
    pattern = Sieve().pattern(columns([False, True, True]), frozenset())
    assert pattern is not None
    assert re.fullmatch(pattern, "a,,")
    assert not re.fullmatch(pattern, ",a,a")


@pytest.mark.parametrize("lines", ["a,USER_ID\nb,c", "xUSER_IDx,a", "USER_ID,a"])
def test_reserved_words_are_seen_wherever_they_stand(lines: str) -> None:
    assert has_reserved_words(lines, columns([False, False]))


@pytest.mark.parametrize("lines", ["a,b", "USER,_ID", "user_id,a", "DI_RESU,a", ""])
def test_letters_of_a_reserved_word_are_no_reserved_word(lines: str) -> None:
    assert not has_reserved_words(lines, columns([False, False]))
