"""The records of a dataset, stored compactly: as text of many rows, not as one object per value."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, Self

from personalize_import_handler.data_checks.dataset_types import DatasetType
from personalize_import_handler.data_checks.schema import Schema

_SEPARATOR: Final = "\0"
"""Files with this character aren't text and can't be imported, so that nothing needs escaping."""
_ROWS_IN_BLOCK: Final = 10_000
_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda value: value.lower() == "true",
}

Row = Sequence[str]
CellsByColumn = Sequence[Sequence[str]]
Block = tuple[int, bytes]
"""A number of rows, and their cells column by column."""


@dataclass(frozen=True)
class DatasetColumn:
    """A field of the schema as a column of a dataset."""

    name: str
    type_name: str

    def value(self, cell: str) -> object:
        """Return the value of a stored cell; an empty cell is null."""
        return _READERS.get(self.type_name, str)(cell) if cell else None


def columns_of_schema(schema: Schema) -> tuple[DatasetColumn, ...]:
    """Return the columns of a dataset."""
    return tuple(DatasetColumn(field.name, field.type_name) for field in schema.fields)


class Records(ABC):
    """A dataset's bulk data; an import replaces the records of a dataset and never changes them."""

    def __init__(self, columns: Sequence[DatasetColumn], key: str | None = None) -> None:
        """Start empty; `key` is the column whose value identifies a record, if there is one."""
        self.columns = tuple(columns)
        self.key = key

    @abstractmethod
    def add(self, cells: CellsByColumn) -> None:
        """Add rows, as one sequence of cells per column; call it only while the files are being read."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of records."""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Return all rows."""

    @abstractmethod
    def emptied(self, columns: Sequence[DatasetColumn] | None = None) -> Self:
        """Return empty records with the same columns, or with others."""

    @abstractmethod
    def merged_with(self, newer: Self) -> Self:
        """Return these records with newer ones merged in, as an INCREMENTAL import does."""

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """Return the content in blocks of rows, for `restored_records`."""

    def without_ids_of(self, _newer: Self) -> Self:
        """Return the records whose ids are not among the newer ones."""
        return self

    def with_columns(self, columns: Sequence[DatasetColumn]) -> Self:
        """Return these records with other columns; new ones are empty."""
        index = {column.name.upper(): number for number, column in enumerate(self.columns)}
        places = [index.get(column.name.upper()) for column in columns]
        rows = [["" if place is None else row[place] for place in places] for row in self.rows()]
        return self.emptied(columns).filled(rows)

    def without(self, column: str, values: Container[str]) -> Self:
        """Return the records whose value in a column is none of `values`; all, if there is no such column."""
        names = [each.name.upper() for each in self.columns]
        if column not in names:
            return self
        place = names.index(column)
        return self.emptied().filled([row for row in self.rows() if row[place] not in values])

    def filled(self, rows: Sequence[Row]) -> Self:
        """Add rows, and return the records."""
        if rows:
            self.add(list(zip(*rows, strict=True)))
        return self

    def as_objects(self, offset: int, limit: int) -> list[dict[str, object]]:
        """Return some of the records as objects by column name, with values of the schema's types."""
        return [
            {column.name: column.value(cell) for column, cell in zip(self.columns, row, strict=True)}
            for row in islice(self.rows(), offset, offset + limit)
        ]


class AppendedRecords(Records):
    """Interactions: every row is a record.

    The service deduplicates *recorded events* with the same time and properties; this isn't documented for rows.
    https://docs.aws.amazon.com/personalize/latest/dg/import-data.html
    """

    def __init__(self, columns: Sequence[DatasetColumn], blocks: Iterable[Block] = ()) -> None:
        """Start with blocks of rows."""
        super().__init__(columns)
        self._blocks = list(blocks)

    def add(self, cells: CellsByColumn) -> None:
        """Append rows."""
        self._blocks.append(_block(cells))

    def __len__(self) -> int:
        """Return the number of rows."""
        return sum(count for count, _ in self._blocks)

    def rows(self) -> Iterator[Row]:
        """Return the rows in the order of their import."""
        for block in self._blocks:
            yield from zip(*_cells(block), strict=True)

    def emptied(self, columns: Sequence[DatasetColumn] | None = None) -> Self:
        """Return empty records with the same columns, or with others."""
        return type(self)(columns or self.columns)

    def blocks(self) -> Iterator[Block]:
        """Return the blocks."""
        return iter(self._blocks)

    def merged_with(self, newer: Self) -> Self:
        """Return these records followed by the newer ones."""
        return type(self)(newer.columns, [*self._blocks, *newer._blocks])


class KeyedRecords(Records):
    """Items, users and actions: only the last record with each id is kept."""

    def __init__(self, columns: Sequence[DatasetColumn], key: str, by_key: dict[str, str] | None = None) -> None:
        """Start with rows, given by their value in the column `key`."""
        super().__init__(columns, key)
        self._key = key
        self._key_index = [column.name.upper() for column in columns].index(key)
        self._by_key = by_key if by_key is not None else {}

    def add(self, cells: CellsByColumn) -> None:
        """Add rows, replacing those with the same ids."""
        rows = map(_SEPARATOR.join, zip(*cells, strict=True))
        self._by_key.update(zip(cells[self._key_index], rows, strict=True))

    def __len__(self) -> int:
        """Return the number of different ids."""
        return len(self._by_key)

    def rows(self) -> Iterator[Row]:
        """Return the rows in the order in which their ids first appeared."""
        return (row.split(_SEPARATOR) for row in self._by_key.values())

    def emptied(self, columns: Sequence[DatasetColumn] | None = None) -> Self:
        """Return empty records with the same key and columns, or with other columns."""
        return type(self)(columns or self.columns, self._key)

    def blocks(self) -> Iterator[Block]:
        """Return the rows in blocks that are small enough for a row of a database."""
        rows = self.rows()
        while some := list(islice(rows, _ROWS_IN_BLOCK)):
            yield _block(list(zip(*some, strict=True)))

    def merged_with(self, newer: Self) -> Self:
        """Replace records with the same id, and add the others."""
        return type(self)(newer.columns, self._key, self._by_key | newer._by_key)

    def without_ids_of(self, newer: Self) -> Self:
        """Return the records whose ids are not among the newer ones."""
        kept = {key: row for key, row in self._by_key.items() if key not in newer._by_key}
        return type(self)(self.columns, self._key, kept)


def restored_records(columns: Sequence[DatasetColumn], key: str | None, blocks: Iterable[Block]) -> Records:
    """Return records with the content from `Records.blocks`."""
    if key is None:
        return AppendedRecords(columns, blocks)
    records = KeyedRecords(columns, key)
    for block in blocks:
        records.add(_cells(block))
    return records


def _block(cells: CellsByColumn) -> Block:
    return len(cells[0]), _SEPARATOR.join(chain.from_iterable(cells)).encode()


def _cells(block: Block) -> CellsByColumn:
    count, content = block
    cells = content.decode().split(_SEPARATOR)
    return [cells[start : start + count] for start in range(0, len(cells), count)]


def empty_records(dataset_type: DatasetType, columns: Sequence[DatasetColumn]) -> Records:
    """Return the records of an empty dataset."""
    return AppendedRecords(columns) if dataset_type.key is None else KeyedRecords(columns, dataset_type.key)
