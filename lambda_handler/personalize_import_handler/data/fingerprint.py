"""Fingerprint of the files at a location: their names, sizes and ETags, but not their content."""

import hashlib
import json

from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.contract.import_properties import ImportProperties

_LENGTH = 32


def fingerprint_of(properties: ImportProperties, reader: DataReader) -> str:
    """Return the fingerprint of an import's files; raise `BusyError`, `RefusedError` or `TooManyFilesError`.

    This takes one list call per thousand files and subfolders. An ETag also changes if an object is uploaded in
    different parts or encrypted with a different key; then the same data is imported again. Different data never has
    the same ETag. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    files = [(each.name, each.size, each.etag) for each in reader.list_objects(properties.data_location)]
    return hashlib.sha256(json.dumps(sorted(files)).encode()).hexdigest()[:_LENGTH]
