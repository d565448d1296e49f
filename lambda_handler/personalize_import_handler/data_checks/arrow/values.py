"""The values of a column in an array of pyarrow, and conditions evaluated for all of them at once.

Casts, comparisons and regular expressions in RE2 decide about nearly all values; only very few are checked in Python.
https://arrow.apache.org/docs/python/api/compute.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, singledispatch
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.conditions import (
    DECIMAL,
    INTEGER,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsOneOf,
    Matches,
    Not,
)

_INTEGER_64: Final = re.compile("-?[0-8]?[0-9]{1,18}")
"""Integers that fit into 64 bits by their number of digits."""
_DIGITS_MAX: Final = 30
"""The maximum number of digits of an integer in `INTEGER`."""
_HEAD: Final = 10
"""The number of values that are matched first: a cast takes a hundred times as long for what isn't a number."""


class ArrowValues:
    """The values of a column in one block, empty ones as null, with what several conditions need of them."""

    def __init__(self, array: pa.StringArray) -> None:
        self.array = array
        self._masks: dict[Condition, pa.BooleanArray | None] = {}

    def found(self, condition: Condition) -> tuple[int, int] | None:
        """Return the place of the first value for which a condition holds, and their number."""
        mask = self.mask(condition)
        return None if mask is None else (pc.index(mask, True).as_py(), mask.true_count)

    def counts(self) -> Mapping[str, int]:
        """Return the number of rows of each value."""
        counts = pc.value_counts(self.array)
        return dict(zip(strings(counts.field("values")), counts.field("counts").to_pylist(), strict=True))

    def __getitem__(self, place: int, /) -> str:
        """Return the value at a place."""
        return self.array[place].as_py() or ""

    def mask(self, condition: Condition) -> pa.BooleanArray | None:
        """Return where a condition holds, None for nowhere; it is evaluated once, as other conditions contain it."""
        if condition not in self._masks:
            mask = _evaluated(condition, self)
            if mask is not None and mask.null_count:
                mask = pc.fill_null(mask, fill_value=False)
            self._masks[condition] = mask if mask is not None and mask.true_count else None
        return self._masks[condition]

    @cached_property
    def filled(self) -> pa.BooleanArray:
        """The mask of the values that aren't empty."""
        return self.array.is_valid()

    @cached_property
    def lengths(self) -> range:
        """The lengths that values can have in bytes, from the shortest to the longest."""
        return _range_of(pc.binary_length(self.array))

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
            if self.lengths[-1] <= _DIGITS_MAX and not contains(self.array, "xX"):  # a cast takes 0x1F for an integer
                return numbers
        return None

    @cached_property
    def integers(self) -> pa.Int64Array:
        """The values as integers, null where they aren't or may not fit into 64 bits."""
        if self.numbers is not None and self.numbers.type == pa.int64():
            return self.numbers
        if self.may_begin("-9"):
            plain = _matches(self.array, _INTEGER_64)
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
        is_integer = _matches(others, INTEGER) if self.may_begin("+-") else pc.ascii_is_decimal(others)
        return strings(others.filter(is_integer).unique())

    @cached_property
    def first_bytes(self) -> pa.UInt8Array:
        """The first byte of each value; null if there is none."""
        validity, offsets, content = self.array.buffers()
        places = pa.Array.from_buffers(
            pa.int32(), len(self.array), [validity, offsets], self.array.null_count, self.array.offset
        )
        first = pa.Array.from_buffers(pa.uint8(), content.size if content else 0, [None, content])
        return pc.take(first, places, boundscheck=False)

    def may_begin(self, characters: str) -> list[int]:
        """Return those of some characters, as bytes, that values may begin with; their range rules out most words."""
        found = _range_of(self.first_bytes)
        return [byte for byte in characters.encode() if byte in found]

    def mask_where(
        self, candidates: pa.BooleanArray, test: Callable[[pa.StringArray], pa.BooleanArray]
    ) -> pa.BooleanArray | None:
        """Return where a test holds, which can only be true of some candidates; usually, there are few."""
        count = candidates.true_count
        if count < len(self.array) // 2 and (not count or not test(self.array.filter(candidates)).true_count):
            return None
        return test(self.array)

    def mask_in_python(self, candidates: Iterable[str], condition: Condition) -> pa.BooleanArray | None:
        """Return where a condition holds, which can only be true of a few candidates."""
        holding = [value for value in candidates if condition.holds(value)]
        return is_in(self.array, holding) if holding else None


