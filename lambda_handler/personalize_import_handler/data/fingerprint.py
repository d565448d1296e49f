"""What the files of a location are told apart by: their names, sizes and ETags, without a look into them."""

import hashlib
import json

from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.contract.import_properties import ImportProperties

_LENGTH = 32


def fingerprint_of(properties: ImportProperties, reader: DataReader) -> str:
    """Take the fingerprint of the files that an import reads; raise `BusyError`, `RefusedError` or `TooManyFilesError`.

    One list call for a thousand files and subfolders. An ETag is another one where an object is uploaded in other
    parts, or encrypted with another key: then the same data is imported once more. It is never the same for other data.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    files = [(each.name, each.size, each.etag) for each in reader.list_objects(properties.data_location)]
    return hashlib.sha256(json.dumps(sorted(files)).encode()).hexdigest()[:_LENGTH]
