"""Preparation of a job: copy the asset files to the staging bucket, compute the fingerprint, and check the data.

Each step is a separate poll whose end is recorded: a function that is killed repeats only that step, and the poll that
starts the job has its full time for that. A repeated copy changes nothing, because the target location contains the
hash of the content.
"""

from typing import Final

from personalize_import_handler.aws.services import Services
from personalize_import_handler.aws.storage import Storage
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.errors import NotFoundError
from personalize_import_handler.request.outcome import Progress

_BYTES_PER_POLL: Final = 64 * 1024 * 1024
"""A poll stops copying after this many bytes; the file that exceeds the limit is still copied."""


def is_due(properties: ImportProperties) -> bool:
    """Return whether an import needs any preparation."""
    return bool(properties.data_files) or _reads_data(properties)


def prepare(properties: ImportProperties, progress: Progress, services: Services) -> Progress:
    """Do the next step and return the new progress; raise `BusyError`, `RefusedError` or `DataRefusedError`."""
    if progress.files_copied < len(properties.data_files):
        copied = _copy_files(properties, services.storage, progress.files_copied)
        left = copied < len(properties.data_files) or _reads_data(properties)
        return progress._replace(files_copied=copied, prepared=not left)
    reader = services.data_reader(properties.role_arn)
    if _lacks_fingerprint(properties):
        from personalize_import_handler.data.fingerprint import fingerprint_of  # few imports need it

        fingerprint = fingerprint_of(reader.list_objects(properties.data_location))
        return progress._replace(files_fingerprint=fingerprint, prepared=not properties.preflight)
    # Imported here because it is more code than all other modules, and most imports don't use it.
    from personalize_import_handler.data import preflight

    preflight.check_data(properties, services.personalize.schema_of(properties.dataset_arn), reader)
    return progress._replace(prepared=True)


def _reads_data(properties: ImportProperties) -> bool:
    return properties.preflight or _lacks_fingerprint(properties)


def _lacks_fingerprint(properties: ImportProperties) -> bool:
    """Return whether the job's tag needs a fingerprint that is not known yet."""
    return properties.tag_fingerprint and not (properties.data_fingerprint or properties.files_fingerprint)


def _copy_files(properties: ImportProperties, storage: Storage, first: int) -> int:
    """Copy files in order, from index `first` on, as many as fit into a poll; return the number copied so far.

    Existing files are copied again, because the staging bucket deletes its files after a while.
    """
    folder, _, _ = properties.data_location.rpartition("/")
    copied_bytes = 0
    for number, (name, source) in enumerate(properties.data_files[first:], start=first + 1):
        copied_bytes += _copy(storage, source, f"{folder}/{name}")
        if copied_bytes >= _BYTES_PER_POLL:
            return number
    return len(properties.data_files)


def _copy(storage: Storage, source: str, target: str) -> int:
    """Copy a file and return its size; a missing source is ignored if its copy exists."""
    try:
        return storage.copy(source, target)
    except NotFoundError as gone:
        # `cdk gc` may have deleted the files of an earlier deployment that a rollback needs.
        if storage.exists(target):
            return 0
        message = f"{gone.message} Its copy {target} doesn't exist either"
        raise NotFoundError(gone.operation, gone.code, message) from gone
