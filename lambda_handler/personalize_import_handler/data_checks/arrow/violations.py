"""Conditions evaluated for all values of a column at once.

Casts and regular expressions in RE2 decide about nearly all values; only very few are checked in Python.
https://arrow.apache.org/docs/python/api/compute.html
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, singledispatch
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.column_checks import Check
from personalize_import_handler.data_checks.conditions import (
    DECIMAL,
    INTEGER,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsOneOf,
    Matches,
    NotInteger,
    NotMatching,
)

Mask: TypeAlias = pa.BooleanArray
"""One truth value for each value."""
Places: TypeAlias = pa.UInt64Array
"""The positions of some values in a column."""

_NONE: Final[Places] = pa.array([], type=pa.uint64())
_INTEGER_64: Final = re.compile("-?[0-8]?[0-9]{1,18}")
"""Integers that fit into 64 bits by their number of digits."""
_DIGITS_MAX: Final = 30
"""The maximum number of digits of an integer in `INTEGER`."""
_HEAD: Final = 10
"""The number of values that are cast first: a cast takes a hundred times as long for each value that isn't a number."""
_LOWEST: Final = -(1 << 63)
_HIGHEST: Final = (1 << 63) - 1


class Values:
    """The values of a column in one block, empty ones as null, with what several conditions need of them."""

    def __init__(self, array: pa.StringArray, checks: Iterable[Check]) -> None:
        self.array = array
        self._checks = checks

    @cached_property
    def lengths(self) -> range:
        """The lengths that values can have in bytes, from the shortest to the longest."""
        return _range_of(pc.binary_length(self.array))

    @property
    def length_max(self) -> int:
        """The length of the longest value in bytes."""
        return self.lengths[-1]

    @cached_property
    def numbers(self) -> pa.Int64Array | pa.DoubleArray | None:
        """The values as numbers; None unless all of them are numbers."""
        for number in (pa.int64(), pa.float64()):
            try:
                pc.cast(self.array[:_HEAD], number)
                numbers = pc.cast(self.array, number)
            except pa.ArrowInvalid:
                continue
            if number == pa.float64():
                return numbers if pc.all(pc.is_finite(numbers)).as_py() else None  # NaN and infinity are words
            if self.length_max <= _DIGITS_MAX and not contains(self.array, "xX"):  # a cast takes 0x1F for an integer
                return numbers
        return None

    @cached_property
    def integers(self) -> pa.Int64Array:
        """The values as integers, null where they aren't or may not fit into 64 bits."""
        if self.numbers is not None and self.numbers.type == pa.int64():
            return self.numbers
        return pc.cast(pc.if_else(_matches(self.array, _INTEGER_64), self.array, None), pa.int64())

    @cached_property
    def integers_range(self) -> range:
        """From the smallest to the largest of these integers."""
        return _range_of(self.integers)

    @cached_property
    def others(self) -> Places:
        """The values that aren't in `integers`."""
        if self.integers.null_count == self.array.null_count:
            return _NONE
        return _where(pc.and_not(self.array.is_valid(), self.integers.is_valid()))

    @cached_property
    def other_integers(self) -> Places:
        """The other values that are integers: they have a plus sign or many digits."""
        return self.those(self.others, lambda array: _matches(array, INTEGER))

    @cached_property
    def may_be_words(self) -> Places:
        """The values with the first byte of a word of any check; no word is a number."""
        if self.numbers is not None:
            return _NONE
        first_bytes = first_byte(self.array)
        found = _range_of(first_bytes)
        words = [check.condition.values for check in self._checks if isinstance(check.condition, IsOneOf)]
        wanted = {byte for word in frozenset[str]().union(*words) if (byte := word.encode()[0]) in found}
        return _where(pc.is_in(first_bytes, value_set=pa.array(wanted, type=pa.uint8()))) if wanted else _NONE

    def those(self, places: Places, test: Callable[[pa.StringArray], Mask]) -> Places:
        """Return the places of some values for which a test holds."""
        return places.filter(test(self.array.take(places))) if len(places) else places

    def in_python(self, places: Places, condition: Condition) -> Places:
        """Return the places of a few values for which a condition holds."""
        return self.those(places, lambda array: pa.array(map(condition.holds, array.to_pylist()), type=pa.bool_()))


