"""Validation of switches: options, settings and faults, whose values come from JSON or a command line."""

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, Final, get_args

Range = tuple[float, float]

SPEED: Final[Range] = (0.01, 10_000)
"""With a faster clock, the year 9999 would come soon, after which dates have no format."""
SECONDS: Final[Range] = (0, 366 * 24 * 3600)
COUNT: Final[Range] = (0, 10**12)

_NAMES: Final = {bool: "true or false", str: "a string", int: "a whole number", float: "a number"}


def check_number(name: str, value: object, allowed: Range, *, whole: bool = False) -> float:
    """Return `value`; raise ValueError unless it is a number in the range."""
    is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    lowest, highest = allowed
    # A NaN is in no range.
    if is_number and lowest <= value <= highest:  # type: ignore[operator]
        return value  # type: ignore[return-value]
    kind = _NAMES[int if whole else float]
    raise ValueError(f"{name} must be {kind} from {lowest:.15g} to {highest:.15g}, got {value!r}")


def check_members(kind: Any, values: Mapping[str, object], ranges: Mapping[str, Range]) -> None:  # noqa: ANN401 - a dataclass
    """Raise ValueError unless the values are members of a dataclass, of the members' types and in their ranges.

    Numbers whose names end in `seconds` are durations by default, all others counts.
    """
    types = {member.name: member.type for member in fields(kind)}
    for name, value in values.items():
        if name not in types:
            raise ValueError(f"unknown member '{name}'; the members are {', '.join(types)}")
        default = SECONDS if name.endswith("seconds") else COUNT
        _check_member(name, value, types[name], ranges.get(name, default))


def _check_member(name: str, value: object, declared: Any, allowed: Range) -> None:  # noqa: ANN401 - a type
    kinds = get_args(declared) or (declared,)
    if value is None and NoneType in kinds:
        return
    kind = kinds[0]
    if kind in (int, float):
        check_number(name, value, allowed, whole=kind is int)
    elif not isinstance(value, kind):
        raise ValueError(f"{name} must be {_NAMES[kind]}, got {value!r}")
