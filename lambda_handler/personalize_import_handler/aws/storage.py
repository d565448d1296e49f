"""The Amazon S3 calls of the handler, as a protocol: copy asset files to the staging bucket, and empty it."""

from typing import Protocol


class Storage(Protocol):
    """The S3 calls that the handler makes; locations are `s3://` URIs."""

    def copy(self, source: str, target: str) -> int:
        """Copy an object inside S3; return its size in bytes. Raise `NotFoundError` or `RefusedError`."""
        ...

    def exists(self, location: str) -> bool:
        """Return whether an object exists; raise `BusyError` or `RefusedError`."""
        ...

    def empty(self, bucket: str) -> bool:
        """Delete as many objects of a bucket as time allows; return whether the bucket is then empty or gone.

        All versions and delete markers are deleted. Raise `BusyError` or `RefusedError`.
        """
        ...
