"""Locations of data: local files or S3."""

from pathlib import Path

from personalize_import_cli.errors import command_error
from personalize_import_handler.contract.locations import S3_SCHEME
from personalize_import_handler.data_checks.files import Data, local_data


def data_at(location: str) -> Data:
    """Return the files at a location; raise `CommandError` if they can't be listed."""
    if location.startswith(S3_SCHEME):
        from personalize_import_cli.check.s3_source import s3_data  # boto3 is slow to load

        return s3_data(location)
    try:
        return local_data(Path(location))
    except OSError as error:
        raise command_error(error, location) from error


def location_of(data: Data, file: str | None) -> str:
    """Return the location of a file by the name in a finding; without a name, the location of the data."""
    if file is None or file == data.location:
        return data.location
    is_alone = [each.name for each in data.files] == [file] and data.location.rpartition("/")[2] == file
    return data.location if is_alone else f"{data.location.rstrip('/')}/{file}"
