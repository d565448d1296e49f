"""Access to the data with the permissions of the import role.

If the role can't read a file here, the import job can't read it either.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from personalize_import_handler.errors import ImportFailedError, RefusedError

LISTED_PAGES_MAX: Final = 20
"""The most pages of a folder that are listed; this limits time and memory for any bucket."""
ENTRIES_PER_PAGE: Final = 1000
"""The most files and subfolders that S3 returns in one page."""


class DataObject(NamedTuple):
    """A file of a location."""

    name: str
    """The name of the file within the folder."""
    size: int
    etag: str
    """The ETag, which identifies the content."""
    last_modified: float
    """When the file was uploaded, in epoch seconds; for a multipart upload, when it was initiated.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
    """


class DataReader(Protocol):
    """Access to the data as the import role; locations are `s3://` URIs of an object, or of a folder with a slash."""

    def names_near(self, location: str) -> Sequence[str]:
        """List the first files and subfolders of the location's folder, including those that an import doesn't read.

        Raise `BusyError` or `RefusedError`.
        """
        ...

    def list_objects(self, location: str) -> Sequence[DataObject]:
        """List the files that an import reads: the object itself, otherwise the CSV files directly under the folder.

        Raise `BusyError`, `RefusedError` or `TooManyFilesError`.
        """
        ...

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        """Yield the first `size` bytes of a file at the location; raise `BusyError` or `RefusedError`."""
        ...


class NotReadableError(RefusedError):
    """The import role isn't allowed to read the data, or the data doesn't exist."""


class NotAssumableError(RefusedError):
    """The provider isn't allowed to assume the import role to check the data."""


class TooManyFilesError(ImportFailedError):
    """A folder contains more files and subfolders than the handler lists."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"{location} has too many files and subfolders directly under it: at most {LISTED_PAGES_MAX} pages of up "
            f"to {ENTRIES_PER_PAGE} entries are listed. Merge the CSV files into fewer, and move everything else to "
            "another folder; or set Preflight to false and Reimport to WHEN_PROPERTIES_CHANGE, so that nothing is "
            "listed. No job was started."
        )
