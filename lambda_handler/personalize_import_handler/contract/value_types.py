"""Types of property values, with their parsers and the limits for the reference page and the JSON schema.

CloudFormation passes every scalar as a string: `55` as `"55"`, `true` as `"true"`. Each `parse` returns a value and
appends the problems with it to `problems`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from personalize_import_handler.contract.constraints import TextRule, check_choice, violation

_BOOLEANS: Final = {"true": True, "false": False}


class Text(NamedTuple):
    """A string."""

    rule: TextRule
    length_min: int = 1

    def parse(self, name: str, value: object, problems: list[str]) -> str:
        """Return the string."""
        problems += self.rule.check(name, value)
        return str(value)


class Choice(NamedTuple):
    """One of the values of an enumeration."""

    choices: type[StrEnum]

    def parse(self, name: str, value: object, problems: list[str]) -> StrEnum | None:
        """Return the member of the enumeration."""
        found = list(check_choice(name, value, self.choices))
        problems += found
        return None if found else self.choices(str(value))


class Boolean(NamedTuple):
    """True or false."""

    def parse(self, name: str, value: object, problems: list[str]) -> bool | None:
        """Return the boolean."""
        parsed = value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
        if parsed is None:
            problems.append(violation(name, value, "true or false"))
        return parsed


class Seconds(NamedTuple):
    """A whole number of seconds."""

    lowest: int
    highest: int
    allowed: str

    def parse(self, name: str, value: object, problems: list[str]) -> int:
        """Return the number."""
        # ASCII digits only: int() would also accept "٣٠٠", " 300 " and "3_00", which are mistakes in a template.
        seconds = int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) else -1
        if not self.lowest <= seconds <= self.highest:
            problems.append(violation(name, value, self.allowed))
        return seconds


class Members(NamedTuple):
    """An object whose members are strings."""

    rules: Mapping[str, TextRule | tuple[int, int] | None]
    """A rule for each member, or its minimum and maximum length, or None."""
    allowed: str
    optional: str = ""

    def parse(self, name: str, value: object, problems: list[str]) -> tuple[str | None, ...]:
        """Return the members in order, with None for a missing one."""
        if not isinstance(value, dict) or not self.match(value):
            problems.append(violation(name, value, self.allowed))
            return ()
        for member, rule in self.rules.items():
            if isinstance(rule, TextRule) and member in value:
                problems += rule.check(f"{name}: {member}", value[member])
        return self.values(value)

    def match(self, value: object) -> bool:
        """Return whether a value has all members and no others, and all of them are strings."""
        return (
            isinstance(value, dict)
            and self.rules.keys() - {self.optional} <= value.keys() <= self.rules.keys()
            and all(isinstance(member, str) for member in value.values())
        )

    def values(self, value: Mapping[str, str]) -> tuple[str | None, ...]:
        """Return the members in order, with None for a missing one."""
        return tuple(value.get(member) for member in self.rules)


class ListOf(NamedTuple):
    """A list of objects."""

    item: str
    """The name of the type of the objects, on the reference page."""
    members: Members
    check: Callable[[str, Any], Iterable[str]]
    """Yields the problems with the list, whose items are tuples."""
    count_min: int = 0
    count_max: int | None = None

    def parse(self, name: str, value: object, problems: list[str]) -> tuple[tuple[str | None, ...], ...]:
        """Return the objects as tuples of their members."""
        if not isinstance(value, list) or not all(map(self.members.match, value)):
            problems.append(violation(name, value, self.members.allowed))
            return ()
        items = tuple(self.members.values(item) for item in value)
        problems += self.check(name, items)
        return items


class AnyObject(NamedTuple):
    """An object that is not checked."""

    members: tuple[str, ...]

    def parse(self, _name: str, _value: object, _problems: list[str]) -> None:
        """Ignore the value: only its change matters."""


ValueType = Text | Choice | Boolean | Seconds | Members | ListOf | AnyObject
