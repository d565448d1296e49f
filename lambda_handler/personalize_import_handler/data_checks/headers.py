"""The first line of a file: the names of the columns, which must not be quoted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.dataset_types import letters_and_digits
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.schema import Schema

_BYTE_ORDER_MARK: Final = "\ufeff"
LINE: Final = 1
NAMED_MAX: Final = 100
"""The maximum number of columns reported by name per rule; a line may have 500,000 columns."""


@dataclass(frozen=True)
class Header:
    """The header of a file."""

    file: str
    names: tuple[str, ...]
    """The names of the columns, without a byte-order mark and quotes."""
    has_byte_order_mark: bool
    quoted: tuple[str, ...]


def read_header(file: str, line: str) -> Header:
    """Parse a header line."""
    names = line.removeprefix(_BYTE_ORDER_MARK).split(",")
    return Header(
        file=file,
        names=tuple(name.strip('"') for name in names),
        has_byte_order_mark=line.startswith(_BYTE_ORDER_MARK),
        quoted=tuple(name.strip('"') for name in names if '"' in name),
    )


def header_findings(header: Header, schema: Schema, first: Header) -> Iterator[Finding]:
    """Yield the findings about a header, alone and compared with the header of the first file."""
    if header.has_byte_order_mark:
        yield Finding(rule=rules.BYTE_ORDER_MARK, file=header.file, line=LINE)
    yield from _some_of(
        Finding(rule=rules.HEADER_QUOTED, file=header.file, line=LINE, column=name) for name in header.quoted
    )
    if header.names != first.names:
        yield Finding(rule=rules.HEADERS_DIFFER, file=header.file, line=LINE, detail=f"the first file is {first.file}")
    yield from _columns_findings(header, [field.name for field in schema.fields])
    yield from _some_of(_collisions(header))


def _some_of(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first findings of a rule, and one for the number of the others."""
    each = iter(findings)
    yield from islice(each, NAMED_MAX)
    if others := list(each):
        yield replace(others[0], column=None, detail=f"{len(others)} more columns", count=len(others))


def _columns_findings(header: Header, fields: Sequence[str]) -> Iterator[Finding]:
    names, known = dict.fromkeys(header.names), frozenset(fields)
    for name in fields:
        if name not in names:
            yield Finding(rule=rules.COLUMN_MISSING, file=header.file, line=LINE, column=name)
    yield from _some_of(
        Finding(rule=rules.COLUMN_EXTRA, file=header.file, line=LINE, column=name)
        for name in header.names
        if name not in known
    )
    if [name for name in names if name in known] != [name for name in fields if name in names]:
        yield Finding(rule=rules.COLUMN_ORDER, file=header.file, line=LINE)


def _collisions(header: Header) -> Iterator[Finding]:
    first_of: dict[str, str] = {}
    for name in header.names:
        plain = letters_and_digits(name)
        if plain in first_of:
            yield Finding(rule=rules.COLUMN_COLLISION, file=header.file, line=LINE, column=name, detail=first_of[plain])
        first_of.setdefault(plain, name)
