"""Reading the files of a job: their headers while the caller waits, their rows afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from personalize_local.personalize import messages
from personalize_local.personalize.avro_schema import colliding_names
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.importing.columns import Column
from personalize_local.personalize.importing.csv_file import (
    CsvFile,
    RowProblem,
    checked_columns,
    header_of,
    missing_columns,
)
from personalize_local.personalize.importing.data_location import DataLocation, explained
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import AccessToDataDenied, DataMissing, ImportRole, S3Object


@dataclass(frozen=True)
class Source:
    """The files of one job, and the role to read them with."""

    role: ImportRole
    location: DataLocation
    files: tuple[S3Object, ...]

    def lines(self, file: S3Object) -> Iterator[bytes]:
        """Stream a file's lines."""
        return self.role.read_lines(self.location.bucket, file.key)


def check_headers(source: Source, columns: Sequence[Column]) -> None:
    """Read the first line of every file; raise InvalidInputException if columns of the schema are missing."""
    for file in source.files:
        try:
            header = header_of(next(source.lines(file), b""))
        except (AccessToDataDenied, DataMissing) as error:
            raise invalid_input(explained(error)) from error
        missing = missing_columns(header, columns)
        if missing:
            raise invalid_input(messages.missing_columns(missing))
        wanted = {column.name for column in columns}
        collisions = [name for name in colliding_names(list(header)) if name in wanted]
        if collisions:
            raise invalid_input(messages.duplicate_columns(collisions))


def read_records(source: Source, records: Records) -> str | None:
    """Read all rows into `records`; return the failure reason if the import must fail."""
    try:
        first: CsvFile | None = None
        for item in source.files:
            lines = source.lines(item)
            file = CsvFile(source.location.url(item.key), header_of(next(lines, b"")), records.columns)
            missing = missing_columns(file.header, file.columns)
            if missing:
                # The file is another one than it was when the caller waited.
                return messages.missing_columns(missing)
            first = first or file
            if file.header != first.header:
                return messages.headers_differ(file.location, first.location)
            for values in checked_columns(file, lines):
                records.add(values)
    except RowProblem as problem:
        return str(problem)
    except (AccessToDataDenied, DataMissing) as error:
        return explained(error)
    return None
