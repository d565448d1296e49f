"""Reading the files of a job: their headers before the service responds, their rows afterwards."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from personalize_import_handler.data_checks.dataset_types import letters_and_digits
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.importing import failure_reasons
from personalize_local.personalize.importing.columns import DatasetColumn
from personalize_local.personalize.importing.csv_file import (
    CsvFile,
    RowError,
    missing_columns,
    read_columns,
    split_header,
)
from personalize_local.personalize.importing.data_location import DataLocation, read_failure
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, ImportRole, S3Object


@dataclass(frozen=True)
class ImportSource:
    """The files of one job, and the role that reads them."""

    role: ImportRole
    location: DataLocation
    files: tuple[S3Object, ...]

    def lines(self, file: S3Object) -> Iterator[bytes]:
        """Stream a file's lines."""
        return self.role.read_lines(self.location.bucket, file.key)


def check_headers(source: ImportSource, columns: Sequence[DatasetColumn]) -> None:
    """Read the first line of every file; raise InvalidInputException if columns are missing or ambiguous."""
    names = {column.name for column in columns}
    for file in source.files:
        try:
            header = split_header(next(source.lines(file), b""))
        except (DataAccessDeniedError, DataNotFoundError) as error:
            raise invalid_input(read_failure(error)) from error
        if missing := missing_columns(header, columns):
            raise invalid_input(messages.missing_columns(missing))
        counts = Counter(map(letters_and_digits, header))
        if ambiguous := [name for name in header if name in names and counts[letters_and_digits(name)] > 1]:
            raise invalid_input(messages.duplicate_columns(ambiguous))


def read_records(source: ImportSource, records: Records) -> str | None:
    """Read all rows into `records`; return the failure reason if the import fails."""
    try:
        first: CsvFile | None = None
        for item in source.files:
            lines = source.lines(item)
            file = CsvFile(source.location.uri(item.key), split_header(next(lines, b"")), records.columns)
            if missing := missing_columns(file.header, file.columns):
                return messages.missing_columns(missing)  # the file has changed since its header was checked
            first = first or file
            if file.header != first.header:
                return failure_reasons.headers_differ(file.location, first.location)
            for cells in read_columns(file, lines):
                records.add(cells)
    except RowError as error:
        return str(error)
    except (DataAccessDeniedError, DataNotFoundError) as error:
        return read_failure(error)
    return None
