"""Rows with the values of each column in an array of pyarrow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.arrow.violations import Values, violations
from personalize_import_handler.data_checks.column_checks import Check, Column
from personalize_import_handler.data_checks.rows import Rows
from personalize_import_handler.data_checks.rules import Rule


@dataclass
class ArrowRows(Rows):
    """Rows with the values of each column in an array."""

    values: Mapping[int, pa.StringArray]
    """The values of each column by its place; null if empty."""

    def violations(self, column: Column, checks: Iterable[Check]) -> Iterator[tuple[Rule, int, str, int]]:
        """Yield the violated rules."""
        values = Values(self.values[column.place], checks)
        for check in checks:
            places = violations(check.condition, values)
            if len(places):
                first = pc.min(places).as_py()
                yield check.rule, first, values.array[first].as_py() or "", len(places)

    def empty(self, column: Column) -> int:
        """Return the number of empty values."""
        return int(self.values[column.place].null_count)

    def counts(self, column: Column) -> Mapping[str, int]:
        """Return the number of rows of each value."""
        counts = pc.value_counts(self.values[column.place])
        return dict(zip(_strings(counts.field("values")), counts.field("counts").to_pylist(), strict=True))

    def different(self, columns: Sequence[Column], limit: int) -> set[tuple[str, ...]]:
        """Return different combinations of values; usually, there are enough in the first rows."""
        rows = pa.table({f"c{column.place}": self.values[column.place] for column in columns})
        found = _tuples(rows.slice(0, limit))
        if len(found) < limit < len(rows):
            found = _tuples(rows.group_by(rows.column_names).aggregate([]).slice(0, limit))
        return found


def _tuples(rows: pa.Table) -> set[tuple[str, ...]]:
    return set(zip(*(_strings(column) for column in rows.columns), strict=True))


def _strings(values: pa.StringArray) -> list[str]:
    return [value or "" for value in values.to_pylist()]
