"""What the files of a location are told apart by: their names, sizes and ETags, without a look into them."""

import hashlib
import json

from personalize_import_handler.data_checks.files import is_read
from personalize_import_handler.data_reader import DataReader
from personalize_import_handler.properties import ImportProperties

_LENGTH = 32


def fingerprint_of(properties: ImportProperties, reader: DataReader) -> str:
    """Take the fingerprint of the files that an import reads; raise `Busy` or `Refused`.

    One list call for a thousand files. An ETag is another one where an object is uploaded in other parts, or encrypted
    with another key: then the same data is imported once more. It is never the same for other data.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    location = properties.data_location
    files = [
        (each.name, each.size, each.etag)
        for each in reader.list_objects(location)
        if is_read(each.name) or not location.endswith("/")
    ]
    return hashlib.sha256(json.dumps(sorted(files)).encode()).hexdigest()[:_LENGTH]
