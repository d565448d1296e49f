"""The fields of a schema: what a name stands for by itself, what may be said of it, and how it is written as Avro."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from personalize_import.synthesis.validation import ValidationError, check_boolean
from personalize_import_handler.contract.constraints import TextRule, violation
from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type_named
from personalize_import_handler.data_checks.schema import SIMPLE_TYPES, Field
from personalize_import_handler.data_checks.schema_rules import SCHEMA_LENGTH_MAX

DOMAINS: Final = ("ECOMMERCE", "VIDEO_ON_DEMAND")

_NAMESPACE: Final = "com.amazonaws.personalize.schema"
_VERSION: Final = "1.0"
# Avro's own rule: https://avro.apache.org/docs/1.12.0/specification/#names
FIELD_NAME: Final = TextRule(
    "letters, digits and underscores, not starting with a digit",
    r"[A-Za-z_][A-Za-z0-9_]*",
    SCHEMA_LENGTH_MAX,
)


def check_domain(domain: object) -> Iterator[str]:
    """Yield what is wrong with a domain, unless there is none."""
    if domain is not None and domain not in DOMAINS:
        yield violation("domain", domain, " or ".join(DOMAINS))


def check_field(name: object, type_name: object, categorical: object, textual: object, nullable: object) -> list[str]:
    """Give what is wrong with what is said of a field, each for itself."""
    return [
        *FIELD_NAME.check("name", name),
        *([] if type_name in (None, *SIMPLE_TYPES) else [violation("type", type_name, " or ".join(SIMPLE_TYPES))]),
        *check_boolean("categorical", categorical),
        *check_boolean("textual", textual),
        *check_boolean("nullable", nullable),
    ]


def known_type(name: str) -> DatasetType:
    """Give a dataset type by one of its names; that there is such a type is known before."""
    return cast("DatasetType", dataset_type_named(name))


def field_named(name: str, dataset_type: DatasetType, domain: str | None) -> Field:
    """Give the field of a name as the service wants it, or a plain string if the name means nothing to the service."""
    types = dataset_type.known_types(domain).get(name, frozenset({"string"}))
    requirements = dataset_type.requirements_in(domain)
    return Field(
        name=name,
        type_name=next(each for each in SIMPLE_TYPES if each in types),
        categorical=name in requirements.categorical,
        textual=name in requirements.textual,
    )


def required_fields(dataset_type: DatasetType, domain: str | None) -> list[Field]:
    """Give the fields that a schema must have."""
    return [field_named(name, dataset_type, domain) for name in dataset_type.requirements_in(domain).required]


def definition(field: Field) -> dict[str, object]:
    """Write a field as Avro."""
    attributes = {"categorical": field.categorical, "textual": field.textual}
    return {
        "name": field.name,
        "type": ["null", field.type_name] if field.nullable else field.type_name,
        **{name: True for name, given in attributes.items() if given},
    }


def schema_text(dataset_type: DatasetType, fields: Iterable[Field]) -> str:
    """Write a schema as Avro."""
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
    """Add a field to the text of a schema, at its end; whatever else stands there stays."""
    record: dict[str, Any] = json.loads(text)
    return compact({**record, "fields": [*record["fields"], definition(field)]})


def json_text(schema: object) -> str:
    """Give the text of a schema that is one, or what a text stands for; raise `ValidationError` if it is neither."""
    if isinstance(schema, str):
        return schema
    if not isinstance(schema, Mapping):
        raise ValidationError(violation("schema", schema, "JSON, or a mapping of what it holds"))
    try:
        return compact(schema)
    except (TypeError, ValueError) as error:
        raise ValidationError(f"{violation('schema', schema, 'what JSON can hold')}: {error}") from error


def compact(record: Mapping[str, object]) -> str:
    """Write JSON without white space, of which CloudFormation's 10,000 characters leave no room to waste."""
    return json.dumps(record, separators=(",", ":"))
