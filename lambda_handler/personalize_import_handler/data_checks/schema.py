"""Avro schemas in the form that Personalize accepts: one flat record of simple fields.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html. This module only parses schemas;
`schema_rules` checks them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks.dataset_types import DatasetType, dataset_type_of_schema

SIMPLE_TYPES: Final = ("float", "double", "int", "long", "string", "boolean")


class NotJson(ValueError):
    """A schema that isn't JSON."""


class NotASchema(ValueError):
    """A schema that is JSON but not a record of simple fields; the message names the place."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a schema."""

    name: str
    type_name: str = "string"
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    attributes_as_text: tuple[str, ...] = ()
    """The attributes whose values are strings, such as "true"."""

    @property
    def key(self) -> str:
        """The name in upper case: the service finds fields and columns regardless of case."""
        return self.name.upper()


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A parsed schema, which may violate the service's rules."""

    name: str
    """The name of the record, which determines the dataset type, such as `Interactions`."""
    fields: tuple[Field, ...]
    domain: str | None = None
    """`ECOMMERCE` or `VIDEO_ON_DEMAND` for a domain dataset group, otherwise None."""

    @property
    def dataset_type(self) -> DatasetType | None:
        """The dataset type that the record is named after, or None."""
        return dataset_type_of_schema(self.name)


def read_schema(text: str, domain: str | None = None) -> Schema:
    """Parse the JSON of a schema; raise `NotJson` or `NotASchema`."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotJson(f"not JSON: {error}") from error
    if not isinstance(record, dict) or record.get("type") != "record":
        raise NotASchema('it is not {"type": "record", ...}')
    name, fields = record.get("name"), record.get("fields")
    if not isinstance(name, str):
        raise NotASchema("the record has no name")
    if not isinstance(fields, list) or not fields:
        raise NotASchema("the record has no fields")
    return Schema(
        name=name, fields=tuple(_field(number, each) for number, each in enumerate(fields, start=1)), domain=domain
    )


def _field(number: int, definition: object) -> Field:
    if not isinstance(definition, Mapping) or not isinstance(name := definition.get("name"), str) or not name:
        raise NotASchema(f"field {number} has no name")
    given = definition.get("type")
    types = given if isinstance(given, list) else [given]
    simple = [type_name for type_name in types if type_name != "null"]
    if len(simple) != 1 or simple[0] not in SIMPLE_TYPES:
        raise NotASchema(f"the type of {name} is not one of {', '.join(SIMPLE_TYPES)}, alone or with null")
    return Field(
        name=name,
        type_name=simple[0],
        nullable="null" in types,
        categorical=_is_true(definition.get("categorical")),
        textual=_is_true(definition.get("textual")),
        attributes_as_text=tuple(name for name in ("categorical", "textual") if isinstance(definition.get(name), str)),
    )


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
