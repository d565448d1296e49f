"""Reading the files of a job: their headers before the service responds, their rows afterwards.

`personalize_import_handler.data_checks` decides what is valid, so that a check and an import always agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.contract.locations import Location
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.headers import Header, header_findings, no_header, read_header
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import Schema
from personalize_import_handler.data_checks.tokenizer import LINE_BYTES_MAX
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.importing.data_location import read_failure
from personalize_local.personalize.importing.failure_reasons import failure_reason_of
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.importing.row_reader import RowReader
from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, ImportRole, S3Object

_JUDGED_ELSEWHERE: Final = frozenset({rules.TOO_FEW_INTERACTIONS, rules.TOO_LARGE})
"""The local service has settings for these limits."""


@dataclass(frozen=True)
class ImportSource:
    """The files of one job, the role that reads them, and the schema of the dataset."""

    role: ImportRole
    location: Location
    files: tuple[S3Object, ...]
    schema: Schema

    def chunks(self, file: S3Object) -> Iterator[bytes]:
        """Stream a file."""
        return self.role.read_chunks(self.location.bucket, file.key)

    @property
    def data(self) -> Data:
        """The files as the checks read them."""
        files = [
            DataFile(Location(self.location.bucket, file.key).uri, file.size, lambda file=file: self.chunks(file))  # type: ignore[misc]
            for file in self.files
        ]
        return Data(location=self.location.uri, files=files)


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
        error = read_data(source.data, source.schema, records)
    except (DataAccessDeniedError, DataNotFoundError) as denied:
        return read_failure(denied)
    return failure_reason_of(error, source.schema) if error else None


def read_data(data: Data, schema: Schema, records: Records) -> Finding | None:
    """Read all rows of data into `records`; return the first error in the data, or None."""
    return next((finding for finding in check(data, schema, rows=RowReader(records)) if _fails(finding)), None)


def _fails(finding: Finding) -> bool:
    return finding.rule.severity is Severity.ERROR and finding.rule not in _JUDGED_ELSEWHERE


def _missing_columns(header: Header, line: str, schema: Schema) -> list[str]:
    names = set(header.keys)
    if header.has_byte_order_mark:  # it is a part of the first name
        names.discard(header.keys[0])
    missing = [field.name for field in schema.fields if field.key not in names]
    return missing or [field.name for field in schema.fields if no_header(header, line, schema)]


def _first_line(chunks: Iterator[bytes]) -> str:
    """Return the first line of a file, or the beginning of a line that is too long."""
    start = b""
    for chunk in chunks:
        start += chunk
        if b"\n" in chunk or len(start) > LINE_BYTES_MAX:
            break
    return start.partition(b"\n")[0].removesuffix(b"\r").decode(errors="replace")
