"""Escape text from other sources before it is shown in a log line, in a stack event or on a terminal."""

from typing import Final

_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that are invisible or change how others are shown.

These are control characters, marks for the direction of text, and separators of lines:
https://www.unicode.org/reports/tr44/#General_Category_Values
"""


def printable(text: str) -> str:
    r"""Return a text on one line, with each unsafe character escaped, for example as `\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if _is_unsafe(character) else character for character in text)


def _is_unsafe(character: str) -> bool:
    import unicodedata  # few texts have more than ASCII

    return unicodedata.category(character) in _UNSAFE


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
