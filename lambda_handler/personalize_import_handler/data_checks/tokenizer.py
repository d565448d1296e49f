r"""CSV as Personalize reads it: commas, values in double quotes, quotes escaped by a backslash or by doubling.

The guide asks for backslashes and one line for each record; jobs over files with RFC 4180's doubled quotes and with
line breaks in quotes became ACTIVE too. https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html

A record that isn't well-formed is one line: reading continues with the next line. Lines are bytes, each with its line
feed; they are UTF-8 without zero bytes once they have been checked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.findings import Finding

_TEXT: Final = r'(?:[^"\\\n]|\\[^\n]|"")*'
"""The text between quotes, in one line."""
_UNQUOTED: Final = r'(?:(?:[^,"\\\n]|\\[^\n])(?:[^,\\\n]|\\[^\n])*)?'
_FIELD: Final = f'(?:"{_TEXT}"|{_UNQUOTED})'

# A line is read either from outside or from inside quotes, and ends either outside or inside.
_LINE: Final = re.compile(f"(?:{_FIELD},)*{_FIELD}")
_OPENING_LINE: Final = re.compile(rf'(?:{_FIELD},)*"{_TEXT}\\?')
_INNER_LINE: Final = re.compile(rf"{_TEXT}\\?")
_CLOSING_LINE: Final = re.compile(f'{_TEXT}"(?:,{_FIELD})*')
_CLOSING_AND_OPENING_LINE: Final = re.compile(rf'{_TEXT}"(?:,{_FIELD})*,"{_TEXT}\\?')

_FIELD_AND_COMMA: Final = re.compile(rf'("(?:[^"\\]|\\.|"")*"|{_UNQUOTED}),', re.DOTALL)
"""A field and its comma, in a well-formed record to which a comma is appended."""
_ESCAPE: Final = re.compile(r'\\(.)|"(")', re.DOTALL)
_WITHOUT_DOUBLED_QUOTES: Final = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)

DATABASE_NULL: Final = r"\N"
"""Null in exports of databases, where it is not an escaped N."""

LINE_BYTES_MAX: Final = 1 << 20
"""A limit of this project: longer than any valid record, 100 columns of 1000 characters and a text of 20,000."""


class UnreadableLineError(Exception):
    """The line after those before can't be read, and neither can the rest of the file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


Record: TypeAlias = tuple[int, str | None]
"""The number of its first line, counted from 0, and its text: None if quotes don't end at the end of a field."""


def split_records(lines: bytes, *, is_last: bool) -> tuple[list[Record], bytes]:
    """Split lines into records, without blank lines.

    Args:
        lines: The lines.
        is_last: True if no lines follow, so that quotes that are still open are never closed.

    Returns:
        The records, and the lines of the last record if its quotes are still open.
    """
    texts = lines.decode().split("\n")[:-1]
    records: list[Record] = []
    number = never_closed = 0
    while number < len(texts):
        text = texts[number]
        if ('"' not in text and "\\" not in text) or _LINE.fullmatch(text):
            if text:
                records.append((number, text))
            number += 1
            continue
        end = None
        # If quotes opened by an earlier line are never closed, those opened between are closed by nothing either.
        if number >= never_closed and _OPENING_LINE.fullmatch(text):
            end, reached = _closing_line(texts, number + 1)
            if end is None and reached == len(texts) and not is_last:
                rest = "\n".join([*texts[number:], ""]).encode()
                if len(rest) <= LINE_BYTES_MAX:
                    return records, rest
            never_closed = reached
        if end is None:
            records.append((number, None))
            number += 1
        else:
            records.append((number, "\n".join(texts[number : end + 1])))
            number = end + 1
    return records, b""


def _closing_line(texts: Sequence[str], number: int) -> tuple[int | None, int]:
    """Return the line that ends a record from inside quotes or None, and the line up to which quotes stay open."""
    while number < len(texts):
        text = texts[number]
        if '"' in text:
            if _CLOSING_LINE.fullmatch(text):
                return number, number
            if not _INNER_LINE.fullmatch(text) and not _CLOSING_AND_OPENING_LINE.fullmatch(text):
                return None, number
        number += 1
    return None, number


def header_fields(line: str) -> list[str]:
    """Split a header into raw fields; quotes that don't end at the end of a name are part of it."""
    return raw_fields(line) if _LINE.fullmatch(line) else line.split(",")


def raw_fields(record: str) -> list[str]:
    """Split a well-formed record into raw fields, with quotes and escapes."""
    if '"' not in record and "\\" not in record:
        return record.split(",")
    return _FIELD_AND_COMMA.findall(f"{record},")


def value_of(raw_field: str) -> str:
    """Return the value of a raw field, without quotes and escapes."""
    if raw_field.startswith('"'):
        text = raw_field[1:-1]
        return _ESCAPE.sub(r"\1\2", text) if '"' in text or "\\" in text else text
    if "\\" in raw_field and raw_field != DATABASE_NULL:
        return _ESCAPE.sub(r"\1\2", raw_field)
    return raw_field


def has_doubled_quotes(raw_field: str) -> bool:
    """Return whether quotes in a field are escaped by doubling, as in RFC 4180."""
    return raw_field.startswith('"') and not _WITHOUT_DOUBLED_QUOTES.fullmatch(raw_field[1:-1])


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the whole lines of each chunk of a file, with CRLF replaced by LF, up to the last line feed.

    Raises `UnreadableLineError` for a line that is too long, after the lines before it.
    """
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        content = rest + chunk[: end or None]  # copies nothing if the chunk begins and ends with a line
        yield from _lines_before_a_long_one(content)
        rest = chunk[end:] if end else content
        if end:
            yield _without_returns(content)


def _lines_before_a_long_one(content: bytes) -> Iterator[bytes]:
    """Yield the lines before a line that is too long and raise an error; yield nothing if there is none."""
    begin = 0
    while len(content) - begin > LINE_BYTES_MAX:
        end = content.rfind(b"\n", begin, begin + LINE_BYTES_MAX + 1)
        if end < 0:
            if begin:
                yield _without_returns(content[:begin])
            has_returns = content.find(b"\r", begin, begin + LINE_BYTES_MAX) >= 0
            raise UnreadableLineError(Finding(rule=rules.CARRIAGE_RETURNS if has_returns else rules.LINE_TOO_LONG))
        begin = end + 1


def _without_returns(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n") if b"\r" in content else content  # a search is many times faster
