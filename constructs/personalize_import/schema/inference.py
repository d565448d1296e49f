"""Proposal of a schema for a CSV file, from its header and first records."""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from personalize_import.schema.fields import FIELD_NAME, field_named
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import shown, violation
from personalize_import_handler.data_checks.dataset_types import (
    DATASET_TYPES,
    IDS,
    NEVER_NULL,
    DatasetType,
    dataset_type_named,
)
from personalize_import_handler.data_checks.regular_files import open_regular
from personalize_import_handler.data_checks.schema import Field
from personalize_import_handler.data_checks.tokenizer import LINE_BYTES_MAX

ROWS_READ: Final = 10_000
CATEGORIES_MAX: Final = 1000
"""More categories are of little use: https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html."""
CATEGORIES_OF_FEW_ROWS: Final = 20
TEXT_LENGTH_MIN: Final = 50
"""The minimum average length of texts, in characters; shorter values are more likely names."""

# Leading zeros and plus signs matter in codes and phone numbers, and a number would lose them.
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BITS: Final = {"int": 32, "long": 64}
_LONGEST: Final = len(str(-(2**63)))


def proposed_schema(path: Path, wanted: str | None, domain: str | None) -> tuple[DatasetType, list[Field]]:
    """Propose the dataset type and the fields of a file.

    Raises:
        ValidationError: The file can't be read, a column can't be a field, or no dataset type fits the columns.
    """
    header, rows = _head(path)
    if problems := [problem for name in header if name for problem in FIELD_NAME.check("a column's name", name)]:
        raise ValidationError(f"{path}: {'; '.join(problems)}")
    kind = _dataset_type(path, header, wanted)
    # A column without a name, such as the index that pandas writes, is not imported.
    columns = [(name, [row[place] for row in rows]) for place, name in enumerate(header) if name]
    fields = [_field(name, values, kind, domain) for name, values in columns]
    if kind.name == "ITEMS" and not any(field.textual for field in fields):
        fields = _with_a_text(fields, [values for _, values in columns])
    return kind, fields


def _head(path: Path) -> tuple[list[str], list[list[str]]]:
    """Read the header and the first rows, except rows with another number of values than the header."""
    allowed = "a CSV file in UTF-8 with a header and records"
    try:
        with TextIOWrapper(BufferedReader(open_regular(path)), encoding="utf-8", newline="") as file:
            reader = csv.reader(_bounded_lines(file), doublequote=False, escapechar="\\")
            header = next(reader, [])
            rows = [row for row in itertools.islice(reader, ROWS_READ) if len(row) == len(header)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValidationError(f"{violation('path', str(path), allowed)}: {error}") from error
    if not rows:
        raise ValidationError(violation("path", str(path), allowed))
    return header, rows


def _bounded_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file.

    Raises:
        csv.Error: A line is too long for a record, and could fill the memory, or contains a NUL byte.
    """
    for number in itertools.count(1):
        line = file.readline(LINE_BYTES_MAX + 1)
        if len(line) > LINE_BYTES_MAX:
            raise csv.Error(f"line {number} is longer than a record can be")
        if "\0" in line:
            raise csv.Error(f"line {number} has a NUL byte, so it is no text")
        if not line:
            return
        yield line


def _dataset_type(path: Path, header: Sequence[str], wanted: str | None) -> DatasetType:
    """Return the wanted dataset type, or the one with the same id columns; its required columns must be present."""
    if wanted is None:
        kinds = [each for each in DATASET_TYPES if each.requirements.required.keys() & IDS == IDS & {*header}]
    else:
        kinds = [each for each in DATASET_TYPES if each == dataset_type_named(wanted)]
        if not kinds:
            names = ", ".join(each.schema_name for each in DATASET_TYPES)
            raise ValidationError(violation("dataset_type", wanted, f"one of {names}"))
    for kind in kinds:
        if kind.requirements.required.keys() <= {*header}:
            return kind
    needs = "; ".join(
        f"{each.schema_name} need {', '.join(each.requirements.required)}" for each in kinds or DATASET_TYPES
    )
    raise ValidationError(f"{path}: no dataset type fits the columns {shown(list(header))}: {needs}")


def _field(name: str, values: Sequence[str], kind: DatasetType, domain: str | None) -> Field:
    field = field_named(name, kind, domain)
    filled = [value for value in values if value]
    if name not in kind.known_fields(domain):
        field = replace(field, type_name=_type_name(filled))
        field = replace(field, categorical=field.type_name == "string" and _are_categories(filled))
    return replace(field, nullable=len(filled) < len(values) and name not in NEVER_NULL)


def _type_name(values: Sequence[str]) -> str:
    """Return the narrowest type that fits all values."""
    if not values or not all(_DECIMAL.fullmatch(value) for value in values):
        return "string"
    if not all(_INTEGER.fullmatch(value) for value in values):
        return "float"
    return next((name for name, bits in _BITS.items() if all(_fits(value, bits) for value in values)), "string")


def _fits(value: str, bits: int) -> bool:
    # Check the length first: Python refuses to convert thousands of digits.
    return len(value) <= _LONGEST and max(int(value), ~int(value)).bit_length() < bits


def _are_categories(values: Sequence[str]) -> bool:
    """Return whether values are short and often repeated; `|` separates several categories of one record."""
    categories = [category for value in values for category in value.split("|")]
    most = min(CATEGORIES_MAX, max(CATEGORIES_OF_FEW_ROWS, len(values) // 2))
    return _average_length(categories) < TEXT_LENGTH_MIN and len({*categories}) <= most


def _average_length(values: Sequence[str]) -> float:
    return sum(map(len, values)) / len(values) if values else 0


def _with_a_text(fields: Sequence[Field], columns: Sequence[Sequence[str]]) -> list[Field]:
    """Mark the column with the longest texts as textual, if there is one: a schema can have only one textual field."""
    longest = max(_texts(fields, columns), default=None)
    return [replace(field, textual=longest is not None and place == -longest[1]) for place, field in enumerate(fields)]


def _texts(fields: Sequence[Field], columns: Sequence[Sequence[str]]) -> Iterator[tuple[float, int]]:
    """Yield the average length and the negated position of each column of texts, so that max() prefers the first."""
    for place, (field, values) in enumerate(zip(fields, columns, strict=True)):
        length = _average_length([value for value in values if value])
        if (
            field.type_name == "string"
            and not field.categorical
            and field.name not in IDS
            and length >= TEXT_LENGTH_MIN
        ):
            yield length, -place
