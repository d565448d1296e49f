"""Conditions evaluated for all values of a column at once.

Casts, comparisons and regular expressions in RE2 decide about nearly all values; only very few are checked in Python.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, singledispatch

import pyarrow as pa
import pyarrow.compute as pc

from personalize_import_handler.data_checks.arrow.facts import ColumnFacts, contains, is_within, matches, strings
from personalize_import_handler.data_checks.conditions import (
    DECIMAL,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsOneOf,
    Matches,
    Not,
)


class ArrowValues(ColumnFacts):
    """The values of a column in one block, and where conditions hold for them."""

    def __init__(self, array: pa.StringArray) -> None:
        super().__init__(array)
        self._masks: dict[Condition, pa.BooleanArray | None] = {}

    def found(self, condition: Condition) -> tuple[int, int] | None:
        """Return the place of the first value for which a condition holds, and their number."""
        mask = self.mask(condition)
        return None if mask is None else (pc.index(mask, True).as_py(), mask.true_count)

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different values."""
        return frozenset(strings(self.array.unique()))

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
    return values.mask_where(candidates, lambda array: matches(array, condition.pattern))


@_evaluated.register
def _(condition: IsBetween, values: ArrowValues) -> pa.BooleanArray | None:
    if digits := values.digits_range:
        if is_within(digits, range(condition.low, condition.high + 1)):
            return values.filled
        if condition.high < digits.start or digits.stop <= condition.low:
            return None
    found, integers = values.integers_range, values.integers
    low, high = max(condition.low, found.start), min(condition.high, found.stop - 1)
    mask = None
    if range(low, high + 1) == found:
        mask = integers.is_valid()
    elif low <= high:
        mask = pc.and_(pc.greater_equal(integers, low), pc.less_equal(integers, high))
    others = values.mask_in_python(values.other_integers, condition)
    return others if mask is None else mask if others is None else pc.or_kleene(mask, others)


@_evaluated.register
def _(condition: IsOneOf, values: ArrowValues) -> pa.BooleanArray | None:
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
    return among if excluded is None else pc.and_not(among, excluded)


def is_in(array: pa.StringArray, words: Iterable[str]) -> pa.BooleanArray:
    """Return the values that are one of some words."""
    return pc.is_in(array, value_set=pa.array(words, type=pa.string()))