@singledispatch
def violations(condition: Condition, values: Values) -> Places:
    """Return the places of the values for which a condition holds, in no particular order."""
    raise TypeError(f"{condition!r} is no condition on {values!r}")


@violations.register
def _(_: IsEmpty, values: Values) -> Places:
    return _where(values.array.is_null()) if values.array.null_count else _NONE


@violations.register
def _(condition: IsLonger, values: Values) -> Places:
    limit = min(condition.than, condition.ideographs)
    if values.length_max <= limit:
        return _NONE
    longer = _where(pc.greater(pc.utf8_length(values.array), limit))
    return longer if limit == condition.than else values.in_python(longer, condition)


@violations.register
def _(condition: Matches, values: Values) -> Places:
    if condition.lengths:
        lengths = [length for length in condition.lengths if length in values.lengths]
        if not lengths:
            return _NONE
        may_match = pc.is_in(pc.binary_length(values.array), value_set=pa.array(lengths, type=pa.int32()))
    elif contains(values.array, condition.ending[0]):
        may_match = pc.ends_with(values.array, condition.ending)
    else:
        return _NONE
    return values.those(_where(may_match), lambda array: _matches(array, condition.pattern))


@violations.register
def _(condition: NotMatching, values: Values) -> Places:
    if condition.pattern is DECIMAL and values.numbers is not None:
        return _NONE
    return _besides(_where(pc.invert(_matches(values.array, condition.pattern))), values, condition.besides)


@violations.register
def _(condition: NotInteger, values: Values) -> Places:
    found, outside = values.integers_range, _NONE
    if found.start < condition.low or condition.high < found.stop - 1:
        outside = _where(pc.or_(pc.less(values.integers, condition.low), pc.greater(values.integers, condition.high)))
    if not len(values.others):
        return outside
    not_integers = values.others.filter(pc.invert(pc.is_in(values.others, value_set=values.other_integers)))
    wrong = _besides(not_integers, values, condition.besides)
    return pa.concat_arrays([outside, wrong, values.in_python(values.other_integers, condition)])


@violations.register
def _(condition: IsBetween, values: Values) -> Places:
    found = _NONE
    if values.integers_range.start <= condition.high and condition.low < values.integers_range.stop:
        within = pc.and_(
            pc.greater_equal(values.integers, max(condition.low, _LOWEST)),
            pc.less_equal(values.integers, min(condition.high, _HIGHEST)),
        )
        found = _where(within)
    if (besides := condition.besides) is not None:
        found = values.those(found, lambda array: pc.invert(_matches(array, besides)))
    if not len(values.others):
        return found
    return pa.concat_arrays([found, values.in_python(values.other_integers, condition)])


@violations.register
def _(condition: IsOneOf, values: Values) -> Places:
    return values.those(values.may_be_words, lambda array: _is_in(array, condition.values))


def _besides(places: Places, values: Values, words: frozenset[str]) -> Places:
    return values.those(places, lambda array: pc.invert(_is_in(array, words))) if words else places


def _range_of(numbers: pa.IntegerArray) -> range:
    found = pc.min_max(numbers).as_py()
    return range(found["min"] or 0, (found["max"] or 0) + 1)


def _where(mask: Mask) -> Places:
    return pc.indices_nonzero(mask)


def _matches(array: pa.StringArray, pattern: re.Pattern[str]) -> Mask:
    """Return the values that match a pattern as a whole."""
    return pc.match_substring_regex(array, f"^(?:{pattern.pattern})$")


def _is_in(array: pa.StringArray, words: frozenset[str]) -> Mask:
    return pc.is_in(array, value_set=pa.array(sorted(words), type=pa.string()))


def contains(values: pa.StringArray, characters: str) -> bool:
    """Return whether any of some ASCII characters is in any value; much faster than a search in each value."""
    buffer = values.buffers()[2]
    content = buffer.to_pybytes() if buffer else b""
    return any(character.encode() in content for character in characters)


def first_byte(values: pa.StringArray) -> pa.UInt8Array:
    """Return the first byte of each value; null if there is none."""
    validity, offsets, content = values.buffers()
    places = pa.Array.from_buffers(pa.int32(), len(values), [validity, offsets], values.null_count, values.offset)
    return pa.Array.from_buffers(pa.uint8(), content.size if content else 0, [None, content]).take(places)
