"""Which objects a data location stands for.

https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html: a file, or a folder, of which only the
first level counts. That files not ending in `.csv` are left out of a folder is not documented, nor is the folder
without a trailing slash, which AWS's own samples pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.interfaces import AccessToDataDenied, DataMissing, ImportRole, S3Object

_SCHEME: Final = "s3://"


@dataclass(frozen=True)
class DataLocation:
    """A bucket, and a key or prefix in it."""

    bucket: str
    key: str

    def url(self, key: str) -> str:
        """Return the location of one of its objects."""
        return f"{_SCHEME}{self.bucket}/{key}"


def parse_location(text: str) -> DataLocation:
    """Read an `s3://` location; raise InvalidInputException for any other."""
    bucket, _, key = text.removeprefix(_SCHEME).partition("/")
    if not text.startswith(_SCHEME) or not bucket:
        raise invalid_input(messages.INVALID_DATA_LOCATION)
    return DataLocation(bucket, key)


def objects_at(role: ImportRole, location: DataLocation) -> list[S3Object]:
    """List the files to import, as the import role sees them; raise InvalidInputException if there are none."""
    try:
        found = role.list_objects(location.bucket, location.key)
    except (AccessToDataDenied, DataMissing) as error:
        raise invalid_input(explained(error)) from error
    files = chosen(found, location.key)
    if not files:
        raise invalid_input(messages.INVALID_DATA_LOCATION)
    return files


def chosen(found: Iterable[S3Object], key: str) -> list[S3Object]:
    """Return the object called `key`, or else the CSV files at the first level of that folder, by name."""
    objects = list(found)
    exact = [item for item in objects if item.key == key and not key.endswith("/")]
    if exact:
        return exact
    folder = key if not key or key.endswith("/") else key + "/"
    return sorted((item for item in objects if _is_file_in(folder, item.key)), key=lambda item: item.key)


def explained(error: AccessToDataDenied | DataMissing) -> str:
    """Return the service's words for data that can't be read."""
    if isinstance(error, AccessToDataDenied):
        return messages.no_access_to_data(error.bucket)
    return messages.INVALID_DATA_LOCATION


def _is_file_in(folder: str, key: str) -> bool:
    name = key.removeprefix(folder)
    return key.startswith(folder) and "/" not in name and name.lower().endswith(".csv")
