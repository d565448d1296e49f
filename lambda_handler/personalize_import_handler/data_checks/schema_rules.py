"""Checks of schemas: every rule with the scope `SCHEMA`.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
"""

from collections.abc import Iterator, Sequence
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.dataset_types import (
    NEVER_NULL,
    DatasetType,
    dataset_type_named,
    letters_and_digits,
)
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.schema import Field, NotASchema, NotJson, Schema, read_schema

SCHEMA_LENGTH_MAX: Final = 10_000
"""The maximum number of characters of a schema in CloudFormation; the API allows twice as many."""


def schema_findings(text: str, domain: str | None = None, dataset_type: str | None = None) -> list[Finding]:
    """Return the findings about a schema, in the order of its fields.

    Args:
        text: The schema's JSON.
        domain: `ECOMMERCE` or `VIDEO_ON_DEMAND` for a domain dataset group. Default: a custom dataset group.
        dataset_type: The type of the dataset, as in the API (`INTERACTIONS`) or in CloudFormation (`Interactions`).
            Default: the type that the schema is named after.
    """
    return list(_findings(text, domain, dataset_type))


def _findings(text: str, domain: str | None, wanted: str | None) -> Iterator[Finding]:
    if len(text) > SCHEMA_LENGTH_MAX:
        yield Finding(rule=rules.SCHEMA_TOO_LONG, detail=f"{len(text)} characters, and at most {SCHEMA_LENGTH_MAX}")
    try:
        schema = read_schema(text, domain)
    except (NotJson, NotASchema) as error:
        yield Finding(rule=rules.SCHEMA_MALFORMED, detail=str(error))
        return
    if schema.dataset_type is None or (wanted and schema.dataset_type != dataset_type_named(wanted)):
        dataset = f", and the dataset's type {wanted}" if wanted else ""
        yield Finding(rule=rules.SCHEMA_NAME, detail=f"the name is {schema.name}{dataset}")
    yield from _fields_findings(schema.fields)
    # If the name of the record is wrong, check it as a schema of the dataset's type.
    kind = schema.dataset_type or dataset_type_named(wanted or "")
    if kind is not None:
        yield from _type_findings(schema, kind)


def _fields_findings(fields: Sequence[Field]) -> Iterator[Finding]:
    """Yield the findings about fields of any dataset type."""
    first: dict[str, str] = {}
    for field in fields:
        letters = letters_and_digits(field.name)
        if letters in first:
            yield Finding(rule=rules.FIELD_TWICE, column=field.name, detail=f"another one is {first[letters]}")
        first.setdefault(letters, field.name)
        for name in field.attributes_as_text:
            yield Finding(rule=rules.FIELD_ATTRIBUTE_TEXT, column=field.name, detail=name)
        if (field.categorical or field.textual) and field.type_name != "string":
            yield Finding(rule=rules.FIELD_ATTRIBUTE, column=field.name, detail=f"its type is {field.type_name}")


def _type_findings(schema: Schema, kind: DatasetType) -> Iterator[Finding]:
    """Yield the findings about a schema for datasets of one type."""
    if schema.domain is not None and kind.custom_only:
        yield Finding(rule=rules.SCHEMA_DOMAIN, detail=f"{kind.schema_name} in the domain {schema.domain}")
    names = {field.key for field in schema.fields}
    missing = [name for name in kind.requirements_in(schema.domain).required if name not in names]
    if missing:
        yield Finding(rule=rules.FIELD_MISSING, detail=", ".join(missing))
    known = kind.known_types(schema.domain)
    if written := [field.name for field in schema.fields if field.key in known and field.name != field.key]:
        yield Finding(rule=rules.FIELD_SPELLING, detail=", ".join(written))
    for field in schema.fields:
        if field.key in known:
            yield from _known_field_findings(field, kind, schema.domain)
        else:
            yield from _metadata_field_findings(field)
    yield from _textual_findings(schema.fields, kind)
    yield from _metadata_findings(schema, kind)


def _known_field_findings(field: Field, kind: DatasetType, domain: str | None) -> Iterator[Finding]:
    types, requirements = kind.known_types(domain)[field.key], kind.requirements_in(domain)
    if field.key == "EVENT_VALUE" and field.type_name == "string":  # accepted by CreateSchema on 2019-06-01
        yield Finding(rule=rules.FIELD_TYPE_FORMER, column=field.name, detail="its type is string")
        return
    if field.type_name not in types:
        detail = f"its type is {field.type_name}, and must be {' or '.join(sorted(types, reverse=True))}"
        yield Finding(rule=rules.FIELD_TYPE, column=field.name, detail=detail)
        return  # the attributes depend on the type
    if field.nullable and field.key in NEVER_NULL & requirements.required.keys():
        yield Finding(rule=rules.FIELD_NULLABLE, column=field.name)
    if field.key in requirements.categorical and not field.categorical:
        yield Finding(rule=rules.FIELD_NOT_CATEGORICAL, column=field.name)
    if field.categorical and field.type_name == "string" and field.key not in requirements.categorical:
        yield Finding(rule=rules.FIELD_CATEGORICAL, column=field.name)


def _metadata_field_findings(field: Field) -> Iterator[Finding]:
    if field.type_name == "boolean":
        yield Finding(rule=rules.FIELD_BOOLEAN, column=field.name)
    elif field.type_name == "string" and not (field.categorical or field.textual):
        yield Finding(rule=rules.FIELD_UNUSED, column=field.name)


def _textual_findings(fields: Sequence[Field], kind: DatasetType) -> Iterator[Finding]:
    textual = [field.name for field in fields if field.textual and field.type_name == "string"]
    is_items = kind.name == "ITEMS"
    for name in textual[1:] if is_items else textual:
        detail = f"{textual[0]} is textual already" if is_items else f"the schema is one of {kind.schema_name}"
        yield Finding(rule=rules.FIELD_TEXTUAL, column=name, detail=detail)


def _metadata_findings(schema: Schema, kind: DatasetType) -> Iterator[Finding]:
    required = kind.requirements_in(schema.domain).required
    optional = [field.key for field in schema.fields if field.key not in required]
    if kind.needs_metadata and not optional and len(required) == 1:
        yield Finding(rule=rules.NO_METADATA, detail=f"there is only {', '.join(required)}")
    # Fields reserved by a domain count as metadata.
    metadata = [name for name in optional if name not in kind.reserved]
    if len(metadata) > kind.metadata_limit:
        detail = f"{len(metadata)} of them, and at most {kind.metadata_limit} in {kind.schema_name}"
        yield Finding(rule=rules.TOO_MUCH_METADATA, detail=detail)
