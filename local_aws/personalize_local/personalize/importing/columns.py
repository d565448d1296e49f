"""The columns of a dataset, and the checks of their values.

Each check takes many values of one column, so that a million rows are read in seconds.
https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks.column_checks import ID_LENGTH_MAX, TEXT_LENGTH_MAX, VALUE_LENGTH_MAX
from personalize_import_handler.data_checks.conditions import BOOLEAN, DECIMAL, INTEGER
from personalize_import_handler.data_checks.dataset_types import IDS, DatasetType
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize.importing import failure_reasons

_INTEGER: Final = re.compile(INTEGER)
_DECIMAL: Final = re.compile(DECIMAL)
_BOOLEAN: Final = re.compile(BOOLEAN)
_PATTERNS: Final = {
    "int": _INTEGER,
    "long": _INTEGER,
    "float": _DECIMAL,
    "double": _DECIMAL,
    "boolean": _BOOLEAN,
}
_BITS: Final = {"int": 32, "long": 64}
_READERS: Final[dict[str, Callable[[str], object]]] = {
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda value: value.lower() == "true",
}


@dataclass(frozen=True)
class DatasetColumn:
    """A field of the schema as a column of a file."""

    name: str
    type_name: str
    nullable: bool
    limit: int = VALUE_LENGTH_MAX
    truncated: bool = False
    """True if a longer value is truncated at the limit instead of failing the import."""
    allowed: tuple[str, ...] = ()
    null_if_invalid: bool = False
    """True if a value of a wrong type is read as null instead of failing the import."""

    def value(self, cell: str) -> object:
        """Return the value of a stored cell; an empty cell is null."""
        return _READERS.get(self.type_name, str)(cell) if cell else None


@dataclass(frozen=True)
class CellProblem:
    """The first invalid value of a column: its index, and the failure reason."""

    index: int
    reason: str


def dataset_columns(schema: Schema, dataset_type: DatasetType, *, metadata_must_fit: bool) -> tuple[DatasetColumn, ...]:
    """Return the columns that the files of a dataset must have.

    It is not documented whether a wrong type in metadata, a column neither required nor reserved, fails an import; see
    docs/decisions/0003-metadata-of-the-wrong-type.md.
    """
    known = dataset_type.known_fields(schema.domain)
    return tuple(
        DatasetColumn(
            name=field.name,
            type_name=field.type_name,
            nullable=field.nullable,
            limit=ID_LENGTH_MAX if field.name in IDS else TEXT_LENGTH_MAX if field.textual else VALUE_LENGTH_MAX,
            truncated=field.textual,
            allowed=dataset_type.allowed_values.get(field.name, ()),
            null_if_invalid=field.type_name in _PATTERNS and field.name not in known and not metadata_must_fit,
        )
        for field in schema.fields
    )


def stored_cells(column: DatasetColumn, cells: Sequence[str]) -> Sequence[str]:
    """Return a column's cells as they are stored: truncated if textual, and empty if invalid metadata."""
    if column.null_if_invalid and not _are_valid(column, [cell for cell in cells if cell]):
        return [cell if cell and _are_valid(column, (cell,)) else "" for cell in cells]
    if column.truncated and max(map(len, cells)) > column.limit:
        return [cell[: column.limit] for cell in cells]
    return cells


def find_problem(column: DatasetColumn, cells: Sequence[str]) -> CellProblem | None:
    """Return the first invalid value of a column, if any."""
    has_empty = "" in cells
    if has_empty and not column.nullable:
        return CellProblem(cells.index(""), failure_reasons.value_missing(column.name))
    filled = [cell for cell in cells if cell] if has_empty else cells
    if not filled or column.null_if_invalid or _are_valid(column, filled):
        return None
    return next(
        CellProblem(index, _failure_reason(column, cell))
        for index, cell in enumerate(cells)
        if cell and not _are_valid(column, (cell,))
    )


def _are_valid(column: DatasetColumn, cells: Sequence[str]) -> bool:
    pattern = _PATTERNS.get(column.type_name)
    if pattern is None:
        return _strings_are_valid(column, cells)
    return all(map(pattern.fullmatch, cells)) and _are_in_range(column, cells)


def _strings_are_valid(column: DatasetColumn, cells: Iterable[str]) -> bool:
    within_limit = column.truncated or max(map(len, cells)) <= column.limit
    return within_limit and (not column.allowed or set(column.allowed).issuperset(cells))


def _are_in_range(column: DatasetColumn, cells: Iterable[str]) -> bool:
    if column.type_name not in _BITS:
        return True
    end = 1 << (_BITS[column.type_name] - 1)
    values = list(map(int, cells))
    return not values or (min(values) >= -end and max(values) < end)


def _failure_reason(column: DatasetColumn, cell: str) -> str:
    if column.type_name != "string":
        return failure_reasons.wrong_type(column.name, column.type_name)
    if len(cell) > column.limit:
        return failure_reasons.too_long(column.name, column.limit)
    return failure_reasons.value_not_allowed(column.name, column.allowed)
