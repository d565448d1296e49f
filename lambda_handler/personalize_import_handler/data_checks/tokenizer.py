r"""CSV in the format of Personalize, line by line: commas, text in double quotes, backslash escapes.

https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html. A record is one line. The patterns mean
the same in Python's `re` and in RE2. RFC 4180's doubled quotes are recognized, so that a rule can report them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUOTED: Final = r'"(?:[^"\\]|\\.|"")*"'
_UNQUOTED: Final = r'(?:[^,"\\]|\\.)(?:[^,\\]|\\.)*'
FIELD: Final = f"(?:{_QUOTED}|{_UNQUOTED}|)"
LINE: Final = f"(?:{FIELD},)*{FIELD}"
FIELD_AND_COMMA: Final = f"({FIELD}),"
"""A field and its comma, in a well-formed line to which a comma is appended."""
ESCAPE: Final = r'\\(.)|"(")'
WITHOUT_DOUBLED_QUOTES: Final = r'(?:[^"\\]|\\.)*'
"""The text between the quotes of a value whose inner quotes are escaped with backslashes."""

LINE_BYTES_MAX: Final = 1 << 20
"""A limit of this project: longer than any valid record, 100 columns of 1000 characters and a text of 20,000."""

_LINE: Final = re.compile(LINE)
_FIELD_AND_COMMA: Final = re.compile(FIELD_AND_COMMA)
_ESCAPE: Final = re.compile(ESCAPE)
_WITHOUT_DOUBLED_QUOTES: Final = re.compile(WITHOUT_DOUBLED_QUOTES)


class LineTooLong(Exception):
    """A line has more than `LINE_BYTES_MAX` bytes."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class NotTextError(Exception):
    """A line contains a zero byte, so it isn't text."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Lines:
    """Consecutive whole lines of a file as bytes, separated by line feeds."""

    first_line: int
    count: int
    content: bytes

    def after_the_first(self) -> "Lines":
        """Return these lines without the first one; there may be none left."""
        return Lines(self.first_line + 1, self.count - 1, self.content.partition(b"\n")[2])


@dataclass(frozen=True)
class Block:
    """Consecutive whole lines of a file as text."""

    file: str
    first_line: int
    count: int
    """The number of lines, stored because counting them again is slow."""
    text: str
    """The lines, separated by line feeds."""


def raw_fields(line: str) -> list[str] | None:
    """Split a line into raw fields, with quotes and escapes; None if a quote doesn't end at the end of its field."""
    if '"' not in line and "\\" not in line:
        return line.split(",")
    if not _LINE.fullmatch(line):
        return None
    return _FIELD_AND_COMMA.findall(f"{line},")


def value_of(raw_field: str) -> str:
    """Return the value of a raw field, without quotes and escapes."""
    inner = raw_field[1:-1] if raw_field.startswith('"') else raw_field
    return _ESCAPE.sub(r"\1\2", inner) if "\\" in inner or raw_field.startswith('"') else inner


def has_doubled_quotes(raw_field: str) -> bool:
    """Return whether quotes in a field are escaped by doubling, as in RFC 4180."""
    return raw_field.startswith('"') and not _WITHOUT_DOUBLED_QUOTES.fullmatch(raw_field[1:-1])


def whole_lines(chunks: Iterator[bytes], block_bytes: int) -> Iterator[Lines]:
    """Yield blocks of whole lines from the chunks of a file, with CRLF replaced by LF.

    Raises `LineTooLong`.
    """
    first_line, parts, size = 1, [b""], 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size < block_bytes:
            continue
        content, size = b"".join(parts), 0
        _require_short_lines(content, first_line)
        end = content.rfind(b"\n")
        parts = [content[end + 1 :]]
        if end >= 0:
            count = content.count(b"\n", 0, end) + 1
            yield Lines(first_line, count, _without_returns(content[:end]))
            first_line += count
    if content := b"".join(parts):
        _require_short_lines(content, first_line)
        content = content.removesuffix(b"\n")
        yield Lines(first_line, content.count(b"\n") + 1, _without_returns(content))


def _require_short_lines(content: bytes, first_line: int) -> None:
    begin = 0
    while len(content) - begin > LINE_BYTES_MAX:
        end = content.rfind(b"\n", begin, begin + LINE_BYTES_MAX + 1)
        if end < 0:
            raise LineTooLong(first_line + content.count(b"\n", 0, begin))
        begin = end + 1


def _without_returns(content: bytes) -> bytes:
    if b"\r" not in content:  # many times faster than a replacement that finds nothing
        return content
    return content.replace(b"\r\n", b"\n").removesuffix(b"\r")
