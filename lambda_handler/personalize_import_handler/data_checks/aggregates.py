"""Findings about all rows together: counts, categories, and sparse columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import EVENT_TYPE, USER_ID, Column
from personalize_import_handler.data_checks.dataset_types import DatasetType
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import USERS_ENOUGH, BlockReport, RowChecker

INTERACTIONS_MIN: Final = 1000
KINDS_MAX: Final = 10
CATEGORIES_MAX: Final = 1000
FILLED_MIN: Final = 0.7


@dataclass
class Summary:
    """Counts over all blocks; memory is bounded for data of any size."""

    dataset_type: DatasetType
    rows: int = 0
    _columns: dict[str, Column] = field(default_factory=dict)
    _empty: dict[str, int] = field(default_factory=dict)
    _categories: dict[str, set[str]] = field(default_factory=dict)
    """The different categories of each column, until they exceed the limit."""

    def expect(self, columns: tuple[Column, ...]) -> None:
        """Register the columns of a file."""
        for column in columns:
            self._columns.setdefault(column.name, column)
            if column.has_categories:
                self._categories.setdefault(column.name, set())

    @property
    def counted(self) -> frozenset[str]:
        """The names of the columns whose different values are still counted."""
        return frozenset(name for name, found in self._categories.items() if len(found) <= CATEGORIES_MAX)

    def add(self, report: BlockReport) -> None:
        """Add the counts of a block."""
        self.rows += report.rows
        for name, count in report.empty.items():
            self._empty[name] = self._empty.get(name, 0) + count
        for name, values in report.values.items():
            found = self._categories[name]
            for value in values:
                if len(found) > CATEGORIES_MAX:
                    break
                found.update(value.split("|"))

    def findings(self, rows: RowChecker, *, is_whole: bool) -> Iterator[Finding]:
        """Yield the findings about all rows; unless `is_whole`, only the findings that more rows wouldn't change."""
        yield from self._categories_found()
        yield from rows.repeated_ids()
        if not is_whole or not self.rows:
            return
        if self.dataset_type.has_minimum and self.rows < INTERACTIONS_MIN:
            yield Finding(rule=rules.TOO_FEW_INTERACTIONS, detail=f"{self.rows}")
        if self.dataset_type.counts_kinds and (users := rows.users_with_two()) < USERS_ENOUGH:
            yield Finding(rule=rules.TOO_FEW_USERS, column=USER_ID, detail=f"{users}")
        yield from self._sparse_columns()

    def _categories_found(self) -> Iterator[Finding]:
        kinds = self._categories.get(EVENT_TYPE, set()) if self.dataset_type.counts_kinds else set()
        metadata = [name for name, column in self._columns.items() if column.is_metadata]
        if kinds and len(kinds) + len(metadata) > KINDS_MAX:
            many = f"more than {CATEGORIES_MAX}" if len(kinds) > CATEGORIES_MAX else f"{len(kinds)}"
            detail = f"{many} event types, {len(metadata)} metadata columns"
            yield Finding(rule=rules.TOO_MANY_KINDS, column=EVENT_TYPE, detail=detail)
        for name, found in self._categories.items():
            if name != EVENT_TYPE and len(found) > CATEGORIES_MAX:
                yield Finding(rule=rules.TOO_MANY_CATEGORIES, column=name)

    def _sparse_columns(self) -> Iterator[Finding]:
        for name, empty in self._empty.items():
            filled = 1 - empty / self.rows
            if filled < FILLED_MIN:
                yield Finding(rule=rules.COLUMN_SPARSE, column=name, detail=f"{filled:.0%} filled")
