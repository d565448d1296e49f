"""S3 objects that can't be written to the disk: PutObject fails, as it does on S3 for every object that isn't stored.

ministack logs a warning and keeps the object in memory only.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from ministack.services import s3

_unwritten: Final[ContextVar[list[OSError] | None]] = ContextVar("_unwritten", default=None)


def note_unwritten_objects() -> None:
    """Note the objects that ministack can't write, for `unwritten_objects`."""
    write = s3._atomic_write  # noqa: SLF001

    def noting(fpath: str, data: bytes | str, *, text: bool = False) -> None:
        try:
            write(fpath, data, text=text)
        except OSError as error:
            error.filename = error.filename or fpath
            if (noted := _unwritten.get()) is not None:
                noted.append(error)
            raise

    s3._atomic_write = noting  # noqa: SLF001


@contextmanager
def unwritten_objects() -> Iterator[list[OSError]]:
    """Yield a list, to which the failures of this request are added."""
    noted: list[OSError] = []
    token = _unwritten.set(noted)
    try:
        yield noted
    finally:
        _unwritten.reset(token)
