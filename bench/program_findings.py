"""Findings of a contender, in a form in which contenders can be compared."""

import json
import re
import sys
from dataclasses import dataclass, field

from personalize_import_handler.data_checks.aggregates import FILLED_MIN, INTERACTIONS_MIN, KINDS_MAX, USERS_ENOUGH
from personalize_import_handler.data_checks.column_checks import VALUE_LENGTH_MAX
from personalize_import_handler.data_checks.dataset_types import DATASET_TYPES

TEXT_LENGTHS = {"USER_ID": 256, "ITEM_ID": 256, "EVENT_TYPE": VALUE_LENGTH_MAX}
RESERVED = next(each for each in DATASET_TYPES if each.name == "INTERACTIONS").known_types(None)
TIMES = {
    "before-1990": (-(2**63), 631_152_000),
    "far-future": (4_102_444_800, 10**12),
    "milliseconds": (10**12, 10**14),
    "microseconds": (10**14, 10**17),
    "nanoseconds": (10**17, 2**63),
}
"""The ranges of wrong times, without their ends; 0 and dates written as numbers are not among them."""
DATE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?", re.ASCII)
DATE_LENGTHS = (8, 12, 14)
ID_FROM_FLOAT = re.compile(r"\d+\.0", re.ASCII)


@dataclass
class ProgramFindings:
    """Findings, and the counts for rules about all rows."""

    rows: int = 0
    empty_ratings: int = 0
    users: set[str] = field(default_factory=set)
    users_with_two: set[str] = field(default_factory=set)
    event_types: set[str] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    different: set[tuple[str, ...]] = field(default_factory=set)
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
        elif len(self.different) < INTERACTIONS_MIN:
            self.add("too-few-different")
        if len(self.times) == 1:
            self.add("single-time", "TIMESTAMP")
        if not self.has_users:
            self.add("too-few-users", "USER_ID")
        if len(self.event_types) + 1 > KINDS_MAX:  # with the metadata column
            self.add("too-many-kinds", "EVENT_TYPE")
        if self.rows and 1 - self.empty_ratings / self.rows < FILLED_MIN:
            self.add("column-sparse", "RATING")
        findings = [[rule, column, self._first[rule, column], count] for (rule, column), count in self._counts.items()]
        sys.stdout.write(json.dumps({"rows": self.rows, "findings": findings}))