@singledispatch
def _evaluated(condition: Condition, values: ArrowValues) -> pa.BooleanArray | None:
    """Return where a condition holds; null or None where it doesn't."""
    raise TypeError(f"{condition!r} is no condition on {values!r}")


@_evaluated.register
def _(_: IsEmpty, values: ArrowValues) -> pa.BooleanArray | None:
    return values.array.is_null() if values.array.null_count else None


@_evaluated.register
def _(condition: IsLonger, values: ArrowValues) -> pa.BooleanArray | None:
    limit = min(condition.than, condition.ideographs)
    if values.lengths[-1] <= limit:
        return None
    candidates = values.array.filter(pc.greater(pc.binary_length(values.array), limit))
    return values.mask_in_python(strings(candidates.unique()), condition)


@_evaluated.register
def _(condition: Matches, values: ArrowValues) -> pa.BooleanArray | None:
    if condition.pattern is DECIMAL and values.numbers is not None:
        return values.filled
    candidates = values.filled
    if condition.lengths:
        lengths = [length for length in condition.lengths if length in values.lengths]
        if not lengths:
            return None
        candidates = pc.is_in(pc.binary_length(values.array), value_set=pa.array(lengths, type=pa.int32()))
    if condition.ending:
        if not contains(values.array, condition.ending[0]):
            return None
        candidates = pc.ends_with(values.array, condition.ending)
    return values.mask_where(candidates, lambda array: _matches(array, condition.pattern))


@_evaluated.register
def _(condition: IsBetween, values: ArrowValues) -> pa.BooleanArray | None:
    found, integers = values.integers_range, values.integers
    low, high = max(condition.low, found.start), min(condition.high, found.stop - 1)
    mask = None
    if range(low, high + 1) == found:
        mask = values.filled if integers.null_count == values.array.null_count else integers.is_valid()
    elif low <= high:
        mask = pc.and_(pc.greater_equal(integers, low), pc.less_equal(integers, high))
    others = values.mask_in_python(values.other_integers, condition)
    return others if mask is None else mask if others is None else pc.or_kleene(mask, others)


@_evaluated.register
def _(condition: IsOneOf, values: ArrowValues) -> pa.BooleanArray | None:
    if values.numbers is not None:  # no word is a number
        return None
    first = values.may_begin("".join(word[0] for word in condition.values))
    if not first:
        return None
    candidates = pc.is_in(values.first_bytes, value_set=pa.array(first, type=pa.uint8()))
    return values.mask_where(candidates, lambda array: is_in(array, condition.values))


@_evaluated.register
def _(condition: Not, values: ArrowValues) -> pa.BooleanArray | None:
    among = values.mask(condition.among) if condition.among else values.filled
    if among is None:
        return None
    excluded = values.mask(condition.condition)
    if excluded is None or excluded is among:
        return among if excluded is None else None
    return pc.and_not(among, excluded)


def _range_of(numbers: pa.IntegerArray) -> range:
    found = pc.min_max(numbers).as_py()
    return range(found["min"] or 0, (found["max"] or 0) + 1)


def _matches(array: pa.StringArray, pattern: re.Pattern[str]) -> pa.BooleanArray:
    """Return the values that match a pattern as a whole."""
    return pc.match_substring_regex(array, f"^(?:{pattern.pattern})$")


def is_in(array: pa.StringArray, words: Iterable[str]) -> pa.BooleanArray:
    """Return the values that are one of some words."""
    return pc.is_in(array, value_set=pa.array(words, type=pa.string()))


def strings(array: pa.StringArray) -> list[str]:
    """Return the values as strings, which may be empty."""
    return [value or "" for value in array.to_pylist()]


def contains(values: pa.StringArray, characters: str) -> bool:
    """Return whether any of some ASCII characters is in any value; much faster than a search in each value."""
    buffer = values.buffers()[2]
    content = buffer.to_pybytes() if buffer else b""
    return any(character.encode() in content for character in characters)
