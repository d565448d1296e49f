"""Conditions on values, as data: whoever looks at rows works them out in its own way, Python here, SQL elsewhere.

All but `IsEmpty` are about values that are not empty. Patterns mean the same to Python's `re` and to RE2, and match the
whole value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatch
from typing import Final

INTEGER: Final = "[+-]?[0-9]{1,30}"
# One way to match each value: where digits could belong to either of two repetitions, time grows with each column.
DECIMAL: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
BOOLEAN: Final = "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]"

_INTEGER: Final = re.compile(INTEGER)


@dataclass(frozen=True)
class IsEmpty:
    """There is no value."""


@dataclass(frozen=True)
class IsLonger:
    """The value has more characters."""

    than: int


@dataclass(frozen=True)
class NotMatching:
    """The value has another form."""

    pattern: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, for Python."""
        return re.compile(self.pattern)


@dataclass(frozen=True)
class NotInteger:
    """The value is no integer of so many bits."""

    bits: int

    @property
    def low(self) -> int:
        """The least integer."""
        return -(1 << (self.bits - 1))

    @property
    def high(self) -> int:
        """The greatest integer."""
        return (1 << (self.bits - 1)) - 1


@dataclass(frozen=True)
class IsBetween:
    """The value is an integer, from one to another, both included."""

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
    """Say whether a condition holds for a value, which is not empty."""
    raise TypeError(f"{condition!r} is no condition on {value!r}")


@singledispatch
def may_hold(condition: Condition, values: Sequence[str]) -> bool:
    """Say quickly whether a condition may hold for any of many values; False is certain."""
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
