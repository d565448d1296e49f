"""The schema that is proposed for a CSV file: its dataset type, and the type of each column by its values."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from personalize_import import DatasetSchema
from personalize_import.schema import inference
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.data_checks.schema_rules import schema_findings

SENTENCE = "An old sailor looks for the sea that he has lost, and finds it."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


def proposed(path: Path, header: str, *rows: str, **more: Any) -> dict[str, dict[str, Any]]:
    """Return the fields that are proposed, by name and without it."""
    path.write_text("\n".join([header, *rows]) + "\n")
    return by_name(DatasetSchema.from_csv(path, **more))


def by_name(schema: DatasetSchema) -> dict[str, dict[str, Any]]:
    return {field.pop("name"): field for field in json.loads(schema.to_json())["fields"]}


def column(path: Path, values: Iterable[str], kind: str = "USER_ID") -> dict[str, Any]:
    """Return the field that is proposed for a column of values."""
    return proposed(path, f"{kind},X", *(f"id{number},{value}" for number, value in enumerate(values)))["X"]


@pytest.mark.parametrize(
    ("header", "dataset_type"),
    [
        ("USER_ID,ITEM_ID,TIMESTAMP", "Interactions"),
        ("ITEM_ID,USER_ID,EVENT_TYPE,TIMESTAMP", "Interactions"),
        ("ITEM_ID,PRICE", "Items"),
        ("AGE,USER_ID", "Users"),
        ("ACTION_ID,VALUE", "Actions"),
        ("USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP", "ActionInteractions"),
    ],
)
def test_the_dataset_type_has_the_same_ids_as_the_file(path: Path, header: str, dataset_type: str) -> None:
    names = list(proposed(path, header, ",".join("1" for _ in header.split(","))))
    assert names == header.split(",")
    assert DatasetSchema.from_csv(path).dataset_type == dataset_type


@pytest.mark.parametrize(
    ("header", "needs"),
    [
        ("USER_ID,ITEM_ID", "Interactions need USER_ID, ITEM_ID, TIMESTAMP"),
        ("USER_ID,ACTION_ID", "ActionInteractions need USER_ID, ACTION_ID, EVENT_TYPE, TIMESTAMP"),
    ],
)
def test_a_file_that_fits_no_dataset_type_is_rejected_with_the_required_columns(
    path: Path, header: str, needs: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        proposed(path, header, "1,2")
    message = f"{path}: no dataset type fits the columns {header.split(',')}: {needs}"
    assert str(refused.value).startswith(message)


def test_names_match_regardless_of_case_and_quotes_and_known_fields_are_in_upper_case(path: Path) -> None:
    assert list(proposed(path, 'user_id,"Age",Home_Town', "a,1,Rome")) == ["USER_ID", "Age", "Home_Town"]
    assert DatasetSchema.from_csv(path).dataset_type == "Users"


@pytest.mark.parametrize(
    ("first_line", "finding"),
    [
        ("A,B", r"not-a-header: .* \(none of ACTION_ID, ITEM_ID, USER_ID is in it\) in data\.csv, line 1\. Write the"),
        ("USER_ID;AGE", r"not-a-header: .* \(semicolons separate the names, not commas\)"),
        ("USER_ID\tAGE", r"not-a-header: .* \(tabs separate the names, not commas\)"),
        ("sep=,", r"not-a-header: .* \(it is the line sep= of a spreadsheet; the names are on the next line\)"),
        ("USER_ID, AGE", r'not-a-header: .* \(blanks or invisible characters belong to the names: "␠AGE"\)'),
        ("USER_ID\u200b,AGE", r'not-a-header: .* "USER_ID<U\+200B>"'),
        ("USER_ID,AGE\rb,2", "carriage-returns: "),
        ("\ufeffUSER_ID,AGE", "byte-order-mark: .* in data.csv, line 1"),
        ("USER_ID,AGE,A_GE", r"column-twice: .* \(AGE and A_GE\)"),
        ("USER_ID,AGE,age", r"column-twice: .* \(AGE and age\)"),
    ],
)
def test_problems_of_the_header_are_the_findings_of_the_check(path: Path, first_line: str, finding: str) -> None:
    with pytest.raises(ValidationError, match=rf"data\.csv: {finding}"):
        proposed(path, first_line, "a,1" + ",2" * first_line.count("A_GE") + ",2" * first_line.count("age"))


@pytest.mark.parametrize("dataset_type", ["Users", "USERS"])
def test_a_given_dataset_type_is_used(path: Path, dataset_type: Any) -> None:
    assert list(proposed(path, "USER_ID,ITEM_ID", "a,b", dataset_type=dataset_type)) == ["USER_ID", "ITEM_ID"]
    assert DatasetSchema.from_csv(path, dataset_type=dataset_type).dataset_type == "Users"


def test_a_dataset_type_that_the_file_does_not_fit_is_refused(path: Path) -> None:
    with pytest.raises(ValidationError, match=r"no dataset type fits the columns .*: Interactions need USER_ID, .*"):
        proposed(path, "USER_ID,AGE", "a,1", dataset_type="Interactions")


def test_a_dataset_type_that_does_not_exist_is_rejected(path: Path) -> None:
    with pytest.raises(ValidationError, match=r"^dataset_type must be one of Interactions, Items, .*, got 'Things'$"):
        proposed(path, "USER_ID,AGE", "a,1", dataset_type="Things")


def test_required_and_reserved_columns_have_the_types_of_the_service_for_any_values(path: Path) -> None:
    assert proposed(
        path, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,RECOMMENDATION_ID", "1,2,3,4,5,6", ",,,,,"
    ) == {
        "USER_ID": {"type": "string"},
        "ITEM_ID": {"type": "string"},
        "TIMESTAMP": {"type": "long"},
        "EVENT_TYPE": {"type": ["null", "string"]},
        "EVENT_VALUE": {"type": ["null", "float"]},
        "RECOMMENDATION_ID": {"type": ["null", "string"]},
    }


def test_a_domain_has_its_own_reserved_columns(path: Path) -> None:
    header = "ITEM_ID,CREATION_TIMESTAMP,GENRES,PRODUCT_DESCRIPTION,NOTES,DURATION"
    found = proposed(path, header, f'a,1,Drama,Old,"{SENTENCE}",90', domain="VIDEO_ON_DEMAND")
    assert found["GENRES"] == {"type": "string", "categorical": True}
    assert found["PRODUCT_DESCRIPTION"] == {"type": "string", "textual": True}
    assert found["NOTES"] == {"type": "string"}
    assert found["DURATION"] == {"type": "float"}
    assert DatasetSchema.from_csv(path, domain="VIDEO_ON_DEMAND").domain == "VIDEO_ON_DEMAND"


@pytest.mark.parametrize(
    ("values", "type_name"),
    [
        (["1", "-2", "0"], "int"),
        (["2147483647", "-2147483648"], "int"),
        (["2147483648"], "long"),
        (["-2147483649"], "long"),
        (["1", "-9223372036854775808"], "long"),
        (["1", "2.5"], "float"),
        (["-.5", "1.", "1e-3"], "float"),
        (["9223372036854775808"], "string"),
        (["9" * 5000], "string"),
        (["01234", "1"], "string"),
        (["+49", "1"], "string"),
        (["0.5", "n.a."], "string"),
        (["true", "false"], "string"),
        (["1 ", "2"], "string"),
        (["٣"], "string"),
    ],
)
def test_a_type_is_the_narrowest_that_fits_all_values(path: Path, values: list[str], type_name: str) -> None:
    assert column(path, values)["type"] == type_name


def test_a_column_with_empty_values_is_nullable(path: Path) -> None:
    assert column(path, ["1", "", "3"]) == {"type": ["null", "int"]}
    assert column(path, ["", ""]) == {"type": ["null", "string"], "categorical": True}


def test_repeated_strings_are_categories(path: Path) -> None:
    assert column(path, ["Gold", "Silver"] * 50) == {"type": "string", "categorical": True}
    assert column(path, ["Gold|Silver|Bronze", "Silver|Gold"] * 20) == {"type": "string", "categorical": True}


def test_rarely_repeated_strings_are_not_categories(path: Path) -> None:
    assert column(path, [f"Name {number}" for number in range(200)]) == {"type": "string"}


def test_more_than_a_thousand_strings_are_not_categories(path: Path) -> None:
    assert column(path, [f"Town {number % 1000}" for number in range(4000)])["categorical"] is True
    assert "categorical" not in column(path, [f"Town {number % 1001}" for number in range(4000)])


def test_the_longest_text_column_of_items_is_textual(path: Path) -> None:
    found = proposed(path, "ITEM_ID,SHORT,LONG,TITLE", f'a,"{SENTENCE}","{SENTENCE} {SENTENCE}",Sea')
    assert found["SHORT"] == {"type": "string"}
    assert found["LONG"] == {"type": "string", "textual": True}
    assert found["TITLE"] == {"type": "string", "categorical": True}


def test_the_first_of_equally_long_text_columns_is_textual(path: Path) -> None:
    found = proposed(path, "ITEM_ID,ONE,TWO", f'a,"{SENTENCE}","{SENTENCE}"')
    assert ("textual" in found["ONE"], "textual" in found["TWO"]) == (True, False)


def test_texts_of_users_are_not_textual(path: Path) -> None:
    assert column(path, [f'"{SENTENCE}"']) == {"type": "string"}


def test_quotes_commas_and_backslashes_are_read_as_personalize_reads_them(path: Path) -> None:
    assert proposed(path, "USER_ID,SAID,AGE", r'a,"a \"b\", c \\",1', "b,x,2")["AGE"] == {"type": "int"}


def test_doubled_quotes_and_line_breaks_in_quotes_are_read_as_the_service_reads_them(path: Path) -> None:
    found = proposed(path, "USER_ID,SAID,SCORE", 'a,"one ""two"", three",1', 'b,"first\nsecond",9.5', "c,x,2")
    assert found["SCORE"] == {"type": "float"}


def test_rows_with_wrong_quotes_or_another_number_of_values_are_left_out_with_a_warning(path: Path) -> None:
    with pytest.warns(UserWarning, match="field-count") as warned:
        assert proposed(path, "USER_ID,AGE", "a,1", "b,x,y", "c", 'd,"x"y')["AGE"] == {"type": "int"}
    assert [str(each.message).removeprefix(f"{path}: ").partition(". ")[0] for each in warned] == [
        "field-count: the row has more or fewer values than the header (3 instead of 2) in data.csv, line 3, 2 times",
        "malformed-quotes: quotes don't end where the value ends in data.csv, line 5",
    ]
    assert {each.filename for each in warned} == {__file__}


@pytest.mark.parametrize("word", [r"\N", "NULL", "nan", "NaN", "None", "NA"])
def test_a_word_for_null_counts_as_an_empty_value_with_a_warning_that_shows_it(path: Path, word: str) -> None:
    shown = re.escape(repr(word))
    with pytest.warns(UserWarning, match=rf"null-word: .* in data\.csv, line 3, column X: {shown}\. Leave the value"):
        assert column(path, ["1", word, "2.5"]) == {"type": ["null", "float"]}


def test_an_id_is_never_nullable_even_if_a_word_stands_for_null(path: Path) -> None:
    with pytest.warns(UserWarning, match="null-word: .* line 2, column USER_ID"):
        assert proposed(path, "USER_ID,AGE", "NULL,1")["USER_ID"] == {"type": "string"}


def test_only_the_head_of_the_file_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "HEAD_BYTES", len("USER_ID,X\nid0,1\nid1,2\n"))
    assert column(path, ["1", "2", "x"]) == {"type": "int"}


def test_a_column_without_a_name_is_omitted(path: Path) -> None:
    assert list(proposed(path, ",USER_ID,AGE", "0,a,1")) == ["USER_ID", "AGE"]


@pytest.mark.parametrize("name", ["HOME TOWN", "1ST", "AGE€"])
def test_a_name_that_no_field_can_have_is_refused(path: Path, name: str) -> None:
    with pytest.raises(ValidationError, match=r"data\.csv: a column's name must be letters, digits and underscores"):
        proposed(path, f"{name.replace(chr(34), chr(92) + chr(34))},USER_ID", "a,b")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "path must be a CSV file in UTF-8 with a header and records, got "),
        (b"", "empty-file: "),
        (b"USER_ID,AGE\n", "no-records: "),
        (b"USER_ID,AGE\na,b,c\n", "path must be a CSV file in UTF-8 with a header and records, got "),
        (b"USER_ID,AGE\n\xff,1\n", "not-utf-8: the line is not UTF-8 in data.csv, line 2"),
        (b"USER_ID\na" + b"a" * 2_000_000, "line-too-long: .* in data.csv, line 2"),
        (b"\x1f\x8b\x08", r"not-csv: the file is not text \(gzip\) in data.csv"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*field-count")
def test_a_file_that_can_not_be_read_is_refused(path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValidationError, match=problem) as refused:
        DatasetSchema.from_csv(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("kind", ["interactions", "items", "users"])
def test_the_schemas_of_the_airline_sample_are_valid(airline: Path, kind: str) -> None:
    schema = DatasetSchema.from_csv(str(airline / f"{kind}.csv"))
    assert schema_findings(schema.to_json(), None, kind) == []
    own = DatasetSchema.from_file(airline / f"{kind}.schema.json")
    assert list(by_name(schema)) == list(by_name(own))
