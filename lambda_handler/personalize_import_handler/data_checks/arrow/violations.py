"""Conditions evaluated for all values of a column at once.

Cheap operations decide about nearly all values. Only what they leave open is matched with regular expressions, and only
very few values are checked in Python. https://arrow.apache.org/docs/python/api/compute.html
"""

from collections.abc import Callable, Iterable
from functools import cached_property, singledispatch
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.column_checks import Check
from personalize_import_handler.data_checks.conditions import (
    DECIMAL,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsLongerText,
    IsNoneOf,
    IsOneOf,
    Matches,
    NotInteger,
    NotMatching,
)

Mask: TypeAlias = pa.BooleanArray
"""One truth value for each value of a column."""

_DIGITS_MAX: Final = 19
"""Every integer of so many digits fits into 64 bits without a sign."""
_UNSIGNED_MAX: Final = (1 << 64) - 1
_SIGNED_INTEGER: Final = "[+-]?[0-9]+"


class Values:
    """The values of a column in one block, with what several conditions need of them."""

    def __init__(self, array: pa.StringArray, checks: Iterable[Check]) -> None:
        self.array = array
        self._checks = checks

    @cached_property
    def has_words(self) -> bool:
        """True if a value is a word of any check."""
        words = [check.condition.values for check in self._checks if isinstance(check.condition, IsOneOf)]
        return is_any(_is_in(self.array, frozenset().union(*words)))

    @cached_property
    def lengths(self) -> pa.Int32Array:
        """The lengths in bytes."""
        return pc.binary_length(self.array)

    @cached_property
    def _lengths_min_max(self) -> pa.StructScalar:
        return pc.min_max(self.lengths)

    @property
    def length_max(self) -> int:
        """The length of the longest value in bytes."""
        return int(self._lengths_min_max["max"].as_py())

    @property
    def has_empty(self) -> bool:
        """True if a value is empty."""
        return not self._lengths_min_max["min"].as_py()

    @cached_property
    def filled(self) -> Mask:
        """The values that aren't empty."""
        return pc.greater(self.lengths, 0)

    @cached_property
    def are_digits(self) -> Mask:
        """The values that are up to 19 digits and nothing else."""
        digits = pc.ascii_is_decimal(self.array)
        return digits if self.length_max <= _DIGITS_MAX else pc.and_(digits, pc.less_equal(self.lengths, _DIGITS_MAX))

    @cached_property
    def numbers(self) -> pa.UInt64Array:
        """These values as numbers, all others as null."""
        digits = self.array if is_all(self.are_digits) else pc.if_else(self.are_digits, self.array, None)
        return pc.cast(digits, pa.uint64())

    @cached_property
    def are_decimals(self) -> Mask:
        """The values that are digits with at most one point."""
        rest = pc.ascii_trim(self.array, "0123456789")
        point_or_nothing = pc.or_(pc.equal(rest, "."), pc.equal(pc.binary_length(rest), 0))
        return pc.and_(point_or_nothing, pc.not_equal(self.array, "."))

    @cached_property
    def are_odd(self) -> Mask:
        """The values that are neither empty nor in `numbers`."""
        return pc.and_not(self.filled, self.are_digits)

    @cached_property
    def are_odd_integers(self) -> Mask:
        """The integers that aren't in `numbers`: they have a sign or many digits."""
        return self.among(self.are_odd, lambda array: matches(array, _SIGNED_INTEGER))

    def among(self, some: Mask, test: Callable[[pa.StringArray], Mask]) -> Mask:
        """Return those of some values for which a test holds."""
        if not is_any(some):
            return some
        if is_all(some):
            return test(self.array)
        return pc.replace_with_mask(some, some, test(self.array.filter(some)))

    def in_python(self, some: Mask, condition: Condition) -> Mask:
        """Return those of a few values for which a condition holds."""
        return self.among(some, lambda array: pa.array([condition.holds(value) for value in array.to_pylist()]))


