"""An explanation as text, or as one JSON object; docs/watch.md describes that."""

import json
from collections.abc import Iterator
from typing import Final

from personalize_import_cli.errors import shortened
from personalize_import_cli.stack.explaining import Explained, Explanation
from personalize_import_cli.stack.lines import FORMAT_VERSION
from personalize_import_cli.stack.words import duration, moment, unwrapped

_LENGTH_MAX: Final = 5000
"""More than an answer to CloudFormation has."""


def as_text(explained: Explained) -> str:
    """Write what a person reads."""
    return "".join(f"{shortened(line, _LENGTH_MAX)}\n" for line in _lines(explained))


def as_json(explained: Explained) -> str:
    """Write what a program reads."""
    sight = explained.sight
    document = {
        "version": FORMAT_VERSION,
        "stack": sight.stack_name,
        "stack_status": sight.stack_status,
        "failed": bool(explained.failures),
        "failed_before": explained.failed_before and moment(explained.failed_before),
        "failures": [_failure(each) for each in explained.failures],
    }
    return json.dumps(document, indent=2) + "\n"


def _lines(explained: Explained) -> Iterator[str]:
    sight = explained.sight
    if not explained.failures:
        yield f"{sight.stack_name}: no import has failed in the last operation ({sight.stack_status})"
        if other := sight.first_failure:
            yield f"What has failed is {other.logical_id} ({other.resource_type}): {unwrapped(other.reason)}"
        if explained.failed_before is not None:
            yield f"One failed in the operation of {moment(explained.failed_before)}; that is past"
    for failure in explained.failures:
        yield f"{sight.stack_name}: {failure.name} failed ({sight.stack_status})"
        yield from _told_of(failure)


def _told_of(failure: Explanation) -> Iterator[str]:
    yield f"  why         {failure.why}"
    if failure.what_to_do:
        yield f"  what to do  {failure.what_to_do}"
    if failure.job:
        took = duration(failure.job.seconds(failure.job.updated_at))
        yield f"  job         {failure.job.arn}, {failure.job.status}" + ("" if failure.job.runs else f" after {took}")
    if failure.data_location:
        yield f"  data        {failure.data_location}"
    if failure.commands:
        yield "  all that is wrong with the data is told by"
        yield from (f"    {command}" for command in failure.commands)


def _failure(failure: Explanation) -> dict[str, object]:
    return {
        "import": failure.name,
        "logical_id": failure.logical_id,
        "why": failure.why,
        "what_to_do": failure.what_to_do,
        "dataset_import_job_arn": failure.job.arn if failure.job else None,
        "status": failure.job.status if failure.job else None,
        "failure_reason": failure.job.failure_reason or None if failure.job else None,
        "data_location": failure.data_location,
        "commands": list(failure.commands),
    }
