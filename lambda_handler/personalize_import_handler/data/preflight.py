"""Preflight: check the data before the job starts, and report in seconds what would fail the job after minutes.

The rules are the same as on the command line and at synth, see `data_checks`. Small data is checked completely,
otherwise only the head of each file.
"""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from personalize_import_handler.aws.data_reader import DataObject, DataReader, NotReadableError
from personalize_import_handler.aws.personalize import DatasetSchema
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import NotASchema, NotJson, Schema, read_schema
from personalize_import_handler.errors import DataRefusedError

logger = logging.getLogger(__name__)

# A function with 256 MiB has a seventh of a vCPU, and the share grows with memory: this much takes a few seconds.
BYTES_MAX: Final = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")) << 14
"""4 MiB of data for 256 MiB of memory."""
_HEAD_BYTES_MIN: Final = 1 << 16
_FILES_MAX: Final = 16


def check_data(properties: ImportProperties, schema: DatasetSchema | None, reader: DataReader) -> None:
    """Check the data; raise `DataRefusedError` if the job would fail, `RefusedError` if the data can't be read."""
    objects = reader.list_objects(properties.data_location)
    if schema is None:
        return  # the dataset doesn't exist either, so CreateDatasetImportJob will fail
    try:
        parsed = read_schema(schema.text, schema.domain)
    except (NotJson, NotASchema) as problem:
        logger.warning("Data not checked: the schema of the dataset is %s", problem)
        return
    if parsed.dataset_type is None:
        return
    checked = objects[:_FILES_MAX]
    is_whole = sum(each.size for each in objects) <= BYTES_MAX and len(checked) == len(objects)
    head_bytes = None if is_whole else max(_HEAD_BYTES_MIN, BYTES_MAX // max(1, len(checked)))
    data = _data(properties.data_location, checked, reader, head_bytes)
    if not objects:
        with suppress(NotReadableError):  # the role may be allowed to list only the location itself
            data = replace(data, not_read=reader.names_near(properties.data_location))
    findings = check(data, parsed, import_mode=properties.import_mode, head_bytes=head_bytes)
    _report([_without_data(finding, parsed) for finding in findings])


def _data(location: str, objects: Sequence[DataObject], reader: DataReader, head_bytes: int | None) -> Data:
    """Return the files as data to check; one byte more than the head is read, which shows that a file is longer."""

    def size_read(each: DataObject) -> int:
        return each.size if head_bytes is None else min(each.size, head_bytes + 1)

    return Data(
        location=location,
        files=[
            DataFile(each.name, each.size, partial(reader.read, location, each.name, size_read(each)))
            for each in objects
        ],
    )


def _without_data(finding: Finding, schema: Schema) -> Finding:
    """Remove column names that the schema doesn't have, because they are data if a file has no header."""
    known = finding.column is None or finding.column in [field.name for field in schema.fields]
    return finding if known else replace(finding, column=None, detail="")


def _report(findings: Sequence[Finding]) -> None:
    errors = [finding for finding in findings if finding.rule.severity is Severity.ERROR]
    for finding in findings:
        if finding.rule.severity is Severity.WARNING:
            logger.warning("%s: %s", finding.rule.id, finding.message)
    if errors:
        raise DataRefusedError("; ".join(f"{each.rule.id}: {each.message}. {each.rule.fix}" for each in errors))
