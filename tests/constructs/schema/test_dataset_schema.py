"""Schemas that are defined by fields: their Avro JSON, their resource, and the errors of invalid ones."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match, Template
from constructs import Construct

from personalize_import import DatasetSchema
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import new_stack, template_of

USERS = '{\r\n  "type": "record", "name": "Users", "fields": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}]\r\n}\n'  # fmt: skip  # noqa: E501


def fields(schema: DatasetSchema) -> list[dict[str, Any]]:
    return list(json.loads(schema.to_json())["fields"])


def names(schema: DatasetSchema) -> list[str]:
    return [field["name"] for field in fields(schema)]


def created(schema: DatasetSchema, scope: Construct | None = None, id: str = "Schema", **more: Any) -> dict[str, Any]:
    """Return the properties of the resource that a schema becomes."""
    scope = scope or new_stack()
    resource = schema.to_cfn_schema(scope, id, **more)
    stack = cdk.Stack.of(scope)
    return dict(template_of(stack)["Resources"][stack.resolve(resource.logical_id)]["Properties"])


def users() -> DatasetSchema:
    return DatasetSchema.users().field("AGE", "int")


@pytest.mark.parametrize(
    ("begun", "dataset_type", "required"),
    [
        (DatasetSchema.interactions, "Interactions", ["USER_ID", "ITEM_ID", "TIMESTAMP"]),
        (
            lambda: DatasetSchema.interactions("ECOMMERCE"),
            "Interactions",
            ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"],
        ),
        (DatasetSchema.items, "Items", ["ITEM_ID"]),
        (lambda: DatasetSchema.items("ECOMMERCE"), "Items", ["ITEM_ID", "PRICE", "CATEGORY_L1"]),
        (lambda: DatasetSchema.items("VIDEO_ON_DEMAND"), "Items", ["ITEM_ID", "CREATION_TIMESTAMP", "GENRES"]),
        (DatasetSchema.users, "Users", ["USER_ID"]),
        (DatasetSchema.actions, "Actions", ["ACTION_ID"]),
        (
            DatasetSchema.action_interactions,
            "ActionInteractions",
            ["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"],
        ),
    ],
)
def test_a_schema_begins_with_the_required_fields(
    begun: Callable[[], DatasetSchema], dataset_type: str, required: list[str]
) -> None:
    schema = begun()
    assert schema.dataset_type == dataset_type
    assert names(schema) == required


def test_the_text_is_avro_without_white_space() -> None:
    schema = DatasetSchema.users().field("CLASS", categorical=True).field("AGE", "int", nullable=True)
    assert schema.to_json() == (
        '{"type":"record","name":"Users","namespace":"com.amazonaws.personalize.schema","fields":['
        '{"name":"USER_ID","type":"string"},{"name":"CLASS","type":"string","categorical":true},'
        '{"name":"AGE","type":["null","int"]}],"version":"1.0"}'
    )


def test_an_additional_field_returns_another_schema() -> None:
    before = DatasetSchema.users()
    after = before.field("AGE", "int")
    assert names(before) == ["USER_ID"]
    assert names(after) == ["USER_ID", "AGE"]
    assert after == users()
    with pytest.raises(AttributeError):
        after.text = "{}"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("begun", "name", "field"),
    [
        (DatasetSchema.interactions(), "EVENT_TYPE", {"type": "string"}),
        (DatasetSchema.interactions(), "EVENT_VALUE", {"type": "float"}),
        (DatasetSchema.items(), "CREATION_TIMESTAMP", {"type": "long"}),
        (DatasetSchema.items(), "GENRES", {"type": "string"}),
        (DatasetSchema.items("VIDEO_ON_DEMAND"), "GENRE_L2", {"type": "string", "categorical": True}),
        (DatasetSchema.items("VIDEO_ON_DEMAND"), "PRODUCT_DESCRIPTION", {"type": "string", "textual": True}),
        (DatasetSchema.items("VIDEO_ON_DEMAND"), "DURATION", {"type": "float"}),
        (DatasetSchema.users("VIDEO_ON_DEMAND"), "SUBSCRIPTION_MODEL", {"type": "string", "categorical": True}),
        (DatasetSchema.actions(), "REPEAT_FREQUENCY", {"type": "long"}),
    ],
)
def test_a_reserved_name_has_a_default_type_and_attributes(
    begun: DatasetSchema, name: str, field: dict[str, Any]
) -> None:
    assert fields(begun.field(name))[-1] == {"name": name, **field}


def test_given_attributes_of_a_reserved_name_take_precedence() -> None:
    schema = DatasetSchema.items("VIDEO_ON_DEMAND").field("PRICE", "double", nullable=True)
    assert fields(schema)[-1] == {"name": "PRICE", "type": ["null", "double"]}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"name": "HOME CITY"}, "name must be letters, digits and underscores, not starting with a digit, got 'HOME CITY'"),  # noqa: E501
        ({"name": "1ST"}, "name must be"),
        ({"name": ""}, "name must be"),
        ({"name": None}, "name must be"),
        ({"name": "A", "type": "text"}, "type must be float or double or int or long or string or boolean, got 'text'"),
        ({"name": "A", "type": ["null", "int"]}, "type must be"),
        ({"name": "A", "categorical": "yes"}, "categorical must be True or False, got 'yes'"),
        ({"name": "A", "textual": 1}, "textual must be"),
        ({"name": "A", "nullable": 0}, "nullable must be"),
    ],
)  # fmt: skip
def test_an_invalid_field_is_rejected_at_once(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=f"^{re.escape(problem)}"):
        DatasetSchema.items().field(**arguments)


@pytest.mark.parametrize("begin", [DatasetSchema.interactions, DatasetSchema.items, DatasetSchema.users])
def test_an_invalid_domain_is_rejected_at_once(begin: Callable[[str], DatasetSchema]) -> None:
    with pytest.raises(ValidationError, match=r"^domain must be ECOMMERCE or VIDEO_ON_DEMAND, got 'SHOP'"):
        begin("SHOP")


def test_json_is_kept_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_bytes(USERS.encode())
    for schema in (DatasetSchema.from_json(USERS), DatasetSchema.from_file(path), DatasetSchema.from_file(str(path))):
        assert schema.to_json() == USERS
        assert schema.dataset_type == "Users"
        assert created(schema)["Schema"] == USERS


def test_a_mapping_is_written_as_json() -> None:
    record = json.loads(USERS)
    assert json.loads(DatasetSchema.from_json(record, "ECOMMERCE").to_json()) == record


def test_fields_can_be_added_to_json_without_other_changes() -> None:
    record = {**json.loads(USERS), "version": "1.1", "doc": "ours"}
    schema = DatasetSchema.from_json(record).field("CLASS", categorical=True)
    assert names(schema) == ["USER_ID", "AGE", "CLASS"]
    assert json.loads(schema.to_json()) == {**record, "fields": fields(schema)}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ("{", r"schema-malformed: the schema is not a flat Avro record \(not JSON: .*\)\. Write \{"),
        ("[]", r"schema-malformed: .*\(it is no"),
        ({"type": "record", "name": "Users"}, r"schema-malformed: .*\(the record has no fields\)"),
        (USERS.replace('"Users"', '"people"'), r"schema-name: .*\(the name is people\)"),
        (None, r"schema must be JSON, or a mapping of what it holds, got None"),
        ({"type": object()}, r"schema must be what JSON can hold, got "),
    ],
)
def test_an_invalid_schema_is_rejected_at_once(schema: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=f"^{problem}"):
        DatasetSchema.from_json(schema)


def test_the_name_of_a_record_in_lower_case_is_accepted_and_the_dataset_type_is_the_one_of_cloudformation() -> None:
    schema = DatasetSchema.from_json(USERS.replace('"Users"', '"users"'))
    assert schema.dataset_type == "Users"
    stack = new_stack()
    schema.to_cfn_schema(stack, "Schema")
    assert warnings_of(stack) == []


@pytest.mark.parametrize(
    ("schema", "warning"),
    [
        (
            DatasetSchema.from_json(USERS.replace("USER_ID", "user_id")),
            "field-spelling: required or reserved fields are not in upper case (user_id). ",
        ),
        (
            DatasetSchema.from_json(USERS.replace('"int"', '"string", "categorical": "true"')),
            "field-attribute-text: AGE: an attribute of a field is a string (categorical). ",
        ),
        (
            DatasetSchema.interactions().field("EVENT_VALUE", "string"),
            "field-type-former: EVENT_VALUE: a field has a type that was accepted in the past (its type is string). ",
        ),
    ],
    ids=["lower case", "true as a string", "EVENT_VALUE as a string"],
)
def test_a_schema_that_the_service_is_known_to_have_accepted_is_only_warned_of(
    schema: DatasetSchema, warning: str
) -> None:
    stack = new_stack()
    schema.to_cfn_schema(stack, "Schema")
    (found,) = warnings_of(stack)
    assert found.startswith(warning)


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_a_file_that_is_not_a_schema_is_reported_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "schema.json"
    path.write_bytes(content)
    with pytest.raises(ValidationError, match=f"^{re.escape(str(path))}: "):
        DatasetSchema.from_file(path)


def test_a_schema_becomes_a_resource_of_the_stack() -> None:
    stack = new_stack("Shop")
    resource = users().to_cfn_schema(stack, "Users")
    assert isinstance(resource, personalize.CfnSchema)
    Template.from_stack(stack).has_resource_properties(
        "AWS::Personalize::Schema",
        {
            "Name": Match.string_like_regexp("^Shop-Users-[0-9a-f]{8}$"),
            "Schema": users().to_json(),
            "Domain": Match.absent(),
        },
    )


def test_the_resource_has_the_domain() -> None:
    assert created(DatasetSchema.items("ECOMMERCE"))["Domain"] == "ECOMMERCE"


def test_the_name_depends_only_on_text_domain_and_construct_path() -> None:
    def name(schema: DatasetSchema, *path: str) -> str:
        scope: Construct = new_stack("Shop")
        for each in path:
            scope = Construct(scope, each)
        return str(created(schema, scope)["Name"])

    in_a_domain = DatasetSchema.users("ECOMMERCE").field("AGE", "int")
    assert name(users()) == name(users())
    assert len({name(users()), name(users().field("TALL", "int")), name(in_a_domain), name(users(), "Inner")}) == 4
    assert name(users(), "Inner", "Most").startswith("Shop-Inner-Most-Schema-")


def test_a_name_without_tags_is_the_same_as_in_earlier_versions() -> None:
    digest = hashlib.sha256("\n".join(["Shop-Schema", "", users().to_json()]).encode()).hexdigest()[:8]

    assert created(users(), new_stack("Shop"))["Name"] == f"Shop-Schema-{digest}"


def test_the_name_changes_with_the_tags_because_other_tags_replace_the_schema() -> None:
    def name(**tags: str) -> str:
        stack = new_stack("Shop", tags={key: value for key, value in tags.items() if key == "stack"})
        for key in set(tags) - {"stack"}:
            cdk.Tags.of(stack).add(key, tags[key])
        return str(created(users(), stack)["Name"])

    assert len({name(), name(team="a"), name(team="b"), name(cost="a"), name(team="a", cost="a"), name(stack="a")}) == 6
    assert name(team="a", cost="a") == name(cost="a", team="a")


def test_a_tag_that_is_a_token_keeps_the_name_the_same_at_each_synth() -> None:
    def name() -> str:
        stack = new_stack("Shop")
        [cdk.CfnParameter(stack, each) for each in ("One", "Two")]
        cdk.Tags.of(stack).add("team", cdk.Fn.ref("Two"))
        return str(created(users(), stack)["Name"])

    assert name() == name()


def test_long_names_are_truncated_and_stay_different() -> None:
    stack = new_stack("S" * 50)
    found = [stack.resolve(users().to_cfn_schema(stack, f"With {'x' * 20} in it, {number}").name) for number in (1, 2)]
    assert len({*found}) == 2
    for name in found:
        assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{62}", name)


def test_schemas_in_nested_stacks_have_names_that_are_known_at_synth() -> None:
    stack = new_stack("Shop")
    first, second = (cdk.NestedStack(stack, each) for each in ("First", "Second"))
    found = [nested.resolve(users().to_cfn_schema(nested, "Schema").name) for nested in (first, second)]
    assert [name[:-9] for name in found] == ["Shop-First-Schema", "Shop-Second-Schema"]


def test_a_given_name_is_used_unchanged() -> None:
    stack = new_stack()
    assert created(users(), name="our-users")["Name"] == "our-users"
    token = cdk.CfnParameter(stack, "Name").value_as_string
    assert created(users(), stack, name=token)["Name"] == {"Ref": "Name"}


def test_a_name_that_the_service_rejects_is_rejected() -> None:
    with pytest.raises(ValidationError, match=r"^Stack/Schema: name must be 1 to 63 letters, .*, got '-users'$"):
        users().to_cfn_schema(new_stack(), "Schema", name="-users")


def test_all_violated_rules_are_reported_at_once_with_field_and_fix() -> None:
    stack = new_stack()
    schema = DatasetSchema.interactions().field("EVENT_TYPE", categorical=True).field("EVENT_VALUE", "int")
    with pytest.raises(ValidationError) as refused:
        schema.to_cfn_schema(Construct(stack, "Inner"), "Schema")
    assert str(refused.value) == (
        "Stack/Inner/Schema: "
        'field-categorical: EVENT_TYPE: a reserved field is categorical. Leave "categorical" out; '
        "field-type: EVENT_VALUE: a required or reserved field has another type "
        "(its type is int, and must be float or double). Give the field the type that is named"
    )
    assert "Resources" not in template_of(stack)


def test_an_incomplete_schema_is_rejected() -> None:
    with pytest.raises(
        ValidationError, match=r"^Stack/Schema: no-metadata: .*\(there is only ITEM_ID\)\. Add a field$"
    ):
        DatasetSchema.items().to_cfn_schema(new_stack(), "Schema")


def warnings_of(stack: cdk.Stack) -> list[str]:
    return [str(found.entry.data) for found in Annotations.from_stack(stack).find_warning("*", Match.any_value())]


def test_useless_fields_cause_a_warning() -> None:
    stack = new_stack()
    DatasetSchema.users().field("TOWN").field("IS_MEMBER", "boolean").to_cfn_schema(stack, "Schema")
    unused, boolean = warnings_of(stack)
    assert unused.startswith("field-unused: TOWN: a string is neither categorical nor textual. Add ")
    assert unused.endswith("[ack: cdk-personalize-import:field-unused]")
    assert boolean.startswith("field-boolean: IS_MEMBER: ")


def test_a_warning_can_be_acknowledged() -> None:
    stack = new_stack()
    schema = DatasetSchema.users().field("TOWN").field("IS_MEMBER", "boolean").to_cfn_schema(stack, "Schema")
    cdk.Annotations.of(schema).acknowledge_warning("cdk-personalize-import:field-unused")
    assert [warning.partition(":")[0] for warning in warnings_of(stack)] == ["field-boolean"]


def test_a_valid_schema_causes_no_warning() -> None:
    stack = new_stack()
    users().to_cfn_schema(stack, "Schema")
    assert warnings_of(stack) == []


def test_a_schema_file_that_is_not_found_is_shown_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ValidationError, match=re.escape(f"with a schema: 'items.json' not found (in {tmp_path})")):
        DatasetSchema.from_file("items.json")
