"""The rows of a block, with the values of each column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.conditions import Condition, IsEmpty
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.tokenizer import Record


class Values(Protocol):
    """The values of a column."""

    def found(self, condition: Condition) -> tuple[int, int] | None:
        """Return the place of the first value for which a condition holds, and the number of them; None without any."""
        ...

    @property
    def distinct(self) -> frozenset[str]:
        """The different values."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return the number of rows of each value; this takes longer than `distinct`."""
        ...

    def __getitem__(self, place: int, /) -> str:
        """Return the value at a place."""
        ...


class PlainValues(tuple[str, ...]):  # noqa: SLOT001 - it caches the different values
    """The values of a column as strings."""

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different values; usually, there are far fewer than rows."""
        return frozenset(self)

    def found(self, condition: Condition) -> tuple[int, int] | None:
        """Return the place of the first value for which a condition holds, and their number."""
        if isinstance(condition, IsEmpty):
            holding = {""} & self.distinct
        else:
            holds = condition.holds
            holding = {value for value in self.distinct if value and holds(value)}
        if not holding:
            return None
        places = [place for place, value in enumerate(self) if value in holding]
        return places[0], len(places)

    def counts(self) -> Mapping[str, int]:
        """Return the number of rows of each value."""
        return Counter(self)


V_co = TypeVar("V_co", bound=Values, covariant=True)


@dataclass(frozen=True)
class Block:
    """Consecutive lines of a file that hold whole records. Their numbers count from 0 until the block is added."""

    file: str
    lines: bytes
    findings: Findings = field(default_factory=Findings)
    """The lines that aren't UTF-8, or why the file isn't read further."""
    records: Sequence[Record] | None = None
    """The records; None if the row checker splits the lines itself."""


@dataclass
class Rows(Generic[V_co]):
    """The well-formed rows of a block, and the findings about the other ones."""

    file: str
    lines: Sequence[int]
    """The line of each row in the block."""
    line_count: int
    """The number of lines of the block, including those that hold no row."""
    findings: Findings
    values: Mapping[int, V_co]
    """The values of each column by its place; empty without rows."""


def field_count(file: str, line: int, fields: int, width: int, count: int = 1) -> Finding:
    """Return the finding about rows with more or fewer values than the header."""
    return Finding(rule=rules.FIELD_COUNT, file=file, line=line, detail=f"{fields} instead of {width}", count=count)
