"""Text of others, made safe to show: in a log line, in a stack event, on a terminal."""

from typing import Final

_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that a reader doesn't see, or that change how others are shown: control characters, marks
for the direction of text, separators of lines: https://www.unicode.org/reports/tr44/#General_Category_Values"""


def printable(text: str) -> str:
    r"""Return a text on one line, with each character that is not to be seen written as an escape such as `\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if _is_unsafe(character) else character for character in text)


def _is_unsafe(character: str) -> bool:
    import unicodedata  # few texts have more than ASCII

    return unicodedata.category(character) in _UNSAFE


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
