"""Proposal of a schema for a CSV file, from its header and first records.

The file is read as the checks read it, and problems are their findings.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from personalize_import.schema.fields import FIELD_NAME, field_named
from personalize_import.synthesis.finding_messages import message_of
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import shown, violation
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.checker import check, unreadable
from personalize_import_handler.data_checks.column_checks import NULL_WORDS, Columns
from personalize_import_handler.data_checks.dataset_types import (
    DATASET_TYPES,
    IDS,
    NEVER_NULL,
    DatasetType,
    dataset_type_named,
)
from personalize_import_handler.data_checks.files import Data, DataFile, local_file
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.headers import BLANKS, Header, read_header
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.rows import Block, PlainValues, Rows
from personalize_import_handler.data_checks.rules import Scope, Severity
from personalize_import_handler.data_checks.schema import Field, Schema

HEAD_BYTES: Final = 4 << 20
CATEGORIES_MAX: Final = 1000
"""More categories are of little use: https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html."""
CATEGORIES_OF_FEW_ROWS: Final = 20
TEXT_LENGTH_MIN: Final = 50
"""The minimum average length of texts, in characters; shorter values are more likely names."""

_ALLOWED: Final = "a CSV file in UTF-8 with a header and records"
_LEFT_OUT: Final = (rules.FIELD_COUNT, rules.MALFORMED_QUOTES)
"""The rules whose violations leave a row out of the proposal."""
_PREVENTING: Final = (Scope.FILES, Scope.HEADER, Scope.ROW)
"""The scopes whose other errors prevent a proposal."""

# Leading zeros and plus signs matter in codes and phone numbers, and a number would lose them.
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BITS: Final = {"int": 32, "long": 64}
_LONGEST: Final = len(str(-(2**63)))


def proposed_schema(path: Path, wanted: str | None, domain: str | None) -> tuple[DatasetType, list[Field]]:
    """Propose the dataset type and the fields of a file; warn of rows left out and of words that stand for null.

    Raises:
        ValidationError: The file can't be read, a column can't be a field, or no dataset type fits the columns.
    """
    file, header = _read_header(path, wanted)
    kind = _dataset_type(path, header.keys, wanted)
    known = kind.known_types(domain)
    names = [key if key in known else name for key, name in _names(header).items()]
    if problems := [problem for name in names for problem in FIELD_NAME.check("a column's name", name)]:
        raise ValidationError(f"{path}: {'; '.join(problems)}")
    rows = _Rows()
    schema = Schema(name=kind.schema_name, fields=tuple(Field(name=name, nullable=True) for name in names))
    _report(path, check(Data(location=path.name, files=[file]), schema, rows=rows, head_bytes=HEAD_BYTES))
    columns = [rows.columns.get(name.upper(), []) for name in names]
    if not any(columns):
        raise ValidationError(violation("path", str(path), _ALLOWED))
    fields = [_field(name, values, kind, domain) for name, values in zip(names, columns, strict=True)]
    if kind.name == "ITEMS" and not any(field.textual for field in fields):
        fields = _with_a_text(fields, columns)
    return kind, fields


class _Rows(RowChecker):
    """A row checker that keeps the values of each column."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[str, list[str]] = {}

    def rows_of(self, block: Block, columns: Columns) -> Rows[PlainValues]:
        """Split the records of a block into values, and keep these."""
        rows = super().rows_of(block, columns)
        for column in columns.imported if rows.lines else ():
            self.columns.setdefault(column.key, []).extend(rows.values[column.place])
        return rows


def _read_header(path: Path, wanted: str | None) -> tuple[DataFile, Header]:
    """Return the file and its header; raise `ValidationError` if it can't be read."""
    try:
        file = local_file(path)
        content = next(file.chunks(), b"")
    except OSError as error:
        raise ValidationError(f"{violation('path', str(path), _ALLOWED)}: {error}") from error
    line = content.partition(b"\n")[0].removesuffix(b"\r")
    header = read_header(file.name, line.decode(errors="replace"))
    if problem := unreadable(file, content, line, _names_expected(header, wanted)):
        _report(path, [problem])
    return file, header


def _names(header: Header) -> dict[str, str]:
    """Return the first name for each name in upper case; a column without a name, such as an index, is left out."""
    names = reversed([*zip(header.keys, header.names, strict=True)])
    return {key: name for key, name in reversed(dict(names).items()) if key}


def _names_expected(header: Header, wanted: str | None) -> Schema:
    """Return a schema with the ids of the dataset types, and with the names that have blanks around them, without."""
    ids = {name for kind in _kinds(wanted) for name in kind.requirements.required.keys() & IDS}
    stripped = {name.strip(BLANKS) for name in header.names} - {*header.names}
    return Schema(name="", fields=tuple(Field(name=name) for name in sorted(ids | stripped)))


def _report(path: Path, findings: Iterable[Finding]) -> None:
    """Raise `ValidationError` for findings that prevent a proposal; warn of rows left out and words for null."""
    problems = [each for each in findings if each.rule.severity is Severity.ERROR and each.rule not in _LEFT_OUT]
    if prevented := [each for each in problems if each.rule.scope in _PREVENTING]:
        raise ValidationError(f"{path}: {'; '.join(map(message_of, prevented))}")
    for each in findings:
        if each.rule in (*_LEFT_OUT, rules.NULL_WORD):
            warnings.warn(f"{path}: {message_of(each)}", stacklevel=4)


def _kinds(wanted: str | None) -> Sequence[DatasetType]:
    """Return the wanted dataset type, or all."""
    if wanted is None:
        return DATASET_TYPES
    if kind := dataset_type_named(wanted):
        return (kind,)
    names = ", ".join(each.schema_name for each in DATASET_TYPES)
    raise ValidationError(violation("dataset_type", wanted, f"one of {names}"))


def _dataset_type(path: Path, names: Sequence[str], wanted: str | None) -> DatasetType:
    """Return the wanted dataset type, or the one with the same id columns; its required columns must be present."""
    kinds = _kinds(wanted)
    if wanted is None:
        same_ids = [each for each in kinds if each.requirements.required.keys() & IDS == IDS & {*names}]
        kinds = same_ids or kinds
    for kind in kinds:
        if kind.requirements.required.keys() <= {*names}:
            return kind
    needs = "; ".join(f"{each.schema_name} need {', '.join(each.requirements.required)}" for each in kinds)
    raise ValidationError(f"{path}: no dataset type fits the columns {shown(list(names))}: {needs}")


def _field(name: str, values: Sequence[str], kind: DatasetType, domain: str | None) -> Field:
    field = field_named(name, kind, domain)
    filled = [value for value in values if value and value not in NULL_WORDS]
    if name not in kind.known_types(domain):
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
    for place, (column, values) in enumerate(zip(fields, columns, strict=True)):
        length = _average_length([value for value in values if value])
        if (
            column.type_name == "string"
            and not column.categorical
            and column.name not in IDS
            and length >= TEXT_LENGTH_MIN
        ):
            yield length, -place
