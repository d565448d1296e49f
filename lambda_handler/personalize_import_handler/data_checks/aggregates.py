"""Findings about all rows together: counts, categories, times, and sparse columns."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import EVENT_TYPE, TIMESTAMP, USER_ID, Column
from personalize_import_handler.data_checks.dataset_types import DatasetType
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rows import Rows

INTERACTIONS_MIN: Final = 1000
EVENTS_MIN: Final = 1000
KINDS_MAX: Final = 10
CATEGORIES_MAX: Final = 1000
FILLED_MIN: Final = 0.7
TEXT_FILLED_MIN: Final = 0.85
TIMES_ENOUGH: Final = 2
USERS_ENOUGH: Final = 25
"""The number of users with two interactions that training needs; no more are counted."""


@dataclass(kw_only=True)
class BlockReport:
    """The findings in a block or in several, and the counts for rules on all data; memory is bounded."""

    findings: Findings = field(default_factory=Findings)
    lines: int = 0
    """The number of lines of a block."""
    rows: Rows[Any] | None = None
    """The rows of a block, to find ids and users that are in other blocks too; None if it has no rows."""
    empty: Counter[str] = field(default_factory=Counter)
    """The number of empty values in each column that may be sparse."""
    categories: dict[str, set[str]] = field(default_factory=dict)
    """The different values of the columns whose number is limited, until they exceed the limit."""
    event_types: Counter[str] = field(default_factory=Counter)
    """The number of rows of each event type that the recommenders of the domain need."""
    times: set[tuple[str, ...]] = field(default_factory=set)
    """Different times, no more than matter."""
    different: set[tuple[str, ...]] = field(default_factory=set)
    """Different rows, no more than matter."""

    def add(self, report: "BlockReport", first_line: int) -> None:
        """Add the findings and counts of a block."""
        self.findings.rows += report.findings.rows
        self.findings.add_all(each.moved(first_line) for each in report.findings)
        self.empty += report.empty
        self.event_types += report.event_types
        self.times |= report.times
        self.different |= report.different
        for name, values in report.categories.items():
            found = self.categories.setdefault(name, set())
            for value in values:
                if len(found) > CATEGORIES_MAX:
                    break
                found.update(value.split("|") if value else ())


@dataclass
class Summary:
    """Everything found in all blocks."""

    dataset_type: DatasetType
    domain: str | None
    total: BlockReport = field(default_factory=BlockReport)
    columns: dict[str, Column] = field(default_factory=dict)
    """The columns of all files, by their names in upper case."""

    def findings(
        self, repeated_ids: Iterable[Finding], users_with_two: Callable[[], int], *, is_whole: bool
    ) -> Iterator[Finding]:
        """Yield the findings about all rows; unless `is_whole`, only the findings that more rows wouldn't change."""
        yield from self._categories_found()
        if self.dataset_type.key:
            yield from repeated_ids
        if not is_whole or not self.total.findings.rows:
            return
        if self.dataset_type.has_minimum:
            yield from self._too_few_interactions()
        user = self.columns.get(USER_ID) if self.dataset_type.is_interactions else None
        if user and (users := users_with_two()) < USERS_ENOUGH:
            yield Finding(rule=rules.TOO_FEW_USERS, column=user.name, detail=f"{users}")
        yield from self._too_few_of_a_type()
        yield from self._sparse_columns()

    def _too_few_interactions(self) -> Iterator[Finding]:
        rows, different = self.total.findings.rows, len(self.total.different)
        if rows < INTERACTIONS_MIN:
            yield Finding(rule=rules.TOO_FEW_INTERACTIONS, detail=f"{rows}")
        elif different < INTERACTIONS_MIN:
            yield Finding(rule=rules.TOO_FEW_DIFFERENT, detail=f"{different} of {rows}")
        if rows > 1 and len(self.total.times) == 1:
            yield Finding(rule=rules.SINGLE_TIME, column=self.columns[TIMESTAMP].name)

    def _too_few_of_a_type(self) -> Iterator[Finding]:
        needed = self.dataset_type.event_types_in(self.domain)
        column = self.columns.get(EVENT_TYPE)
        if not needed or column is None:
            return
        counts = {name: self.total.event_types[name.casefold()] for name in needed}
        if not any(counts.values()):
            yield Finding(rule=rules.TOO_FEW_OF_TYPE, column=column.name, detail=f"no {' and no '.join(needed)}")
        for name, count in counts.items():
            if 0 < count < EVENTS_MIN:
                yield Finding(rule=rules.TOO_FEW_OF_TYPE, column=column.name, detail=f"{name}: {count}")

    def _categories_found(self) -> Iterator[Finding]:
        column = self.columns.get(EVENT_TYPE) if self.dataset_type.is_interactions else None
        kinds = self.total.categories.get(column.name, set()) if column else set()
        metadata = [each for each in self.columns.values() if each.is_metadata]
        if column and kinds and len(kinds) + len(metadata) > KINDS_MAX:
            many = f"more than {CATEGORIES_MAX}" if len(kinds) > CATEGORIES_MAX else f"{len(kinds)}"
            detail = f"{many} event types, {len(metadata)} metadata columns"
            yield Finding(rule=rules.TOO_MANY_KINDS, column=column.name, detail=detail)
        for name, found in self.total.categories.items():
            if not (column and name == column.name) and len(found) > CATEGORIES_MAX:
                yield Finding(rule=rules.TOO_MANY_CATEGORIES, column=name)

    def _sparse_columns(self) -> Iterator[Finding]:
        for column in self.columns.values():
            filled = 1 - self.total.empty[column.name] / self.total.findings.rows
            if column.textual and filled < TEXT_FILLED_MIN:
                yield Finding(rule=rules.TEXT_SPARSE, column=column.name, detail=f"{filled:.0%} filled")
            elif filled < FILLED_MIN:
                yield Finding(rule=rules.COLUMN_SPARSE, column=column.name, detail=f"{filled:.0%} filled")
