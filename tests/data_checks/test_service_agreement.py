"""The checks accept what the service is known to have accepted, and report data that cannot be meant."""

from typing import Final

import pytest

from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import Field, Schema

ITEMS: Final = Schema(
    name="items",
    fields=(
        Field(name="ITEM_ID"),
        Field(name="genre", categorical=True),
        Field(name="YEAR", type_name="int"),
        Field(name="TEXT", textual=True, nullable=True),
    ),
)
HEADER: Final = "ITEM_ID,genre,YEAR,TEXT"
INTERACTIONS: Final = Schema(
    name="Interactions",
    fields=(
        Field(name="USER_ID"),
        Field(name="ITEM_ID"),
        Field(name="TIMESTAMP", type_name="long"),
        Field(name="EVENT_TYPE"),
    ),
)
EVENTS_HEADER: Final = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
EVENTS: Final = tuple(f"u{n % 50},i{n % 7},{1_700_000_000 + n},View" for n in range(2000))


def _file(name: str, content: bytes) -> DataFile:
    return DataFile(name, len(content), lambda: iter([content]))


def found(*contents: str | bytes, schema: Schema = ITEMS) -> list[Finding]:
    """Return the findings about files, named a.csv, b.csv, ..."""
    files = [
        _file(f"{'abc'[n]}.csv", each.encode() if isinstance(each, str) else each) for n, each in enumerate(contents)
    ]
    return list(check(Data(location="data/", files=files), schema))


def places(*contents: str | bytes, schema: Schema = ITEMS) -> list[tuple[str, int | None, str | None]]:
    return [(each.rule.id, each.line, each.column) for each in found(*contents, schema=schema)]


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def events(*rows: str, header: str = EVENTS_HEADER) -> str:
    return lines(header, *EVENTS, *rows)


@pytest.mark.parametrize(
    "header", ["item_id,Genre,year,text", '"ITEM_ID","GENRE","YEAR","TEXT"', "genre,ITEM_ID,text,YEAR"]
)
def test_header_names_match_regardless_of_case_quotes_and_order(header: str) -> None:
    findings = found(lines(header, "1,2,3,4"))
    assert {each.rule.id for each in findings} <= {"column-spelling", "column-order"}
    assert {each.rule.severity for each in findings} == {Severity.WARNING}


def test_a_byte_order_mark_is_reported_as_such_and_nothing_else_is() -> None:
    assert places("\ufeff" + lines(HEADER, "1,a,1990,b")) == [("byte-order-mark", 1, None)]


def test_empty_and_other_values_in_a_numeric_metadata_column_that_is_not_nullable_are_warnings() -> None:
    findings = found(lines(HEADER, "1,a,,b", "2,a,2006\u20132007,b"))
    assert [(each.rule.id, each.line, each.column, each.rule.severity) for each in findings] == [
        ("number-missing", 2, "YEAR", Severity.WARNING),
        ("metadata-wrong-type", 3, "YEAR", Severity.WARNING),
    ]


@pytest.mark.parametrize(
    ("row", "rule", "column"),
    [
        (",i1,1700000000,View", "id-missing", "USER_ID"),
        ("u1,i1,,View", "id-missing", "TIMESTAMP"),
        ("u1,i1,soon,View", "wrong-type", "TIMESTAMP"),
        ("u1,i1,1700000000,", "value-missing", "EVENT_TYPE"),
    ],
)
def test_missing_ids_times_and_strings_remain_errors(row: str, rule: str, column: str) -> None:
    (finding,) = found(events(row), schema=INTERACTIONS)
    assert (finding.rule.id, finding.line, finding.column) == (rule, 2002, column)
    assert finding.rule.severity is Severity.ERROR


def test_the_advice_for_a_missing_id_is_not_to_make_it_nullable() -> None:
    (finding,) = found(events(",i1,1700000000,View"), schema=INTERACTIONS)
    assert "null" not in finding.rule.fix


def test_doubled_quotes_are_read_with_a_warning() -> None:
    assert places(lines(HEADER, '1,a,1990,"one ""two"", three"')) == [("doubled-quotes", 2, "TEXT")]


def test_a_record_over_several_lines_counts_once_and_line_numbers_are_those_of_the_file() -> None:
    content = lines(HEADER, '1,a,1990,"one', "two", 'three"', "2,a,much,b")
    findings = check(Data(location="", files=[DataFile("a.csv", 1, lambda: iter([content.encode()]))]), ITEMS)
    assert findings.rows == 2
    assert [(each.rule.id, each.line) for each in findings] == [("metadata-wrong-type", 5)]


def test_backslashes_escape_quotes_as_the_guide_asks() -> None:
    assert places(lines(HEADER, r'1,a,1990,"one \"two\", \\ three"')) == []


def test_a_file_with_only_a_header_beside_files_with_records_is_no_error() -> None:
    assert places("ITEM_ID,genre,YEAR,TEXT\n", lines(HEADER, "1,a,1990,b")) == []


def test_a_file_of_0_bytes_beside_files_with_records_is_one_error() -> None:
    assert places(lines(HEADER, "1,a,1990,b"), b"") == [("empty-file", None, None)]


@pytest.mark.parametrize("second", [b"x" * 100_000 + b"\n\0", b'"' + b"x" * 2_000_000])
def test_interactions_of_a_file_that_cannot_be_read_to_its_end_are_not_called_too_few(second: bytes) -> None:
    content = lines(EVENTS_HEADER, EVENTS[0]).encode() + second
    assert "too-few-interactions" not in [rule for rule, _, _ in places(content, schema=INTERACTIONS)]


def test_an_empty_file_is_one_finding() -> None:
    assert places(b"", schema=INTERACTIONS) == [("empty-file", None, None)]


