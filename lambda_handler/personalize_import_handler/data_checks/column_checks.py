"""The columns of a file, each with the checks of its values.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.conditions import (
    BOOLEAN,
    DECIMAL,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsOneOf,
    Matches,
    NotInteger,
    NotMatching,
)
from personalize_import_handler.data_checks.dataset_types import IDS, NEVER_NULL, DatasetType
from personalize_import_handler.data_checks.rules import Rule
from personalize_import_handler.data_checks.schema import Field, Schema
from personalize_import_handler.data_checks.tokenizer import DATABASE_NULL

ID_LENGTH_MAX: Final = 256
VALUE_LENGTH_MAX: Final = 1000
TEXT_LENGTH_MAX: Final = 20_000
IDEOGRAPHS_MAX: Final = 7000
EVENT_TYPE: Final = "EVENT_TYPE"
TIMESTAMP: Final = "TIMESTAMP"
USER_ID: Final = "USER_ID"

_ANY_INTEGER: Final = 10**30
_YEAR_1990: Final = 631_152_000
_YEAR_2100: Final = 4_102_444_800
# The present has 13 digits in milliseconds, 16 in microseconds and 19 in nanoseconds.
_MILLISECONDS: Final = 10**12
_MICROSECONDS: Final = 10**14
_NANOSECONDS: Final = 10**17
_DAY: Final = "(?:19|20)[0-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_DATE: Final = re.compile(f"{_DAY}(?:(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)?")
"""YYYYMMDD, with or without the hour, minute and second."""
_TIME_CHECKS: Final[tuple[tuple[Rule, Condition], ...]] = (
    (rules.MILLISECONDS, IsBetween(_MILLISECONDS, _MICROSECONDS - 1, besides=_DATE)),
    (rules.MICROSECONDS, IsBetween(_MICROSECONDS, _NANOSECONDS - 1)),
    (rules.NANOSECONDS, IsBetween(_NANOSECONDS, _ANY_INTEGER)),
    (rules.DATE_AS_NUMBER, Matches(_DATE, lengths=(8, 12, 14))),
    (rules.FAR_FUTURE, IsBetween(_YEAR_2100, _MILLISECONDS - 1, besides=_DATE)),
)
_BEFORE_1990: Final = IsBetween(-_ANY_INTEGER, _YEAR_1990 - 1, besides=re.compile(f"[+-]?0+|{_DATE.pattern}"))

NULL_WORDS: Final = frozenset(
    (DATABASE_NULL, "NULL", "Null", "null", "NaN", "NAN", "nan", "None", "NA", "N/A", "n/a", "<NA>", "#N/A")
)
"""The words of databases, pandas and R for null."""
_ID_FROM_FLOAT: Final = re.compile("[0-9]+[.]0")

_TYPES: Final[Mapping[str, NotInteger | NotMatching]] = {
    "int": NotInteger(-(1 << 31), (1 << 31) - 1),
    "long": NotInteger(-(1 << 63), (1 << 63) - 1),
    "float": NotMatching(DECIMAL),
    "double": NotMatching(DECIMAL),
    "boolean": NotMatching(BOOLEAN),
}
_NUMBERS: Final = _TYPES.keys() - {"boolean"}


@dataclass(frozen=True)
class Check:
    """A rule, and the condition under which a value violates it."""

    rule: Rule
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Column:
    """An imported column: a field of the schema, and its position in a row."""

    name: str
    """The name in the schema."""
    key: str
    """The name in upper case, by which the service knows it."""
    place: int
    """The position in a row, starting at 0."""
    checks: tuple[Check, ...]
    is_metadata: bool
    nullable: bool
    textual: bool
    has_categories: bool
    """True if the number of different values is limited."""

    @property
    def may_be_sparse(self) -> bool:
        """True if empty values are allowed but too many of them are of no use."""
        return self.textual or (self.is_metadata and self.nullable)


@dataclass(frozen=True)
class Columns:
    """The columns of one file."""

    width: int
    """The number of values in a row, including columns that are not imported."""
    imported: tuple[Column, ...]
    key: Column | None = None
    """The column whose value identifies a record, so that the later of two rows replaces the earlier one."""
    user: Column | None = None
    """The column with the user of an interaction."""
    time: Column | None = None
    """The column with the time of an interaction."""
    event_type: Column | None = None
    """The column with the event type, if recommenders of the domain need some types."""
    needed_event_types: frozenset[str] = frozenset()
    """These types, without case."""


def columns_of(header: Sequence[str], schema: Schema, dataset_type: DatasetType) -> Columns:
    """Return the columns for the schema's fields; fields that the header doesn't have are left out.

    Names match regardless of letter case.
    """
    known = dataset_type.known_fields(schema.domain)
    # Of two equal names, the first counts.
    place_of = {name.upper(): place for place, name in reversed([*enumerate(header)])}
    imported = tuple(
        _column(field, place_of[field.key], schema, dataset_type, known)
        for field in schema.fields
        if field.key in place_of
    )
    by_key = {column.key: column for column in imported}
    needed = dataset_type.event_types_in(schema.domain)
    return Columns(
        width=len(header),
        imported=imported,
        key=by_key.get(dataset_type.key) if dataset_type.key else None,
        user=by_key.get(USER_ID) if dataset_type.is_interactions else None,
        time=by_key.get(TIMESTAMP) if dataset_type.has_minimum else None,
        event_type=by_key.get(EVENT_TYPE) if needed else None,
        needed_event_types=frozenset(name.casefold() for name in needed),
    )


def _column(field: Field, place: int, schema: Schema, dataset_type: DatasetType, known: frozenset[str]) -> Column:
    is_metadata = dataset_type.is_metadata(field.key, schema.domain)
    return Column(
        name=field.name,
        key=field.key,
        place=place,
        checks=(
            *_missing_check(field, is_metadata=is_metadata),
            *(_type_checks(field, is_metadata=is_metadata) if field.type_name in _TYPES else ()),
            *(_string_checks(field, dataset_type, known) if field.type_name == "string" else ()),
        ),
        is_metadata=is_metadata,
        nullable=field.nullable,
        textual=field.textual,
        has_categories=field.categorical or (field.key == EVENT_TYPE and dataset_type.is_interactions),
    )


def _missing_check(field: Field, *, is_metadata: bool) -> Iterator[Check]:
    if field.nullable:
        return
    if field.key in NEVER_NULL:
        yield Check(rules.ID_MISSING, IsEmpty())
    elif is_metadata and field.type_name in _NUMBERS:
        yield Check(rules.NUMBER_MISSING, IsEmpty())
    else:
        yield Check(rules.VALUE_MISSING, IsEmpty())


def _type_checks(field: Field, *, is_metadata: bool) -> Iterator[Check]:
    """Yield the checks of a number or a boolean."""
    condition = _TYPES[field.type_name]
    if is_metadata:
        yield Check(rules.METADATA_WRONG_TYPE, replace(condition, besides=NULL_WORDS))
        yield Check(rules.NULL_WORD, IsOneOf(NULL_WORDS))
        return
    yield Check(rules.WRONG_TYPE, condition)
    if field.key.endswith(TIMESTAMP):
        yield from (Check(rule, condition) for rule, condition in _TIME_CHECKS)
    if field.key == TIMESTAMP:  # the creation of an item, such as a film, may be long ago
        yield Check(rules.BEFORE_1990, _BEFORE_1990)


def _string_checks(field: Field, dataset_type: DatasetType, known: frozenset[str]) -> Iterator[Check]:
    if field.textual:
        yield Check(rules.TEXT_TOO_LONG, IsLonger(TEXT_LENGTH_MAX, IDEOGRAPHS_MAX))
        return
    if field.key in IDS:
        yield Check(rules.ID_TOO_LONG, IsLonger(ID_LENGTH_MAX))
        yield Check(rules.ID_FROM_FLOAT, Matches(_ID_FROM_FLOAT, ending=".0"))
    else:
        yield Check(rules.VALUE_TOO_LONG, IsLonger(VALUE_LENGTH_MAX))
    yield Check(rules.RESERVED_VALUE, IsOneOf(known))
    yield Check(rules.NULL_WORD, IsOneOf(NULL_WORDS))
    if allowed := dataset_type.allowed_values.get(field.key):
        yield Check(rules.NOT_ALLOWED, NotMatching(re.compile("|".join(allowed))))
