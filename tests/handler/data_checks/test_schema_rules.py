"""What is wrong with a schema: each rule by a schema that breaks it and no other."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from personalize_import_handler.data_checks.rules import RULES, Scope
from personalize_import_handler.data_checks.schema_rules import schema_findings

USER_ID = {"name": "USER_ID", "type": "string"}
ITEM_ID = {"name": "ITEM_ID", "type": "string"}
ACTION_ID = {"name": "ACTION_ID", "type": "string"}
TIMESTAMP = {"name": "TIMESTAMP", "type": "long"}
EVENT_TYPE = {"name": "EVENT_TYPE", "type": "string"}
AGE = {"name": "AGE", "type": ["null", "int"]}
PRICE = {"name": "PRICE", "type": "float"}
CREATED = {"name": "CREATION_TIMESTAMP", "type": "long"}
GENRES = {"name": "GENRES", "type": "string", "categorical": True}
INTERACTION = (USER_ID, ITEM_ID, TIMESTAMP)
SHOP, VIDEO = "ECOMMERCE", "VIDEO_ON_DEMAND"


def schema(name: str, *fields: Mapping[str, Any]) -> str:
    return json.dumps({"type": "record", "name": name, "fields": fields, "version": "1.0"})


def text(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "string", **more}


def numbers(count: int) -> list[dict[str, Any]]:
    return [{"name": f"M{number}X", "type": "int"} for number in range(count)]


def found(text: str, domain: str | None = None, dataset_type: str | None = None) -> list[tuple[str, str | None, str]]:
    return [
        (finding.rule.id, finding.column, finding.detail) for finding in schema_findings(text, domain, dataset_type)
    ]


def test_the_smallest_schema_of_each_dataset_type_is_valid() -> None:
    action = schema("ActionInteractions", USER_ID, ACTION_ID, EVENT_TYPE, TIMESTAMP)
    category = text("CATEGORY_L1", categorical=True)
    for least, domain in [
        (schema("Interactions", *INTERACTION), None),
        (schema("Items", ITEM_ID, PRICE), None),
        (schema("Items", ITEM_ID, CREATED), None),
        (schema("Users", USER_ID, AGE), None),
        (schema("Actions", ACTION_ID, AGE), None),
        (action, None),
        (schema("Interactions", *INTERACTION, EVENT_TYPE), SHOP),
        (schema("Interactions", *INTERACTION, EVENT_TYPE), VIDEO),
        (schema("Items", ITEM_ID, PRICE, category), SHOP),
        (schema("Items", ITEM_ID, CREATED, GENRES), VIDEO),
        (schema("Users", USER_ID, AGE), SHOP),
        (schema("Users", USER_ID, text("SUBSCRIPTION_MODEL", categorical=True)), VIDEO),
    ]:
        assert found(least, domain) == []


BROKEN: list[tuple[str, str | None, tuple[str, str | None, str]]] = [
    ("{}", None, ("schema-malformed", None, 'it is not {"type": "record", ...}')),
    (schema("Users"), None, ("schema-malformed", None, "the record has no fields")),
    (schema("Interaction", *INTERACTION), None, ("schema-name", None, "the name is Interaction")),
    (
        schema("Actions", ACTION_ID, AGE),
        SHOP,
        ("schema-domain", None, "Actions in the domain ECOMMERCE"),
    ),
    (
        schema("Users", USER_ID, AGE) + " " * 10_000,
        None,
        ("schema-too-long", None, f"{len(schema('Users', USER_ID, AGE)) + 10_000} characters, and at most 10000"),
    ),
    (schema("Interactions", USER_ID), None, ("field-missing", None, "ITEM_ID, TIMESTAMP")),
    (schema("Interactions", *INTERACTION), SHOP, ("field-missing", None, "EVENT_TYPE")),
    (
        schema("Users", {"name": "USER_ID", "type": "long"}, AGE),
        None,
        ("field-type", "USER_ID", "its type is long, and must be string"),
    ),
    (
        schema("Interactions", *INTERACTION, text("EVENT_VALUE")),
        None,
        ("field-type-former", "EVENT_VALUE", "its type is string"),
    ),
    (
        schema("Items", ITEM_ID, CREATED, GENRES, {"name": "DURATION", "type": "int"}),
        VIDEO,
        ("field-type", "DURATION", "its type is int, and must be float or double"),
    ),
    (
        schema("Interactions", *INTERACTION[:2], {"name": "TIMESTAMP", "type": ["long", "null"]}),
        None,
        ("field-nullable", "TIMESTAMP", ""),
    ),
    (schema("Items", ITEM_ID, CREATED, text("GENRES")), VIDEO, ("field-not-categorical", "GENRES", "")),
    (
        schema("Items", ITEM_ID, CREATED, GENRES, text("CONTENT_OWNER")),
        VIDEO,
        ("field-not-categorical", "CONTENT_OWNER", ""),
    ),
    (
        schema("Interactions", *INTERACTION, text("EVENT_TYPE", categorical=True)),
        None,
        ("field-categorical", "EVENT_TYPE", ""),
    ),
    (
        schema("Users", USER_ID, {"name": "AGE", "type": "int", "categorical": True}),
        None,
        ("field-attribute", "AGE", "its type is int"),
    ),
    (
        schema("Items", ITEM_ID, {"name": "PAGES", "type": "long", "textual": True}),
        None,
        ("field-attribute", "PAGES", "its type is long"),
    ),
    (
        schema("Users", USER_ID, text("ABOUT", textual=True)),
        None,
        ("field-textual", "ABOUT", "the schema is one of Users"),
    ),
    (
        schema("Items", ITEM_ID, text("TITLE", textual=True), text("PLOT", textual=True)),
        None,
        ("field-textual", "PLOT", "TITLE is textual already"),
    ),
    (schema("Users", USER_ID), None, ("no-metadata", None, "there is only USER_ID")),
    (
        schema("Interactions", *INTERACTION, EVENT_TYPE, *numbers(6)),
        None,
        ("too-much-metadata", None, "6 of them, and at most 5 in Interactions"),
    ),
    (
        schema("Users", USER_ID, AGE, {"name": "A_GE", "type": "int"}),
        None,
        ("field-twice", "A_GE", "another one is AGE"),
    ),
    (schema("Users", USER_ID, AGE, AGE), None, ("field-twice", "AGE", "another one is AGE")),
    (schema("Users", USER_ID, {"name": "IS_MEMBER", "type": "boolean"}), None, ("field-boolean", "IS_MEMBER", "")),
    (schema("Users", USER_ID, text("TOWN")), None, ("field-unused", "TOWN", "")),
    (schema("Users", {"name": "user_id", "type": "string"}, AGE), None, ("field-spelling", None, "user_id")),
    (schema("Users", USER_ID, text("TOWN", categorical="true")), None, ("field-attribute-text", "TOWN", "categorical")),
]


@pytest.mark.parametrize(("text", "domain", "expected"), BROKEN, ids=[expected[0] for _, _, expected in BROKEN])
def test_each_invalid_schema_breaks_one_rule(
    text: str, domain: str | None, expected: tuple[str, str | None, str]
) -> None:
    assert found(text, domain) == [expected]


def test_every_schema_rule_has_an_invalid_schema() -> None:
    assert {expected[0] for _, _, expected in BROKEN} == {rule.id for rule in RULES if rule.scope is Scope.SCHEMA}


@pytest.mark.parametrize("dataset_type", ["INTERACTIONS", "Interactions"])
def test_a_schema_is_named_after_the_type_of_its_dataset(dataset_type: str) -> None:
    assert found(schema("Interactions", *INTERACTION), dataset_type=dataset_type) == []
    assert found(schema("Users", USER_ID, AGE), dataset_type=dataset_type) == [
        ("schema-name", None, f"the name is Users, and the dataset's type {dataset_type}")
    ]


@pytest.mark.parametrize("dataset_type", ["ACTION_INTERACTIONS", "Action_Interactions", "ActionInteractions"])
def test_a_type_of_two_words_goes_by_each_of_its_names(dataset_type: str) -> None:
    assert found(schema("ActionInteractions", USER_ID, ACTION_ID, EVENT_TYPE, TIMESTAMP), None, dataset_type) == []


def test_invalid_json_is_reported_with_its_position() -> None:
    ((rule, _, detail),) = found('{"type": "record",')
    assert rule == "schema-malformed"
    assert detail.startswith("not JSON: ")
    assert "line 1 column 19" in detail


@pytest.mark.parametrize("name", ["users", "USERS"])
def test_the_name_of_a_schema_may_be_in_any_case(name: str) -> None:
    assert found(schema(name, USER_ID, AGE), dataset_type="Users") == []


def test_metadata_may_be_in_any_case() -> None:
    assert found(schema("Users", USER_ID, {"name": "Age", "type": "int"})) == []


def test_a_schema_with_a_misspelt_name_is_checked_for_its_datasets_type() -> None:
    assert [rule for rule, _, _ in found(schema("User", text("TOWN")), dataset_type="Users")] == [
        "schema-name",
        "field-missing",
        "field-unused",
    ]


def test_an_unknown_dataset_type_belongs_to_no_schema() -> None:
    (finding,) = schema_findings(schema("Users", USER_ID, AGE), dataset_type="Things")
    assert finding.message.endswith("(the name is Users, and the dataset's type Things)")


def test_all_findings_are_reported_together() -> None:
    broken = schema("Items", text("TITLE"), {"name": "TITLE", "type": "int", "textual": True}) + " " * 10_000
    assert [rule for rule, _, _ in found(broken)] == [
        "schema-too-long",
        "field-twice",
        "field-attribute",
        "field-missing",
        "field-unused",
    ]


def test_required_fields_except_ids_and_times_may_be_null() -> None:
    nullable = {"name": "EVENT_TYPE", "type": ["null", "string"]}
    assert found(schema("Interactions", *INTERACTION, nullable), SHOP) == []


def test_reserved_strings_are_valid_without_an_attribute() -> None:
    reserved = [text(name) for name in ("EVENT_TYPE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")]
    assert found(schema("Interactions", *INTERACTION, *reserved)) == []


def test_the_maximum_number_of_metadata_fields_is_valid() -> None:
    assert found(schema("Interactions", *INTERACTION, EVENT_TYPE, *numbers(5))) == []


def test_a_schema_of_10_000_characters_is_valid() -> None:
    assert found(schema("Users", USER_ID, AGE).ljust(10_000)) == []


@pytest.mark.parametrize("kind", ["interactions", "items", "users"])
def test_the_schemas_of_the_airline_sample_are_valid(airline: Path, kind: str) -> None:
    assert found((airline / f"{kind}.schema.json").read_text(), dataset_type=kind) == []
