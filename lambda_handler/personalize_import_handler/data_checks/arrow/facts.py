"""Facts about the values of a column in an array of pyarrow, each of which several conditions need.

Ranges of bytes and of lengths decide about most values, and take a fraction of the time of a cast.
https://arrow.apache.org/docs/python/api/compute.html
"""

import re
from functools import cached_property
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.conditions import DECIMAL, INTEGER

_INTEGER_64: Final = re.compile("-?[0-8]?[0-9]{1,18}")
"""Integers that fit into 64 bits by their number of digits."""
_DIGITS_MAX: Final = 30
"""The maximum number of digits of an integer in `INTEGER`."""
_DIGITS: Final = range(ord("0"), ord("9") + 1)
_HEAD: Final = 10
"""The number of values that are matched first: a cast takes a hundred times as long for what isn't a number."""


class ColumnFacts:
    """The values of a column in one block, empty ones as null."""

    def __init__(self, array: pa.StringArray) -> None:
        self.array = array

    @cached_property
    def filled(self) -> pa.BooleanArray:
        """The mask of the values that aren't empty."""
        return self.array.is_valid()

    @cached_property
    def lengths(self) -> range:
        """The lengths that values can have in bytes, from the shortest to the longest."""
        return _range_of(pc.binary_length(self.array))

    @cached_property
    def bytes_range(self) -> range:
        """From the smallest to the largest byte in any value."""
        return _range_of(_bytes_of(self.array))

    @cached_property
    def numbers(self) -> pa.Int64Array | pa.DoubleArray | None:
        """The values as numbers; None unless all of them are numbers."""
        head = list(filter(None, strings(self.array[:_HEAD])))
        for number, pattern in ((pa.int64(), _INTEGER_64), (pa.float64(), DECIMAL)):
            if not all(map(pattern.fullmatch, head)):
                continue
            try:
                numbers = pc.cast(self.array, number)
            except pa.ArrowInvalid:
                continue
            if number == pa.float64():
                return numbers if pc.all(pc.is_finite(numbers)).as_py() else None  # NaN and infinity are words
            if self.lengths[-1] <= _DIGITS_MAX and self.bytes_range[-1] in _DIGITS:  # a cast takes 0x1F for an integer
                return numbers
        return None

    @cached_property
    def digits_range(self) -> range | None:
        """A range that has all values, by their first digits; None if lengths differ or not all are digits."""
        length = self.lengths[0]
        if len(self.lengths) > 1 or not 0 < length <= _DIGITS_MAX or not is_within(self.bytes_range, _DIGITS):
            return None
        first, unit = _range_of(self.first_bytes), 10 ** (length - 1)
        return range((first.start - _DIGITS.start) * unit, (first.stop - _DIGITS.start) * unit)

    @cached_property
    def integers(self) -> pa.Int64Array:
        """The values as integers, null where they aren't or may not fit into 64 bits."""
        if self.numbers is not None and self.numbers.type == pa.int64():
            return self.numbers
        if self.may_begin("-9"):
            plain = matches(self.array, _INTEGER_64)
        else:  # many times faster
            plain = pc.and_(pc.ascii_is_decimal(self.array), pc.less_equal(pc.binary_length(self.array), 19))
        return pc.cast(pc.if_else(plain, self.array, None), pa.int64())

    @cached_property
    def integers_range(self) -> range:
        """From the smallest to the largest of these integers."""
        return _range_of(self.integers)

    @cached_property
    def other_integers(self) -> list[str]:
        """The different values that are integers but not in `integers`: they have a plus sign or many digits."""
        if self.integers.null_count == self.array.null_count:
            return []
        others = self.array.filter(pc.and_not(self.array.is_valid(), self.integers.is_valid()))
        is_integer = matches(others, INTEGER) if self.may_begin("+-") else pc.ascii_is_decimal(others)
        return strings(others.filter(is_integer).unique())

    @cached_property
    def first_bytes(self) -> pa.UInt8Array:
        """The first byte of each value; null if there is none."""
        validity, offsets, _ = self.array.buffers()
        places = pa.Array.from_buffers(
            pa.int32(), len(self.array), [validity, offsets], self.array.null_count, self.array.offset
        )
        # Empty values are null, so no other place is at the end of the bytes.
        return pc.take(_bytes_of(self.array), places, boundscheck=False)

    def may_begin(self, characters: str) -> list[int]:
        """Return those of some characters, as bytes, that values may begin with; their range rules out most words."""
        found = _range_of(self.first_bytes)
        return [byte for byte in characters.encode() if byte in found]


def is_within(inner: range, outer: range) -> bool:
    """Return whether all of one range is in another."""
    return outer.start <= inner.start and inner.stop <= outer.stop


def _bytes_of(array: pa.StringArray) -> pa.UInt8Array:
    """Return the bytes of all values."""
    content = array.buffers()[2]
    return pa.Array.from_buffers(pa.uint8(), content.size if content else 0, [None, content])


def _range_of(numbers: pa.IntegerArray) -> range:
    found = pc.min_max(numbers).as_py()
    return range(found["min"] or 0, (found["max"] or 0) + 1)


def matches(array: pa.StringArray, pattern: re.Pattern[str]) -> pa.BooleanArray:
    """Return the values that match a pattern as a whole."""
    return pc.match_substring_regex(array, f"^(?:{pattern.pattern})$")


def strings(array: pa.StringArray) -> list[str]:
    """Return the values as strings, which may be empty."""
    return [value or "" for value in array.to_pylist()]


def contains(values: pa.StringArray, character: str) -> bool:
    """Return whether an ASCII character is in any value; much faster than a search in each value."""
    content = values.buffers()[2]
    return content is not None and character.encode() in content.to_pybytes()
