"""The first line of a file: the names of the columns, which match the schema's fields regardless of case and quotes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.dataset_types import letters_and_digits
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.schema import Field, Schema
from personalize_import_handler.data_checks.tokenizer import header_fields, value_of

_BYTE_ORDER_MARK: Final = "\ufeff"
LINE: Final = 1
NAMED_MAX: Final = 100
"""The maximum number of columns reported by name per rule; a line may have 500,000 columns."""
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars", ":": "colons"}
BLANKS: Final = " \t\u00a0\u200b\u200c\u200d\u2060\ufeff"
"""Blanks and characters without a width."""
_VISIBLE: Final = str.maketrans({**{blank: f"<U+{ord(blank):04X}>" for blank in BLANKS}, " ": "␠", "\t": "<TAB>"})


@dataclass(frozen=True)
class Header:
    """The header of a file."""

    file: str
    written: tuple[str, ...]
    """The names of the columns as they are written, without a byte-order mark."""
    names: tuple[str, ...]
    """The names without quotes."""
    has_byte_order_mark: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in upper case."""
        return tuple(name.upper() for name in self.names)


def read_header(file: str, line: str) -> Header:
    """Parse a header line."""
    written = tuple(header_fields(line.removeprefix(_BYTE_ORDER_MARK)))
    return Header(
        file=file,
        written=written,
        names=tuple(value_of(name).strip('"') for name in written),
        has_byte_order_mark=line.startswith(_BYTE_ORDER_MARK),
    )


def no_header(header: Header, line: str, schema: Schema) -> Finding | None:
    """Return the finding if the first line can't be read as the header of the schema; the rows mean nothing then."""
    fields = {field.key for field in schema.fields}
    if "\r" in line:
        return Finding(rule=rules.CARRIAGE_RETURNS, file=header.file, line=LINE)
    if detail := _mistaken(header, line.removeprefix(_BYTE_ORDER_MARK), fields):
        return Finding(rule=rules.NOT_A_HEADER, file=header.file, line=LINE, detail=detail)
    return None


def _mistaken(header: Header, line: str, fields: set[str]) -> str:
    if not line.strip():
        return "it is blank"
    if line.lower().startswith("sep="):
        return "it is the line sep= of a spreadsheet; the names are on the next line"
    found = fields.intersection(header.keys)
    stripped = {name.strip(BLANKS).upper(): name for name in header.names}
    if blanks := [written for name, written in stripped.items() if name in fields - found]:
        names = ", ".join(f'"{name.translate(_VISIBLE)}"' for name in blanks[:NAMED_MAX])
        return f"blanks or invisible characters belong to the names: {names}"
    for separator, plural in _SEPARATORS.items():
        if separator in line and len(fields.intersection(_names(line, separator))) > len(found):
            return f"{plural} separate the names, not commas"
    if not found:
        return f"none of {', '.join(sorted(fields)[:3])} is in it"
    return ""


def _names(line: str, separator: str) -> set[str]:
    return {name.strip(BLANKS + '"').upper() for name in line.split(separator)}


def header_findings(header: Header, schema: Schema, first: Header) -> Iterator[Finding]:
    """Yield the findings about a header, alone and compared with the header of the first file."""
    if header.has_byte_order_mark:
        yield Finding(rule=rules.BYTE_ORDER_MARK, file=header.file, line=LINE)
    if header.keys != first.keys:
        yield Finding(rule=rules.HEADERS_DIFFER, file=header.file, line=LINE, detail=f"the first file is {first.file}")
    yield from _columns_findings(header, schema.fields)
    yield from _repeated_columns(header, schema.fields)


def _columns_findings(header: Header, fields: Sequence[Field]) -> Iterator[Finding]:
    keys, known = dict.fromkeys(header.keys), {field.key: field.name for field in fields}
    for key, name in known.items():
        if key not in keys:
            yield Finding(rule=rules.COLUMN_MISSING, file=header.file, line=LINE, column=name)
    written = [name for name, key in zip(header.written, header.keys, strict=True) if name != known.get(key, name)]
    if written:
        yield Finding(rule=rules.COLUMN_SPELLING, file=header.file, line=LINE, detail=", ".join(written[:3]))
    extra = [name for name, key in zip(header.names, header.keys, strict=True) if key not in known]
    for name in extra[:NAMED_MAX]:
        yield Finding(rule=rules.COLUMN_EXTRA, file=header.file, line=LINE, column=name)
    if more := len(extra[NAMED_MAX:]):
        yield Finding(rule=rules.COLUMN_EXTRA, file=header.file, line=LINE, detail=f"{more} more columns", count=more)
    if [key for key in keys if key in known] != [key for key in known if key in keys]:
        yield Finding(rule=rules.COLUMN_ORDER, file=header.file, line=LINE)


def _repeated_columns(header: Header, fields: Sequence[Field]) -> Iterator[Finding]:
    """Yield a finding for each field of the schema that two columns may mean."""
    columns: dict[str, list[str]] = {}
    for name in header.names:
        columns.setdefault(letters_and_digits(name), []).append(name)
    for field in fields:
        names = columns.get(letters_and_digits(field.name), [])
        if len(names) > 1:
            detail = " and ".join(names[:3])
            yield Finding(rule=rules.COLUMN_TWICE, file=header.file, line=LINE, column=field.name, detail=detail)
