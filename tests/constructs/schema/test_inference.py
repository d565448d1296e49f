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
        ("A,B", "Interactions need USER_ID, ITEM_ID, TIMESTAMP; Items need ITEM_ID; Users need USER_ID; "),
        ("user_id,AGE", "Interactions need USER_ID, ITEM_ID, TIMESTAMP; "),
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


@pytest.mark.parametrize("dataset_type", ["Users", "USERS"])
def test_a_given_dataset_type_is_used(path: Path, dataset_type: Any) -> None:
    assert list(proposed(path, "USER_ID,ITEM_ID", "a,b", dataset_type=dataset_type)) == ["USER_ID", "ITEM_ID"]
    assert DatasetSchema.from_csv(path, dataset_type=dataset_type).dataset_type == "Users"


def test_a_dataset_type_that_does_not_fit_the_file_is_rejected(path: Path) -> None:
    with pytest.raises(ValidationError, match=r"no dataset type fits the columns .*: Items need ITEM_ID$"):
        proposed(path, "USER_ID,AGE", "a,1", dataset_type="Items")


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
        (["0.5", "n/a"], "string"),
        (["true", "false"], "string"),
        (["nan"], "string"),
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


def test_a_row_with_a_different_number_of_values_is_ignored(path: Path) -> None:
    assert proposed(path, "USER_ID,AGE", "a,1", "b,x,y", "c")["AGE"] == {"type": "int"}


def test_only_the_head_of_the_file_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "ROWS_READ", 2)
    assert column(path, ["1", "2", "x"]) == {"type": "int"}


def test_a_column_without_a_name_is_omitted(path: Path) -> None:
    assert list(proposed(path, ",USER_ID,AGE", "0,a,1")) == ["USER_ID", "AGE"]


@pytest.mark.parametrize("name", ["HOME TOWN", "1ST", '"A"', "\ufeffUSER_ID"])
def test_an_invalid_field_name_is_rejected(path: Path, name: str) -> None:
    with pytest.raises(ValidationError, match=r"data\.csv: a column's name must be letters, digits and underscores"):
        proposed(path, f"{name.replace(chr(34), chr(92) + chr(34))},USER_ID", "a,b")


@pytest.mark.parametrize(
    "content", [None, b"", b"USER_ID,AGE\n", b"USER_ID,AGE\n\xff,1\n", b"USER_ID\na" + b"a" * 200_000]
)
def test_an_unreadable_file_is_rejected(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    allowed = re.escape(f"path must be a CSV file in UTF-8 with a header and records, got {str(path)!r}")
    with pytest.raises(ValidationError, match=f"^{allowed}"):
        DatasetSchema.from_csv(path)


@pytest.mark.parametrize("kind", ["interactions", "items", "users"])
def test_the_schemas_of_the_airline_sample_are_valid(airline: Path, kind: str) -> None:
    schema = DatasetSchema.from_csv(str(airline / f"{kind}.csv"))
    assert schema_findings(schema.to_json(), None, kind) == []
    own = DatasetSchema.from_file(airline / f"{kind}.schema.json")
    assert list(by_name(schema)) == list(by_name(own))
