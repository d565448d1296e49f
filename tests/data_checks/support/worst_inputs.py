"""Inputs that take a regular expression the longest: what it repeats, many times, with an end that it doesn't match."""

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import string
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

UNITS: Final = (
    "1",
    "1,",
    "a",
    "A",
    " ",
    "-",
    ".",
    ",",
    "/",
    ":",
    '"',
    "\\",
    '""',
    '","',
    '\\"',
    "a-",
    "a/",
    "0a",
    "\n",
    "é",
)
ENDS: Final = ("", "!", "\n", "\\", '"', ",x", "\0")
_MANY: Final = 10
_CANDIDATES: Final = f"a1A-_./: é漢{string.printable}"
_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class Pump(NamedTuple):
    """A text that can be grown: a head that the expression matches, a unit to repeat, and an end."""

    head: str
    unit: str
    end: str

    def text(self, length: int) -> str:
        """Return the text of about that many characters."""
        return self.head + self.unit * (length // len(self.unit)) + self.end


def pumps(pattern: str, flags: int = 0) -> set[Pump]:
    """Return the texts to grow for a pattern: at each of its repetitions, with each unit and each end."""
    heads = {("", ""), *_repetitions(parser.parse(pattern, flags), "")}
    return {Pump(head, unit, end) for head, body in heads for unit in {*UNITS, body} if unit for end in ENDS}


def _repetitions(parsed: Any, head: str) -> Iterator[tuple[str, str]]:
    """Yield what comes before each repetition without a narrow bound, and what it repeats."""
    for code, argument in parsed:
        for part in _parts(code, argument):
            yield from _repetitions(part, head)
        if code in _REPEATS and argument[1] > _MANY:
            yield head, _example(argument[2])
        head += _example([(code, argument)])


def _parts(code: Any, argument: Any) -> list[Any]:
    """Return the expressions inside one."""
    if code in _REPEATS:
        return [argument[2]]
    if code is op.SUBPATTERN:
        return [argument[3]]
    if code is op.BRANCH:
        return list(argument[1])
    if code is op.ATOMIC_GROUP:
        return [argument]
    return []


def _example(parsed: Any) -> str:
    """Return a short text that an expression matches."""
    return "".join(_example_of(code, argument) for code, argument in parsed)


def _example_of(code: Any, argument: Any) -> str:
    if code is op.LITERAL:
        return chr(argument)
    if code is op.NOT_LITERAL:
        return next(each for each in _CANDIDATES if ord(each) != argument)
    if code is op.ANY:
        return "a"
    if code is op.IN:
        return next(each for each in _CANDIDATES if _is_in(each, argument))
    if code in _REPEATS:
        return _example(argument[2]) * int(argument[0])
    parts = _parts(code, argument)
    return _example(parts[0]) if parts else ""


def _is_in(character: str, items: Any) -> bool:
    negated = items[0][0] is op.NEGATE
    return negated != any(_is_item(character, *item) for item in items)


def _is_item(character: str, code: Any, argument: Any) -> bool:
    if code is op.LITERAL:
        return ord(character) == int(argument)
    if code is op.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return code is op.CATEGORY and re.match(_CATEGORIES[argument], character) is not None
