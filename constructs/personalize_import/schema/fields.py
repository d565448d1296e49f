"""The fields of a schema: their checks, the defaults of reserved names, and their Avro JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, cast, get_args

from personalize_import.synthesis.validation import ValidationError, check_boolean
from personalize_import_handler.contract.constraints import TextRule, violation
from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type_named
from personalize_import_handler.data_checks.schema import SIMPLE_TYPES, Field
from personalize_import_handler.data_checks.schema_rules import SCHEMA_LENGTH_MAX

Domain = Literal["ECOMMERCE", "VIDEO_ON_DEMAND"]
DatasetTypeName = Literal["Interactions", "Items", "Users", "Actions", "ActionInteractions"]
FieldType = Literal["string", "int", "long", "float", "double", "boolean"]

_NAMESPACE: Final = "com.amazonaws.personalize.schema"
_VERSION: Final = "1.0"
# The rule of Avro: https://avro.apache.org/docs/1.12.0/specification/#names
FIELD_NAME: Final = TextRule(
    "letters, digits and underscores, not starting with a digit",
    r"[A-Za-z_][A-Za-z0-9_]*",
    SCHEMA_LENGTH_MAX,
)


def check_domain(domain: object) -> Iterator[str]:
    """Yield a problem if a domain is invalid; None is valid."""
    if domain is not None and domain not in get_args(Domain):
        yield violation("domain", domain, " or ".join(get_args(Domain)))


def check_field(name: object, type_name: object, categorical: object, textual: object, nullable: object) -> list[str]:
    """Return a problem for each invalid argument of a field."""
    return [
        *FIELD_NAME.check("name", name),
        *([] if type_name in (None, *SIMPLE_TYPES) else [violation("type", type_name, " or ".join(SIMPLE_TYPES))]),
        *check_boolean("categorical", categorical),
        *check_boolean("textual", textual),
        *check_boolean("nullable", nullable),
    ]


def known_type(name: str) -> DatasetType:
    """Return a dataset type by one of its names, which must exist."""
    return cast("DatasetType", dataset_type_named(name))


def field_named(name: str, dataset_type: DatasetType, domain: str | None) -> Field:
    """Return a field as Personalize requires it for a reserved name, or a plain string for any other name."""
    types = dataset_type.known_types(domain).get(name, frozenset({"string"}))
    requirements = dataset_type.requirements_in(domain)
    return Field(
        name=name,
        type_name=next(each for each in SIMPLE_TYPES if each in types),
        categorical=name in requirements.categorical,
        textual=name in requirements.textual,
    )


def required_fields(dataset_type: DatasetType, domain: str | None) -> list[Field]:
    """Return the fields that a schema must have."""
    return [field_named(name, dataset_type, domain) for name in dataset_type.requirements_in(domain).required]


def definition(field: Field) -> dict[str, object]:
    """Return a field as Avro JSON."""
    attributes = {"categorical": field.categorical, "textual": field.textual}
    return {
        "name": field.name,
        "type": ["null", field.type_name] if field.nullable else field.type_name,
        **{name: True for name, given in attributes.items() if given},
    }


def schema_text(dataset_type: DatasetType, fields: Iterable[Field]) -> str:
    """Return a schema as Avro JSON."""
    return compact(
        {
            "type": "record",
            "name": dataset_type.schema_name,
            "namespace": _NAMESPACE,
            "fields": [definition(field) for field in fields],
            "version": _VERSION,
        }
    )


def with_field(text: str, field: Field) -> str:
    """Add a field at the end of a schema's text, and keep all other content."""
    record: dict[str, Any] = json.loads(text)
    return compact({**record, "fields": [*record["fields"], definition(field)]})


def json_text(schema: object) -> str:
    """Return the JSON text of a schema.

    Args:
        schema: The text, which is returned unchanged, or a mapping.

    Raises:
        ValidationError: The schema is neither, or the mapping can't be written as JSON.
    """
    if isinstance(schema, str):
        return schema
    if not isinstance(schema, Mapping):
        raise ValidationError(violation("schema", schema, "JSON, or a mapping of what it holds"))
    try:
        return compact(schema)
    except (TypeError, ValueError) as error:
        raise ValidationError(f"{violation('schema', schema, 'what JSON can hold')}: {error}") from error


def compact(record: Mapping[str, object]) -> str:
    """Return JSON without white space, because CloudFormation allows only 10,000 characters."""
    return json.dumps(record, separators=(",", ":"))
