"""The values of a column as strings."""

from dataclasses import dataclass, field

from personalize_import_handler.data_checks.conditions import IsEmpty, IsOneOf
from personalize_import_handler.data_checks.rows import PlainValues


@dataclass(frozen=True)
class Recorded(IsOneOf):
    """A condition that records for which values it was evaluated."""

    evaluated: list[str] = field(default_factory=list)

    def holds(self, value: str) -> bool:
        self.evaluated.append(value)
        return super().holds(value)


def test_the_first_place_and_the_number_of_values_are_found() -> None:
    assert PlainValues(["a", "b", "", "c", "b"]).found(IsOneOf(frozenset("bc"))) == (1, 3)
    assert PlainValues(["a", "b", "", "c", "b"]).found(IsEmpty()) == (2, 1)
    assert PlainValues(["a", "a"]).found(IsOneOf(frozenset("b"))) is None


def test_a_condition_is_evaluated_once_for_equal_values_and_not_for_empty_ones() -> None:
    condition = Recorded(frozenset("b"))
    assert PlainValues(["a", "b", ""] * 1000).found(condition) == (1, 1000)
    assert sorted(condition.evaluated) == ["a", "b"]
