"""Conditions on values, as data: each row checker evaluates them in its own way, in Python or in SQL.

All except `IsEmpty` apply only to non-empty values. Patterns mean the same in Python's `re` and in RE2, and match the
whole value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatch
from typing import Final

INTEGER: Final = "[+-]?[0-9]{1,30}"
# Unambiguous: if two repetitions could match the same digits, the matching time would grow with each column.
DECIMAL: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
BOOLEAN: Final = "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]"

_INTEGER: Final = re.compile(INTEGER)


@dataclass(frozen=True)
class IsEmpty:
    """The value is empty."""


@dataclass(frozen=True)
class IsLonger:
    """The value has more than `than` characters."""

    than: int


@dataclass(frozen=True)
class NotMatching:
    """The value doesn't match the pattern."""

    pattern: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)


@dataclass(frozen=True)
class NotInteger:
    """The value is not a signed integer of this many bits."""

    bits: int

    @property
    def low(self) -> int:
        """The smallest integer."""
        return -(1 << (self.bits - 1))

    @property
    def high(self) -> int:
        """The largest integer."""
        return (1 << (self.bits - 1)) - 1


@dataclass(frozen=True)
class IsBetween:
    """The value is an integer within a range, both ends included."""

    low: int
    high: int


@dataclass(frozen=True)
class IsOneOf:
    """The value is one of these."""

    values: frozenset[str]


@dataclass(frozen=True)
class IsNoneOf:
    """The value is none of these."""

    values: frozenset[str]


Condition = IsEmpty | IsLonger | NotMatching | NotInteger | IsBetween | IsOneOf | IsNoneOf


@singledispatch
def holds(condition: Condition, value: str) -> bool:
    """Return whether a condition holds for a non-empty value."""
    raise TypeError(f"{condition!r} is no condition on {value!r}")


@singledispatch
def may_hold(condition: Condition, values: Sequence[str]) -> bool:
    """Return whether a condition may hold for any of the values; fast, and only False is certain."""
    return any(holds(condition, value) for value in values)


@holds.register
def _(condition: IsLonger, value: str) -> bool:
    return len(value) > condition.than


@may_hold.register
def _(condition: IsLonger, values: Sequence[str]) -> bool:
    return max(map(len, values)) > condition.than


@holds.register
def _(condition: NotMatching, value: str) -> bool:
    return condition.compiled.fullmatch(value) is None


@may_hold.register
def _(condition: NotMatching, values: Sequence[str]) -> bool:
    return not all(map(condition.compiled.fullmatch, values))


@holds.register
def _(condition: NotInteger, value: str) -> bool:
    return _INTEGER.fullmatch(value) is None or not condition.low <= int(value) <= condition.high


@may_hold.register
def _(condition: NotInteger, values: Sequence[str]) -> bool:
    if not all(map(_INTEGER.fullmatch, values)):
        return True
    integers = list(map(int, values))
    return min(integers) < condition.low or max(integers) > condition.high


@holds.register
def _(condition: IsBetween, value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None and condition.low <= int(value) <= condition.high


@may_hold.register
def _(condition: IsBetween, values: Sequence[str]) -> bool:
    try:
        integers = list(map(int, values))
    except ValueError:
        return True
    return min(integers) <= condition.high and max(integers) >= condition.low


@holds.register
def _(condition: IsOneOf, value: str) -> bool:
    return value in condition.values


@may_hold.register
def _(condition: IsOneOf, values: Sequence[str]) -> bool:
    return not condition.values.isdisjoint(values)


@holds.register
def _(condition: IsNoneOf, value: str) -> bool:
    return value not in condition.values


@may_hold.register
def _(condition: IsNoneOf, values: Sequence[str]) -> bool:
    return not condition.values.issuperset(values)
