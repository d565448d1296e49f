"""Fingerprint of the files at a location: their names, sizes and ETags, but not their content."""

import hashlib
import json
from collections.abc import Iterable

from personalize_import_handler.aws.data_reader import DataObject

_LENGTH = 32


def fingerprint_of(files: Iterable[DataObject]) -> str:
    """Return the fingerprint of the files at a location.

    An ETag also changes if an object is uploaded in different parts or encrypted with a different key; then the same
    data is imported again. Different data never has the same ETag.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    identities = [(each.name, each.size, each.etag) for each in files]
    return hashlib.sha256(json.dumps(sorted(identities)).encode()).hexdigest()[:_LENGTH]