@pytest.mark.parametrize("more", ["ITEM_ID", "item_id", "ITEMID", "Item_I_D"])
def test_a_column_twice_is_an_error_also_by_letters_and_digits_alone(more: str) -> None:
    findings = found(lines(f"ITEM_ID,genre,YEAR,TEXT,{more}", "1,a,1990,b,2"))
    assert ("column-twice", 1, "ITEM_ID") in [(each.rule.id, each.line, each.column) for each in findings]


@pytest.mark.parametrize("word", [r"\N", "NULL", "nan", "NaN", "None", "NA"])
def test_words_for_null_are_shown_as_they_are_in_the_file(word: str) -> None:
    findings = found(lines(HEADER, "1,a,1990,b", f"{word},{word},{word},b"))
    assert [(each.rule.id, each.line, each.column, each.value) for each in findings] == [
        ("null-word", 3, column, word) for column in ("ITEM_ID", "YEAR", "genre")
    ]


def test_an_id_that_ends_in_0_after_a_point_is_a_warning() -> None:
    assert places(lines(HEADER, "12.0,a,1990,b")) == [("id-from-float", 2, "ITEM_ID")]


@pytest.mark.parametrize(
    ("time", "rule"),
    [
        ("0", None),
        ("631152000", None),
        ("631151999", "before-1990"),
        ("-1", "before-1990"),
        ("20231114", "date-as-number"),
        ("202311142359", "date-as-number"),
        ("20231114235959", "date-as-number"),
        ("1700000000000", "milliseconds"),
        ("1700000000000000", "microseconds"),
        ("1700000000000000000", "nanoseconds"),
    ],
)
def test_a_time_that_cannot_be_meant_is_a_warning(time: str, rule: str | None) -> None:
    findings = places(events(f"u1,i1,{time},View"), schema=INTERACTIONS)
    assert findings == ([(rule, 2002, "TIMESTAMP")] if rule else [])


@pytest.mark.parametrize(
    ("time", "divisor"),
    [("1700000000000", "1000"), ("1700000000000000", "10^6"), ("1700000000000000000", "10^9")],
)
def test_the_advice_names_the_right_divisor(time: str, divisor: str) -> None:
    (finding,) = found(events(f"u1,i1,{time},View"), schema=INTERACTIONS)
    assert divisor in finding.rule.fix


def test_one_single_time_for_all_interactions_is_a_warning() -> None:
    rows = [f"u{n % 50},i{n},1700000000,View" for n in range(1000)]
    assert places(lines(EVENTS_HEADER, *rows), schema=INTERACTIONS) == [("single-time", None, "TIMESTAMP")]


def test_interactions_are_counted_without_repeated_ones() -> None:
    (finding,) = found(lines(EVENTS_HEADER, *EVENTS[:999], *EVENTS[:999]), schema=INTERACTIONS)
    assert (finding.rule.id, finding.detail) == ("too-few-different", "999 of 1998")


def test_event_types_that_recommenders_need_are_compared_without_case() -> None:
    shop = Schema(name="Interactions", fields=INTERACTIONS.fields, domain="ECOMMERCE")
    rows = [row.replace("View", "VIEW" if n < 1000 else "purchase") for n, row in enumerate(EVENTS[:1999])]
    (finding,) = found(lines(EVENTS_HEADER, *rows), schema=shop)
    assert (finding.rule.id, finding.column, finding.detail) == ("too-few-of-type", "EVENT_TYPE", "Purchase: 999")


@pytest.mark.parametrize(("filled", "is_sparse"), [(84, True), (85, False)])
def test_a_textual_column_is_filled_to_85_percent(filled: int, is_sparse: bool) -> None:
    rows = [f"{n},a,1990,{'text' if n < filled else ''}" for n in range(100)]
    assert places(lines(HEADER, *rows)) == [("text-sparse", None, "TEXT")] * is_sparse


@pytest.mark.parametrize(
    ("text", "is_long"), [("漢" * 7000, False), ("漢" * 7001, True), ("か" * 7001, True), ("a" * 20_000, False)]
)
def test_chinese_and_japanese_texts_have_7000_characters(text: str, is_long: bool) -> None:
    findings = places(lines(HEADER, f"1,a,1990,{text}"))
    assert findings == [("text-too-long", 2, "TEXT")] * is_long


def test_carriage_returns_are_one_finding_that_names_them() -> None:
    assert places(events().replace("\n", "\r"), schema=INTERACTIONS) == [("carriage-returns", 1, None)]


@pytest.mark.parametrize(
    ("first_line", "detail"),
    [
        ("ITEM_ID;genre;YEAR;TEXT", "semicolons"),
        ("ITEM_ID\tgenre\tYEAR\tTEXT", "tabs"),
        ("ITEM_ID, genre, YEAR, TEXT", '"␠genre", "␠YEAR", "␠TEXT"'),
        ("ITEM_ID,genre\u200b,YEAR,TEXT", '"genre<U+200B>"'),
        ("sep=,", "sep="),
        ("", "it is blank"),
        ("1,a,1990,b", "none of "),
    ],
)
def test_a_first_line_that_is_no_header_is_one_finding_that_says_what_it_is(first_line: str, detail: str) -> None:
    (finding,) = found(lines(first_line, "1,a,1990,b"))
    assert (finding.rule.id, finding.line) == ("not-a-header", 1)
    assert detail in finding.detail


def test_without_a_column_of_users_nothing_is_said_of_too_few_users() -> None:
    rows = [row.partition(",")[2] for row in EVENTS]
    findings = places(lines("ITEM_ID,TIMESTAMP,EVENT_TYPE", *rows), schema=INTERACTIONS)
    assert findings == [("column-missing", 1, "USER_ID")]
