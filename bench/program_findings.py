"""Findings of a contender, in a form in which contenders can be compared."""

import json
import sys
from dataclasses import dataclass, field

from personalize_import_handler.data_checks.aggregates import FILLED_MIN, INTERACTIONS_MIN, KINDS_MAX
from personalize_import_handler.data_checks.column_checks import VALUE_LENGTH_MAX
from personalize_import_handler.data_checks.dataset_types import DATASET_TYPES
from personalize_import_handler.data_checks.row_checker import USERS_ENOUGH

TEXT_LENGTHS = {"USER_ID": 256, "ITEM_ID": 256, "EVENT_TYPE": VALUE_LENGTH_MAX}
RESERVED = next(each for each in DATASET_TYPES if each.name == "INTERACTIONS").known_fields(None)
YEAR_2100 = 4_102_444_800
MILLISECONDS_MIN = 10**12


@dataclass
class ProgramFindings:
    """Findings, and the counts for rules about all rows."""

    rows: int = 0
    empty_ratings: int = 0
    users: set[str] = field(default_factory=set)
    users_with_two: set[str] = field(default_factory=set)
    event_types: set[str] = field(default_factory=set)
    _first: dict[tuple[str, str | None], int | None] = field(default_factory=dict)
    _counts: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def add(self, rule: str, column: str | None = None, line: int | None = None, count: int = 1) -> None:
        """Add a finding."""
        self._first.setdefault((rule, column), line)
        self._counts[rule, column] = self._counts.get((rule, column), 0) + count

    @property
    def has_users(self) -> bool:
        """Return whether enough users with two interactions have been found."""
        return len(self.users_with_two) >= USERS_ENOUGH

    def report(self) -> None:
        """Check the rules about all rows, and write all findings to standard output."""
        if self.rows < INTERACTIONS_MIN:
            self.add("too-few-interactions")
        if not self.has_users:
            self.add("too-few-users", "USER_ID")
        if len(self.event_types) + 1 > KINDS_MAX:  # with the metadata column
            self.add("too-many-kinds", "EVENT_TYPE")
        if self.rows and 1 - self.empty_ratings / self.rows < FILLED_MIN:
            self.add("column-sparse", "RATING")
        findings = [[rule, column, self._first[rule, column], count] for (rule, column), count in self._counts.items()]
        sys.stdout.write(json.dumps({"rows": self.rows, "findings": findings}))
