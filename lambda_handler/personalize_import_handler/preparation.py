"""What has to be done before a job is started: the files of the app are brought to where Personalize may read them.

Done in a look of its own, whose end is noted: the look that starts the job has all of its time for that. Doing it again
changes nothing, for a location has the hash of what is there in its name.
"""

from personalize_import_handler.properties import ImportProperties
from personalize_import_handler.storage import Gone, Storage


def is_due(properties: ImportProperties) -> bool:
    """Say whether there is anything to prepare for an import."""
    return bool(properties.data_files)


def prepare(properties: ImportProperties, storage: Storage) -> None:
    """Do all that has to be done before the job is started; raise `Busy` or `Refused`."""
    _bring_files(properties, storage)


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
