"""The records of a dataset, kept small: text, a block of rows at a time, not an object per value."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final, Self

from personalize_import_handler.data_checks.dataset_types import DatasetType
from personalize_local.personalize.importing.columns import Column

# No value can contain a line break (see `csv_file`), so nothing needs escaping.
_SEPARATOR: Final = "\n"

Row = Sequence[str]
ValuesByColumn = Sequence[Sequence[str]]


class Records(ABC):
    """A dataset's bulk data. What is in a dataset never changes: an import puts other records in its place."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Start empty."""
        self.columns = tuple(columns)

    @abstractmethod
    def add(self, values: ValuesByColumn) -> None:
        """Take in some rows, given by column; only while they are being read."""

    @abstractmethod
    def __len__(self) -> int:
        """Return how many records there are."""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Return all rows."""

    @abstractmethod
    def emptied(self) -> Self:
        """Return no records, of the same columns."""

    @abstractmethod
    def followed_by(self, newer: Self) -> Self:
        """Return these records with newer ones added, as an INCREMENTAL import does."""

    @abstractmethod
    def saved(self) -> dict[str, Any]:
        """Return the content as JSON has it, see `restored`."""

    def as_objects(self, offset: int, limit: int) -> list[dict[str, object]]:
        """Return some of the records as objects by column name, values in the types of the schema."""
        return [
            {column.name: column.value(cell) for column, cell in zip(self.columns, row, strict=True)}
            for row in islice(self.rows(), offset, offset + limit)
        ]


class Log(Records):
    """Interactions: every row of every file counts.

    Of two *recorded events* with the same time and properties the service keeps one; it says no such thing of rows.
    https://docs.aws.amazon.com/personalize/latest/dg/import-data.html
    """

    def __init__(self, columns: Sequence[Column], blocks: Sequence[tuple[int, bytes]] = ()) -> None:
        """Start with blocks of another log: each a number of rows, and their values column after column."""
        super().__init__(columns)
        self._blocks = list(blocks)

    def add(self, values: ValuesByColumn) -> None:
        """Append rows."""
        self._blocks.append((len(values[0]), _SEPARATOR.join(chain.from_iterable(values)).encode()))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return sum(count for count, _ in self._blocks)

    def rows(self) -> Iterator[Row]:
        """Return the rows in the order in which they were imported."""
        for count, block in self._blocks:
            cells = block.decode().split(_SEPARATOR)
            yield from zip(*(cells[start : start + count] for start in range(0, len(cells), count)), strict=True)

    def emptied(self) -> Self:
        """Return an empty log."""
        return type(self)(self.columns)

    def saved(self) -> dict[str, Any]:
        """Return the blocks."""
        return {"blocks": [[count, block.decode()] for count, block in self._blocks]}

    def followed_by(self, newer: Self) -> Self:
        """Append."""
        return type(self)(newer.columns, [*self._blocks, *newer._blocks])


class Table(Records):
    """Items, users and actions: one record for each id, the later one."""

    def __init__(self, columns: Sequence[Column], key: str, by_key: dict[str, str] | None = None) -> None:
        """Start with the rows of another table, by the value of the column `key`."""
        super().__init__(columns)
        self._key = key
        self._place = [column.name for column in columns].index(key)
        self._by_key = by_key if by_key is not None else {}

    def add(self, values: ValuesByColumn) -> None:
        """Take rows in, replacing those with the same ids."""
        rows = map(_SEPARATOR.join, zip(*values, strict=True))
        self._by_key.update(zip(values[self._place], rows, strict=True))

    def __len__(self) -> int:
        """Return how many different ids there are."""
        return len(self._by_key)

    def rows(self) -> Iterator[Row]:
        """Return the rows in the order in which their ids were first seen."""
        return (row.split(_SEPARATOR) for row in self._by_key.values())

    def emptied(self) -> Self:
        """Return an empty table."""
        return type(self)(self.columns, self._key)

    def saved(self) -> dict[str, Any]:
        """Return the key's name and the rows."""
        return {"key": self._key, "rows": list(self._by_key.values())}

    def followed_by(self, newer: Self) -> Self:
        """Replace what has the same id, and add the rest."""
        return type(self)(newer.columns, self._key, self._by_key | newer._by_key)


def restored(columns: Sequence[Column], saved: Mapping[str, Any]) -> Records:
    """Return records with the content that `Records.saved` has returned."""
    if "blocks" in saved:
        return Log(columns, [(count, block.encode()) for count, block in saved["blocks"]])
    table = Table(columns, saved["key"])
    if rows := [row.split(_SEPARATOR) for row in saved["rows"]]:
        table.add(list(zip(*rows, strict=True)))
    return table


def no_records(dataset_type: DatasetType, columns: Sequence[Column]) -> Records:
    """Return the records of an empty dataset."""
    return Log(columns) if dataset_type.key is None else Table(columns, dataset_type.key)
