"""The columns of a file, each with the checks of its values.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

import re
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
    IsOneOf,
    Matches,
    Not,
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
_IS_DATE: Final = Matches(_DATE, lengths=(8, 12, 14))

NULL_WORDS: Final = frozenset(
    (DATABASE_NULL, "NULL", "Null", "null", "NaN", "NAN", "nan", "None", "NA", "N/A", "n/a", "<NA>", "#N/A")
)
"""The words of databases, pandas and R for null."""
_ID_FROM_FLOAT: Final = re.compile("[0-9]+[.]0")

_TYPES: Final[Mapping[str, Condition]] = {
    "int": IsBetween(-(1 << 31), (1 << 31) - 1),
    "long": IsBetween(-(1 << 63), (1 << 63) - 1),
    "float": Matches(DECIMAL),
    "double": Matches(DECIMAL),
    "boolean": Matches(BOOLEAN),
}


@dataclass(frozen=True)
class Check:
    """A rule, and the condition under which a value violates it."""

    rule: Rule
    condition: Condition


_TIME_CHECKS: Final = (
    Check(rules.MILLISECONDS, Not(_IS_DATE, among=IsBetween(_MILLISECONDS, _MICROSECONDS - 1))),
    Check(rules.MICROSECONDS, IsBetween(_MICROSECONDS, _NANOSECONDS - 1)),
    Check(rules.NANOSECONDS, IsBetween(_NANOSECONDS, _ANY_INTEGER)),
    Check(rules.DATE_AS_NUMBER, _IS_DATE),
    Check(rules.FAR_FUTURE, Not(_IS_DATE, among=IsBetween(_YEAR_2100, _MILLISECONDS - 1))),
)
_NO_DATE_BEFORE_1990: Final = Not(_IS_DATE, among=IsBetween(-_ANY_INTEGER, _YEAR_1990 - 1))
_BEFORE_1990: Final = Check(rules.BEFORE_1990, Not(IsBetween(0, 0), among=_NO_DATE_BEFORE_1990))


@dataclass(frozen=True, kw_only=True)
class Column(Field):
    """An imported column: a field of the schema, and its position in a row."""

    place: int
    """The position in a row, starting at 0."""
    checks: tuple[Check, ...]
    is_metadata: bool
    has_categories: bool
    """True if the number of different values is limited."""
    is_key: bool
    """True if the values identify the records, so that the later of two rows replaces the earlier one."""
    may_be_sparse: bool
    """True if empty values are allowed but too many of them are of no use."""


@dataclass(frozen=True)
class Columns:
    """The columns of one file."""

    width: int
    """The number of values in a row, including columns that are not imported."""
    imported: tuple[Column, ...]
    dataset_type: DatasetType
    needed_event_types: frozenset[str]
    """The event types that recommenders of the domain need, without case."""

    def named(self, key: str | None) -> Column | None:
        """Return a column by its name in upper case; None if it isn't imported."""
        return next((column for column in self.imported if column.key == key), None)


def columns_of(header: Sequence[str], schema: Schema, dataset_type: DatasetType) -> Columns:
    """Return the columns for the schema's fields; fields that the header doesn't have are left out.

    Names match regardless of letter case.
    """
    # Of two equal names, the first counts.
    place_of = {name.upper(): place for place, name in reversed([*enumerate(header)])}
    return Columns(
        width=len(header),
        imported=tuple(
            _column(field, place_of[field.key], schema.domain, dataset_type)
            for field in schema.fields
            if field.key in place_of
        ),
        dataset_type=dataset_type,
        needed_event_types=frozenset(map(str.casefold, dataset_type.event_types_in(schema.domain))),
    )


def _column(field: Field, place: int, domain: str | None, dataset_type: DatasetType) -> Column:
    is_metadata = dataset_type.is_metadata(field.key, domain)
    return Column(
        **vars(field),
        place=place,
        checks=(
            *([] if field.nullable else [Check(_missing(field, is_metadata=is_metadata), IsEmpty())]),
            *(
                _string_checks(field, dataset_type, domain)
                if field.type_name == "string"
                else _type_checks(field, is_metadata=is_metadata)
            ),
        ),
        is_metadata=is_metadata,
        has_categories=field.categorical or (field.key == EVENT_TYPE and dataset_type.is_interactions),
        is_key=field.key == dataset_type.key,
        may_be_sparse=field.textual or (is_metadata and field.nullable),
    )


def _missing(field: Field, *, is_metadata: bool) -> Rule:
    if field.key in NEVER_NULL:
        return rules.ID_MISSING
    is_number = field.type_name not in ("string", "boolean")
    return rules.NUMBER_MISSING if is_metadata and is_number else rules.VALUE_MISSING


def _type_checks(field: Field, *, is_metadata: bool) -> Iterator[Check]:
    """Yield the checks of a number or a boolean."""
    wrong = Not(_TYPES[field.type_name])
    if is_metadata:
        no_word = Not(IsOneOf(NULL_WORDS), among=wrong)
        yield Check(rules.METADATA_WRONG_TYPE, no_word)
        yield Check(rules.NULL_WORD, Not(no_word, among=wrong))
        return
    yield Check(rules.WRONG_TYPE, wrong)
    if field.key.endswith(TIMESTAMP):
        yield from _TIME_CHECKS
    if field.key == TIMESTAMP:  # the creation of an item, such as a film, may be long ago
        yield _BEFORE_1990


def _string_checks(field: Field, dataset_type: DatasetType, domain: str | None) -> Iterator[Check]:
    if field.textual:
        yield Check(rules.TEXT_TOO_LONG, IsLonger(TEXT_LENGTH_MAX, IDEOGRAPHS_MAX))
        return
    if field.key in IDS:
        yield Check(rules.ID_TOO_LONG, IsLonger(ID_LENGTH_MAX))
        yield Check(rules.ID_FROM_FLOAT, Matches(_ID_FROM_FLOAT, ending=".0"))
    else:
        yield Check(rules.VALUE_TOO_LONG, IsLonger(VALUE_LENGTH_MAX))
    yield Check(rules.RESERVED_VALUE, IsOneOf(frozenset(dataset_type.known_types(domain))))
    yield Check(rules.NULL_WORD, IsOneOf(NULL_WORDS))
    if allowed := dataset_type.allowed_values.get(field.key):
        yield Check(rules.NOT_ALLOWED, Not(IsOneOf(frozenset(allowed))))
