"""The columns of a file, each with what its values are checked for.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.conditions import (
    BOOLEAN,
    DECIMAL,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsNoneOf,
    IsOneOf,
    NotInteger,
    NotMatching,
)
from personalize_import_handler.data_checks.dataset_types import IDS, DatasetType
from personalize_import_handler.data_checks.rules import Rule
from personalize_import_handler.data_checks.schema import Field, Schema

ID_LENGTH_MAX: Final = 256
VALUE_LENGTH_MAX: Final = 1000
TEXT_LENGTH_MAX: Final = 20_000
MILLISECONDS_MIN: Final = 10**12
"""Thirteen digits: as milliseconds of the year 2001, as seconds of the year 33658."""
YEAR_2100: Final = 4_102_444_800
EVENT_TYPE: Final = "EVENT_TYPE"
USER_ID: Final = "USER_ID"

_ANY_INTEGER: Final = 10**30
_TYPES: Final[Mapping[str, Condition]] = {
    "int": NotInteger(32),
    "long": NotInteger(64),
    "float": NotMatching(DECIMAL),
    "double": NotMatching(DECIMAL),
    "boolean": NotMatching(BOOLEAN),
}


@dataclass(frozen=True)
class Check:
    """A rule, and the condition on a value that breaks it."""

    rule: Rule
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that is imported: a field of the schema, and where it stands in a row."""

    name: str
    place: int
    """Counted from 0."""
    checks: tuple[Check, ...]
    is_metadata: bool
    """Whether its name means nothing to the service."""
    nullable: bool
    has_categories: bool
    """Whether the number of its different values matters."""


@dataclass(frozen=True)
class Columns:
    """The columns of one file."""

    width: int
    """How many values a row has, those that are not imported included."""
    imported: tuple[Column, ...]
    key: Column | None
    """The one whose value is a record's identity, so that the later of two rows counts."""
    user: Column | None
    """The one that says whose interaction it is."""


def columns_of(header: Sequence[str], schema: Schema, dataset_type: DatasetType) -> Columns:
    """Find the schema's fields in a header; those that are missing are left out."""
    known = dataset_type.known_fields(schema.domain)
    place_of = {name: place for place, name in reversed([*enumerate(header)])}  # of two, the first counts
    imported = tuple(
        Column(
            name=field.name,
            place=place_of[field.name],
            checks=tuple(_checks(field, dataset_type, is_known=field.name in known, reserved=known)),
            is_metadata=field.name not in known,
            nullable=field.nullable,
            has_categories=field.categorical or (field.name == EVENT_TYPE and dataset_type.counts_kinds),
        )
        for field in schema.fields
        if field.name in place_of
    )
    by_name = {column.name: column for column in imported}
    return Columns(
        width=len(header),
        imported=imported,
        key=by_name.get(dataset_type.key) if dataset_type.key else None,
        user=by_name.get(USER_ID) if dataset_type.counts_kinds else None,
    )


def _checks(field: Field, dataset_type: DatasetType, *, is_known: bool, reserved: frozenset[str]) -> Iterator[Check]:
    if not field.nullable:
        yield Check(rules.VALUE_MISSING, IsEmpty())
    if field.type_name in _TYPES:
        yield Check(rules.WRONG_TYPE if is_known else rules.METADATA_WRONG_TYPE, _TYPES[field.type_name])
        if is_known and field.name.endswith("TIMESTAMP"):
            yield Check(rules.MILLISECONDS, IsBetween(MILLISECONDS_MIN, _ANY_INTEGER))
            yield Check(rules.FAR_FUTURE, IsBetween(YEAR_2100, MILLISECONDS_MIN - 1))
        return
    if field.name in IDS:
        yield Check(rules.ID_TOO_LONG, IsLonger(ID_LENGTH_MAX))
    elif field.textual:
        yield Check(rules.TEXT_TOO_LONG, IsLonger(TEXT_LENGTH_MAX))
    else:
        yield Check(rules.VALUE_TOO_LONG, IsLonger(VALUE_LENGTH_MAX))
    if not field.textual:
        yield Check(rules.RESERVED_VALUE, IsOneOf(reserved))
    if field.name in dataset_type.allowed_values:
        yield Check(rules.NOT_ALLOWED, IsNoneOf(frozenset(dataset_type.allowed_values[field.name])))
