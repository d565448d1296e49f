"""The columns of a dataset, and what their values must look like.

Checks work on many values of one column at once: that is what lets a million rows through in seconds.
https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks.conditions import BOOLEAN, DECIMAL, INTEGER
from personalize_import_handler.data_checks.dataset_types import IDS, DatasetType
from personalize_local.personalize import messages
from personalize_local.personalize.avro_schema import AvroSchema

_ID_LIMIT: Final = 256
_STRING_LIMIT: Final = 1000
_TEXTUAL_LIMIT: Final = 20_000

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
class Column:
    """A field of the schema as a column of a file."""

    name: str
    type_name: str
    nullable: bool
    limit: int = _STRING_LIMIT
    cut_at_limit: bool = False
    allowed: tuple[str, ...] = ()
    unfit_is_null: bool = False
    """Whether a value that isn't of the column's type is taken for none, rather than failing the import."""

    def value(self, cell: str) -> object:
        """Return a kept cell as the value it stands for; an empty cell is null."""
        return _READERS.get(self.type_name, str)(cell) if cell else None


@dataclass(frozen=True)
class CellProblem:
    """The first value of a column that isn't acceptable: its index, and what is wrong with it."""

    index: int
    what: str


def columns_of(
    schema: AvroSchema, dataset_type: DatasetType, known: Collection[str], *, metadata_must_fit: bool
) -> tuple[Column, ...]:
    """Return the columns that the files of a dataset must have.

    Whether metadata of the wrong type (a column that is not `known`, that is required or reserved) fails an import is
    not documented; docs/decisions/0003-metadata-of-the-wrong-type.md says what is taken for right, and why.
    """
    return tuple(
        Column(
            name=field.name,
            type_name=field.type_name,
            nullable=field.nullable,
            limit=_ID_LIMIT if field.name in IDS else _TEXTUAL_LIMIT if field.textual else _STRING_LIMIT,
            cut_at_limit=field.textual,
            allowed=dataset_type.allowed_values.get(field.name, ()),
            unfit_is_null=field.type_name in _PATTERNS and field.name not in known and not metadata_must_fit,
        )
        for field in schema.fields
    )


def kept(column: Column, cells: Sequence[str]) -> Sequence[str]:
    """Return the values as they are kept: textual ones cut at their limit, others without what is no value."""
    if column.unfit_is_null and not _all_good(column, [cell for cell in cells if cell]):
        return [cell if cell and _all_good(column, (cell,)) else "" for cell in cells]
    if column.cut_at_limit and max(map(len, cells)) > column.limit:
        return [cell[: column.limit] for cell in cells]
    return cells


def problem_in(column: Column, cells: Sequence[str]) -> CellProblem | None:
    """Return the first value of a column that Personalize would not take, if there is one."""
    has_empty = "" in cells
    if has_empty and not column.nullable:
        return CellProblem(cells.index(""), messages.value_missing(column.name))
    filled = [cell for cell in cells if cell] if has_empty else cells
    if not filled or column.unfit_is_null or _all_good(column, filled):
        return None
    return next(
        CellProblem(index, _what_is_wrong(column, cell))
        for index, cell in enumerate(cells)
        if cell and not _all_good(column, (cell,))
    )


def _all_good(column: Column, cells: Sequence[str]) -> bool:
    pattern = _PATTERNS.get(column.type_name)
    if pattern is None:
        return _all_good_strings(column, cells)
    return all(map(pattern.fullmatch, cells)) and _all_in_range(column, cells)


def _all_good_strings(column: Column, cells: Iterable[str]) -> bool:
    within_limit = column.cut_at_limit or max(map(len, cells)) <= column.limit
    return within_limit and (not column.allowed or set(column.allowed).issuperset(cells))


def _all_in_range(column: Column, cells: Iterable[str]) -> bool:
    if column.type_name not in _BITS:
        return True
    end = 1 << (_BITS[column.type_name] - 1)
    values = list(map(int, cells))
    return not values or (min(values) >= -end and max(values) < end)


def _what_is_wrong(column: Column, cell: str) -> str:
    if column.type_name != "string":
        return messages.wrong_type(column.name, column.type_name)
    if len(cell) > column.limit:
        return messages.too_long(column.name, column.limit)
    return messages.value_not_allowed(column.name, column.allowed)
