"""The data as Personalize will see it: listed and read with the import role's own permissions.

What that role may not read here, the job could not read either.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from personalize_import_handler.errors import ImportFailedError, RefusedError

LISTED_PAGES_MAX: Final = 20
"""Pages of a folder that are listed, so that time and memory have a bound whatever is in a bucket."""
ENTRIES_OF_A_PAGE: Final = 1000
"""The most files and subfolders that S3 returns in one page."""


class DataObject(NamedTuple):
    """A file of a location."""

    name: str
    """Its name within the folder."""
    size: int
    etag: str
    """What S3 tells contents apart by."""


class DataReader(Protocol):
    """What an import role sees of the data; locations are `s3://` URIs of an object, or of a folder with a slash."""

    def list_objects(self, location: str) -> Sequence[DataObject]:
        """List the files that an import reads: the object, or else the CSV files directly under the folder.

        Raise `BusyError`, `RefusedError` or `TooManyFilesError`.
        """
        ...

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        """Read so many bytes of a file of the location, from its beginning; raise `BusyError` or `RefusedError`."""
        ...


class NotReadableError(RefusedError):
    """The import role may not read the data, or it isn't there."""


class NotAssumableError(RefusedError):
    """The provider may not take on the import role to look at the data."""


class TooManyFilesError(ImportFailedError):
    """A folder has more files and subfolders than are listed."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"{location} has too many files and subfolders directly under it: at most {LISTED_PAGES_MAX} pages of up "
            f"to {ENTRIES_OF_A_PAGE} entries are listed. Merge the CSV files into fewer, and move everything else to "
            "another folder; or set Preflight to false and Reimport to WHEN_PROPERTIES_CHANGE, so that nothing is "
            "listed. No job was started."
        )