def is_any(mask: Mask) -> bool:
    """Return whether a mask has a true value."""
    return bool(pc.any(mask).as_py())


def is_all(mask: Mask) -> bool:
    """Return whether all values of a mask are true."""
    return bool(pc.all(mask).as_py())


def matches(array: pa.StringArray, pattern: str) -> Mask:
    """Return the values that match a pattern as a whole."""
    return pc.match_substring_regex(array, f"^(?:{pattern})$")


@singledispatch
def violations(condition: Condition, values: Values) -> Mask | None:
    """Return the values for which a condition holds; None if there is none."""
    raise TypeError(f"{condition!r} is no condition on {values!r}")


@violations.register
def _(_: IsEmpty, values: Values) -> Mask | None:
    return pc.invert(values.filled) if values.has_empty else None


@violations.register
def _(condition: IsLonger, values: Values) -> Mask | None:
    if values.length_max <= condition.than:
        return None
    return pc.greater(pc.utf8_length(values.array), condition.than)


@violations.register
def _(condition: IsLongerText, values: Values) -> Mask | None:
    if values.length_max <= condition.ideographs:
        return None
    return values.in_python(pc.greater(pc.utf8_length(values.array), condition.ideographs), condition)


@violations.register
def _(condition: Matches, values: Values) -> Mask | None:
    may_match = values.filled
    if condition.lengths:
        may_match = pc.is_in(values.lengths, value_set=pa.array(condition.lengths, type=pa.int32()))
    if condition.ending:
        may_match = pc.ends_with(values.array, condition.ending)
    return values.among(may_match, lambda array: matches(array, condition.pattern))


@violations.register
def _(condition: NotMatching, values: Values) -> Mask | None:
    open_ones = pc.and_not(values.filled, values.are_decimals) if condition.pattern == DECIMAL else values.filled
    wrong = values.among(open_ones, lambda array: pc.invert(matches(array, condition.pattern)))
    return _besides(wrong, values, condition.besides)


@violations.register
def _(condition: NotInteger, values: Values) -> Mask | None:
    too_large = _is_true(pc.greater(values.numbers, pa.scalar(condition.high, pa.uint64())))
    if not is_any(values.are_odd):
        return too_large
    not_integers = _besides(pc.and_not(values.are_odd, values.are_odd_integers), values, condition.besides)
    return pc.or_(pc.or_(too_large, not_integers), values.in_python(values.are_odd_integers, condition))


@violations.register
def _(condition: IsBetween, values: Values) -> Mask | None:
    low, high = max(condition.low, 0), min(condition.high, _UNSIGNED_MAX)
    within = pc.and_(
        pc.greater_equal(values.numbers, pa.scalar(low, pa.uint64())),
        pc.less_equal(values.numbers, pa.scalar(high, pa.uint64())),
    )
    found = _is_true(within)
    if condition.besides is not None and is_any(found):
        besides = condition.besides
        found = values.among(found, lambda array: pc.invert(matches(array, besides)))
    if is_any(values.are_odd) and is_any(values.are_odd_integers):
        found = pc.or_(found, values.in_python(values.are_odd_integers, condition))
    return found


@violations.register
def _(condition: IsOneOf, values: Values) -> Mask | None:
    return _is_in(values.array, condition.values) if values.has_words else None


@violations.register
def _(condition: IsNoneOf, values: Values) -> Mask | None:
    return pc.and_not(values.filled, _is_in(values.array, condition.values))


def _is_true(mask: Mask) -> Mask:
    """Return a mask without nulls."""
    return pc.fill_null(mask, fill_value=False) if mask.null_count else mask


def _is_in(array: pa.StringArray, words: frozenset[str]) -> Mask:
    return pc.is_in(array, value_set=pa.array(sorted(words), type=pa.string()))


def _besides(mask: Mask, values: Values, words: frozenset[str]) -> Mask:
    return pc.and_not(mask, _is_in(values.array, words)) if words and is_any(mask) else mask
