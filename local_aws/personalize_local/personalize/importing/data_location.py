"""The objects at a data location.

https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html: a file, or the files directly under a
folder. It is not documented that files in a folder whose names don't end in `.csv` are ignored, nor that a folder may
omit the trailing slash, as in AWS's own samples.
"""

from collections.abc import Iterable

from personalize_import_handler.contract.locations import S3_SCHEME, Location, parse_location
from personalize_import_handler.data_checks.files import is_read
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, ImportRole, S3Object


def location_of(text: str, refusal: str = messages.INVALID_DATA_LOCATION) -> Location:
    """Parse an `s3://` URI; raise InvalidInputException with the message `refusal` for any other text."""
    location = parse_location(text)
    if not text.startswith(S3_SCHEME) or not location.bucket:
        raise invalid_input(refusal)
    return location


def objects_at(role: ImportRole, location: Location) -> list[S3Object]:
    """List the files to import with the import role; raise InvalidInputException if there are none."""
    try:
        found = role.list_objects(location.bucket, location.key)
    except (DataAccessDeniedError, DataNotFoundError) as error:
        raise invalid_input(read_failure(error)) from error
    files = select_files(found, location.key)
    if not files:
        raise invalid_input(messages.INVALID_DATA_LOCATION)
    return files


def select_files(found: Iterable[S3Object], key: str) -> list[S3Object]:
    """Return the object with the key, otherwise the CSV files directly under that folder, sorted by key."""
    objects = list(found)
    exact = [item for item in objects if item.key == key and not key.endswith("/")]
    if exact:
        return exact
    folder = key if not key or key.endswith("/") else key + "/"
    files = [item for item in objects if item.key.startswith(folder) and is_read(item.key.removeprefix(folder))]
    return sorted(files, key=lambda item: item.key)


def read_failure(error: DataAccessDeniedError | DataNotFoundError) -> str:
    """Return the service's message for data that can't be read."""
    if isinstance(error, DataAccessDeniedError):
        return messages.no_access_to_data(error.bucket)
    return messages.INVALID_DATA_LOCATION
