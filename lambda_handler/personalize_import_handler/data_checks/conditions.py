"""Conditions on values, as data: one row checker evaluates them in Python, the other with pyarrow.

All except `IsEmpty` apply only to non-empty values. Patterns mean the same in Python's `re` and in RE2, and match the
whole value.
"""

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

INTEGER: Final = re.compile("[+-]?[0-9]{1,30}")
# Unambiguous: if two repetitions could match the same digits, the matching time would grow with each column.
DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
BOOLEAN: Final = re.compile("[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]")

# Hiragana, katakana, and the ideographs that Chinese and Japanese share.
_CHINESE_OR_JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@lru_cache(maxsize=1 << 14)  # several conditions read the same values
def integer_of(value: str) -> int | None:
    """Return an integer; None for any other text."""
    return int(value) if INTEGER.fullmatch(value) else None


@dataclass(frozen=True)
class IsEmpty:
    """The value is empty."""

    def holds(self, value: str) -> bool:
        """Return whether the value is empty."""
        return not value


@dataclass(frozen=True)
class IsLonger:
    """The value has more than `than` characters, or if it is Chinese or Japanese, more than `ideographs`."""

    than: int
    ideographs: int = sys.maxsize

    def holds(self, value: str) -> bool:
        """Return whether the value is longer; it is Chinese or Japanese if these are a third of its characters."""
        if len(value) > self.than:
            return True
        return len(value) > self.ideographs and len(_CHINESE_OR_JAPANESE.findall(value)) * 3 > len(value)


@dataclass(frozen=True)
class Matches:
    """The value matches the pattern."""

    pattern: re.Pattern[str]
    lengths: tuple[int, ...] = ()
    """The lengths that matches can have, so that most values need no matching. Empty: any."""
    ending: str = ""
    """The end of all matches, for the same reason."""

    def holds(self, value: str) -> bool:
        """Return whether the value matches."""
        return self.pattern.fullmatch(value) is not None


@dataclass(frozen=True)
class IsBetween:
    """The value is an integer within a range, both ends included."""

    low: int
    high: int

    def holds(self, value: str) -> bool:
        """Return whether the value is within the range."""
        integer = integer_of(value)
        return integer is not None and self.low <= integer <= self.high


@dataclass(frozen=True)
class IsOneOf:
    """The value is one of these."""

    values: frozenset[str]

    def holds(self, value: str) -> bool:
        """Return whether the value is one of these."""
        return value in self.values


@dataclass(frozen=True)
class Not:
    """The value doesn't meet a condition."""

    condition: "Condition"
    among: "Condition | None" = None
    """Another condition, which the value meets. Default: any value."""

    def holds(self, value: str) -> bool:
        """Return whether the condition doesn't hold, among these values."""
        return (self.among is None or self.among.holds(value)) and not self.condition.holds(value)


Condition = IsEmpty | IsLonger | Matches | IsBetween | IsOneOf | Not
