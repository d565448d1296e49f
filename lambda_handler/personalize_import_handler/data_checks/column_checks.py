"""The columns of a file, each with the checks of its values.

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
"""Thirteen digits: the year 2001 in milliseconds, the year 33658 in seconds."""
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
    """A rule, and the condition under which a value violates it."""

    rule: Rule
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Column:
    """An imported column: a field of the schema, and its position in a row."""

    name: str
    place: int
    """The position in a row, starting at 0."""
    checks: tuple[Check, ...]
    is_metadata: bool
    """True if the column is metadata: its name is neither required nor reserved."""
    nullable: bool
    has_categories: bool
    """True if the number of different values is limited."""


@dataclass(frozen=True)
class Columns:
    """The columns of one file."""

    width: int
    """The number of values in a row, including columns that are not imported."""
    imported: tuple[Column, ...]
    key: Column | None
    """The column whose value identifies a record, so that the later of two rows replaces the earlier one."""
    user: Column | None
    """The column with the user of an interaction."""


def columns_of(header: Sequence[str], schema: Schema, dataset_type: DatasetType) -> Columns:
    """Return the columns for the schema's fields; fields that the header doesn't have are left out."""
    known = dataset_type.known_fields(schema.domain)
    place_of = {name: place for place, name in reversed([*enumerate(header)])}  # of two equal names, the first counts
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
