"""What has to be done before a job is started: the files of the app are brought to where Personalize may read them, and
the data is looked at.

Done in a look of its own, whose end is noted: the look that starts the job has all of its time for that. Doing it again
changes nothing, for a location that files are brought to has the hash of what is there in its name.
"""

from collections.abc import Callable

from personalize_import_handler.data_reader import DataReader
from personalize_import_handler.personalize import Personalize
from personalize_import_handler.properties import ImportProperties
from personalize_import_handler.storage import Gone, Storage


class DataRefused(Exception):
    """The data breaks rules that the job would fail over; the message says which, and where, without the data."""


def is_due(properties: ImportProperties) -> bool:
    """Say whether there is anything to prepare for an import."""
    return bool(properties.data_files) or properties.preflight


def prepare(
    properties: ImportProperties,
    personalize: Personalize,
    storage: Callable[[], Storage],
    read_as: Callable[[str], DataReader],
) -> None:
    """Do all that has to be done before the job is started; raise `Busy`, `Refused` or `DataRefused`."""
    if properties.data_files:
        _bring_files(properties, storage())
    if properties.preflight:
        # Loaded where it is asked for: it is more code than all the rest, and most imports go without it.
        from personalize_import_handler import preflight

        reader = read_as(properties.role_arn)
        preflight.look_at_data(properties, personalize.schema_of(properties.dataset_arn), reader)


def _bring_files(properties: ImportProperties, storage: Storage) -> None:
    """Copy every file, also those that are there already: the data bucket forgets what was brought a while ago."""
    folder, _, _ = properties.data_location.rpartition("/")
    for name, source in properties.data_files:
        target = f"{folder}/{name}"
        try:
            storage.copy(source, target)
        except Gone as gone:
            # As `cdk gc` does to the files of an earlier deployment, which a rollback asks for.
            if not storage.holds(target):
                message = f"{gone.message} Neither does its copy {target}"
                raise Gone(gone.operation, gone.code, message) from gone
