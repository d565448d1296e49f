"""The data as Personalize will see it: listed and read with the import role's own permissions.

What that role may not read here, the job could not read either.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from personalize_import_handler.personalize import Refused


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
        """List the object of a location, or all below the folder, by name; raise `Busy` or `Refused`."""
        ...

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        """Read so many bytes of a file of the location, from its beginning; raise `Busy` or `Refused`."""
        ...


class NotReadable(Refused):
    """The import role may not read the data, or it isn't there."""


class NotAssumable(Refused):
    """The provider may not take on the import role to look at the data."""
