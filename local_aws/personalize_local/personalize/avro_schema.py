"""Avro schemas as Personalize takes them: one flat record of simple fields.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html

Which rules the real service checks at CreateSchema is not documented. Here it is all of them but two, which only
CreateDataset can check: that the schema's name fits the dataset's type, and its domain the dataset group's.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks.dataset_types import NEVER_NULL, DatasetType, dataset_type_of_schema
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.foreign_json import read_json

_SIMPLE_TYPES: Final = ("float", "double", "int", "long", "string", "boolean")


@dataclass(frozen=True)
class AvroField:
    """One field of a schema."""

    name: str
    type_name: str
    nullable: bool
    categorical: bool
    textual: bool


@dataclass(frozen=True)
class AvroSchema:
    """A schema that has passed every check of CreateSchema."""

    name: str
    fields: tuple[AvroField, ...]


def parse_schema(text: str, domain: str | None) -> AvroSchema:
    """Read a schema; raise InvalidInputException for the first rule it breaks."""
    record = _record(text)
    name = record.get("name")
    dataset_type = dataset_type_of_schema(name) if isinstance(name, str) else None
    if dataset_type is None:
        raise _invalid(messages.SCHEMA_NAME.format(name=name))
    fields = record.get("fields")
    if not isinstance(fields, list) or not fields:
        raise _invalid(messages.SCHEMA_WITHOUT_FIELDS)
    schema = AvroSchema(dataset_type.schema_name, tuple(_field(definition) for definition in fields))
    for problem in _problems(schema, dataset_type, domain):
        raise _invalid(problem)
    return schema


def _record(text: str) -> Mapping[str, object]:
    try:
        record = read_json(text)
    except ValueError as error:
        raise _invalid(messages.SCHEMA_NOT_JSON.format(error=error)) from error
    if not isinstance(record, dict) or record.get("type") != "record":
        raise _invalid(messages.SCHEMA_NOT_A_RECORD)
    return record


def _field(definition: object) -> AvroField:
    if not isinstance(definition, dict) or not isinstance(name := definition.get("name"), str) or not name:
        raise _invalid(messages.FIELD_WITHOUT_NAME.format(field=definition))
    given = definition.get("type")
    types = given if isinstance(given, list) else [given]
    simple = [type_name for type_name in types if type_name != "null"]
    if len(simple) != 1 or simple[0] not in _SIMPLE_TYPES:
        raise _invalid(messages.FIELD_NOT_SIMPLE.format(name=name, given=json.dumps(given)))
    return AvroField(
        name=name,
        type_name=simple[0],
        nullable="null" in types,
        categorical=definition.get("categorical") is True,
        textual=definition.get("textual") is True,
    )


def _problems(schema: AvroSchema, dataset_type: DatasetType, domain: str | None) -> Iterator[str]:
    """Yield what is wrong with a schema, in the order in which it is said."""
    if domain is not None and dataset_type.custom_only:
        yield messages.TYPE_NOT_IN_DOMAINS.format(dataset_type=dataset_type.name)
    collisions = colliding_names([field.name for field in schema.fields])
    if collisions:
        yield messages.FIELDS_COLLIDE.format(names=", ".join(collisions))
    yield from _requirement_problems(schema, dataset_type, domain)
    for field in schema.fields:
        yield from _attribute_problems(field, dataset_type)
    if sum(field.textual for field in schema.fields) > 1:
        yield messages.TOO_MANY_TEXTUAL_FIELDS
    yield from _metadata_problems(schema, dataset_type, domain)


def _requirement_problems(schema: AvroSchema, dataset_type: DatasetType, domain: str | None) -> Iterator[str]:
    requirements = dataset_type.requirements_in(domain)
    present = {field.name: field for field in schema.fields}
    missing = [name for name in requirements.required if name not in present]
    if missing:
        yield messages.FIELDS_MISSING.format(names=", ".join(missing))
    types = {**dataset_type.reserved, **requirements.required}
    for name, field in present.items():
        if name in types and field.type_name not in types[name]:
            yield messages.FIELD_TYPE.format(name=name, types=" or ".join(sorted(types[name])))
        if name in NEVER_NULL and name in requirements.required and field.nullable:
            yield messages.FIELD_NULLABLE.format(name=name)
        if name in requirements.categorical and not field.categorical:
            yield messages.FIELD_NOT_CATEGORICAL.format(name=name)
        if name in types and name not in requirements.categorical and field.categorical:
            yield messages.FIELD_CATEGORICAL.format(name=name)


def _attribute_problems(field: AvroField, dataset_type: DatasetType) -> Iterator[str]:
    if (field.categorical or field.textual) and field.type_name != "string":
        yield messages.FIELD_NOT_A_STRING.format(name=field.name)
    if field.textual and dataset_type.name != "ITEMS":
        yield messages.FIELD_TEXTUAL.format(name=field.name)


def _metadata_problems(schema: AvroSchema, dataset_type: DatasetType, domain: str | None) -> Iterator[str]:
    required = dataset_type.requirements_in(domain).required
    metadata = [field for field in schema.fields if field.name not in required]
    beyond_reserved = [field for field in metadata if field.name not in dataset_type.reserved]
    if dataset_type.needs_metadata and not metadata and len(required) == 1:
        yield messages.NO_METADATA_FIELD
    if len(beyond_reserved) > dataset_type.metadata_limit:
        yield messages.TOO_MANY_METADATA_FIELDS.format(found=len(beyond_reserved), limit=dataset_type.metadata_limit)


def colliding_names(names: list[str]) -> list[str]:
    """Return the names that are the same once underscores are ignored, as the service does.

    https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
    """
    counts = Counter(name.replace("_", "") for name in names)
    return [name for name in names if counts[name.replace("_", "")] > 1]


def _invalid(problem: str) -> Exception:
    return invalid_input(messages.invalid_schema(problem))
