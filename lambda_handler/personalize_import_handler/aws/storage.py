"""Amazon S3 as the handler uses it: data is brought to a bucket of the provider, and that bucket is emptied."""

from typing import Protocol

from personalize_import_handler.errors import RefusedError


class Storage(Protocol):
    """The calls that the handler makes; locations are `s3://` URIs."""

    def copy(self, source: str, target: str) -> int:
        """Copy an object inside S3; return its size in bytes. Raise `ObjectNotFoundError` or `RefusedError`."""
        ...

    def exists(self, location: str) -> bool:
        """Say whether there is an object at a location; raise `BusyError` or `RefusedError`."""
        ...

    def empty(self, bucket: str) -> bool:
        """Delete as much of a bucket as there is time for, and say whether it is empty then, or gone.

        All versions are deleted, and what marks deletions; raise `BusyError` or `RefusedError`.
        """
        ...


class ObjectNotFoundError(RefusedError):
    """There is no such object, or not any more."""
