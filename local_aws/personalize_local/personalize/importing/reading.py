"""Reading the files of a job: their headers before the service responds, their rows afterwards.

`personalize_import_handler.data_checks` decides what is valid, so that a check and an import always agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.column_checks import NULL_WORDS, TEXT_LENGTH_MAX, Column, Columns
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.headers import Header, header_findings, no_header, read_header
from personalize_import_handler.data_checks.row_checker import Block, BlockReport, PlainRowChecker, Wanted, rows_of
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.importing.data_location import DataLocation, read_failure
from personalize_local.personalize.importing.failure_reasons import failure_reason_of
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, ImportRole, S3Object

_JUDGED_ELSEWHERE: Final = frozenset({rules.TOO_FEW_INTERACTIONS, rules.TOO_LARGE})
"""The local service has settings for these limits."""


@dataclass(frozen=True)
class ImportSource:
    """The files of one job, the role that reads them, and the schema of the dataset."""

    role: ImportRole
    location: DataLocation
    files: tuple[S3Object, ...]
    schema: Schema

    def chunks(self, file: S3Object) -> Iterator[bytes]:
        """Stream a file."""
        return self.role.read_chunks(self.location.bucket, file.key)

    @property
    def data(self) -> Data:
        """The files as the checks read them."""
        files = [
            DataFile(self.location.uri(file.key), file.size, lambda file=file: self.chunks(file))  # type: ignore[misc]
            for file in self.files
        ]
        return Data(location=self.location.uri(self.location.key), files=files)


def check_headers(source: ImportSource) -> None:
    """Read the first line of every file; raise InvalidInputException if columns are missing or ambiguous."""
    for file in source.files:
        try:
            line = _first_line(source.chunks(file))
        except (DataAccessDeniedError, DataNotFoundError) as error:
            raise invalid_input(read_failure(error)) from error
        header = read_header(file.key, line)
        if missing := _missing_columns(header, line, source.schema):
            raise invalid_input(messages.missing_columns(missing))
        findings = header_findings(header, source.schema, header)
        if twice := [finding.column or "" for finding in findings if finding.rule is rules.COLUMN_TWICE]:
            raise invalid_input(messages.duplicate_columns(twice))


def read_records(source: ImportSource, records: Records) -> str | None:
    """Read all rows into `records`; return the failure reason if the import fails."""
    try:
        findings = check(source.data, source.schema, rows=_Importing(records=records))
    except (DataAccessDeniedError, DataNotFoundError) as error:
        return read_failure(error)
    errors = (finding for finding in findings if _fails(finding))
    first = next(errors, None)
    return failure_reason_of(first, source.schema) if first else None


def _fails(finding: Finding) -> bool:
    return finding.rule.severity is Severity.ERROR and finding.rule not in _JUDGED_ELSEWHERE


@dataclass
class _Importing(PlainRowChecker):
    """Checks rows, and keeps them as records."""

    records: Records = field(kw_only=True)

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block, and keep them."""
        rows = rows_of(block, columns)
        if rows.lines and len(columns.imported) == len(self.records.columns):
            self.records.add([_stored(column, rows.values[column.place]) for column in columns.imported])
        return self.report(block.file, rows, columns, wanted)


def _stored(column: Column, values: Sequence[str]) -> Sequence[str]:
    """Return values as they are stored: a text is truncated, and a number that isn't one is no value."""
    if column.textual:
        return [value[:TEXT_LENGTH_MAX] for value in values]
    for each in column.checks:
        if each.rule is rules.METADATA_WRONG_TYPE:
            wrong = each.condition.holds
            return ["" if value and (wrong(value) or value in NULL_WORDS) else value for value in values]
    return values


def _missing_columns(header: Header, line: str, schema: Schema) -> list[str]:
    names = set(header.keys)
    if header.has_byte_order_mark:  # it is a part of the first name
        names.discard(header.keys[0])
    missing = [field.name for field in schema.fields if field.key not in names]
    return missing or [field.name for field in schema.fields if no_header(header, line, schema)]


def _first_line(chunks: Iterator[bytes]) -> str:
    parts: list[bytes] = []
    for chunk in chain(chunks, [b"\n"]):
        line, end, _ = chunk.partition(b"\n")
        parts.append(line)
        if end:
            break
    return b"".join(parts).removesuffix(b"\r").decode(errors="replace")
