"""Preparation of a job: copy the asset files to where Personalize may read them, and check the data.

Each step is a poll of its own, whose end is noted: a function that is killed repeats that step and no other, and the
poll that starts the job has all of its time for that. A repeated copy changes nothing, because the location that files
are copied to has the hash of their content in its name.
"""

from typing import Final

from personalize_import_handler.aws.services import Services
from personalize_import_handler.aws.storage import ObjectNotFoundError, Storage
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.request.outcome import Progress

_BYTES_OF_A_POLL: Final = 64 * 1024 * 1024
"""A file of this size is the last one that a poll copies; smaller ones are copied until they have it together."""


def is_due(properties: ImportProperties) -> bool:
    """Say whether there is anything to prepare for an import."""
    return bool(properties.data_files) or properties.preflight


def prepare(properties: ImportProperties, progress: Progress, services: Services) -> Progress:
    """Do the next step, and return the progress with it; raise `BusyError`, `RefusedError` or `DataRefusedError`."""
    if progress.files_copied < len(properties.data_files):
        copied = _copy_files(properties, services.storage, progress.files_copied)
        left = copied < len(properties.data_files) or properties.preflight
        return progress._replace(files_copied=copied, prepared=not left)
    # Loaded only here: it is more code than all the rest, and most imports don't use it.
    from personalize_import_handler.data import preflight

    reader = services.data_reader(properties.role_arn)
    preflight.check_data(properties, services.personalize.schema_of(properties.dataset_arn), reader)
    return progress._replace(prepared=True)


def _copy_files(properties: ImportProperties, storage: Storage, first: int) -> int:
    """Copy files in their order, from index `first` on, as many as fit into a poll; return how many are copied then.

    Also those that are there already: the staging bucket deletes its files after a while.
    """
    folder, _, _ = properties.data_location.rpartition("/")
    copied_bytes = 0
    for number, (name, source) in enumerate(properties.data_files[first:], start=first + 1):
        copied_bytes += _copy(storage, source, f"{folder}/{name}")
        if copied_bytes >= _BYTES_OF_A_POLL:
            return number
    return len(properties.data_files)


def _copy(storage: Storage, source: str, target: str) -> int:
    """Copy a file and return its size; a source that is gone is not missed while its copy is there."""
    try:
        return storage.copy(source, target)
    except ObjectNotFoundError as gone:
        # As `cdk gc` does to the files of an earlier deployment, which a rollback asks for.
        if storage.exists(target):
            return 0
        message = f"{gone.message} Its copy {target} doesn't exist either"
        raise ObjectNotFoundError(gone.operation, gone.code, message) from gone
