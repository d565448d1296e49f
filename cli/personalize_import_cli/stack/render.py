"""The status of a stack as text and as JSON; docs/status.md describes both."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from personalize_import_cli.errors import shortened
from personalize_import_cli.stack.status import ImportStatus, RefreshStatus, StackStatus, moment

FORMAT_VERSION: Final = 1
_HEAD: Final = ("import", "state", "job status", "started", "elapsed", "job")
_REFRESHES_HEAD: Final = ("import", "last refresh", "state", "job", "next refresh")
_LENGTH_MAX: Final = 5000
"""Longer than any reason: a response to CloudFormation has at most 4096 bytes."""


def as_text(status: StackStatus) -> str:
    """Return a table of the imports, and below it their reasons; the same for refreshes, if there are triggers."""
    rows = [_HEAD, *(_row(each) for each in status.imports)]
    reasons = [f"{_name(each)} {each.state}: {each.reason}" for each in status.imports if each.reason]
    lines = [f"{status.name}  {status.status}", *_aligned(rows), *reasons, *_refreshes(status.refreshes)]
    lines += filter(None, [status.next_step])
    return "".join(f"{shortened(line, _LENGTH_MAX)}\n" for line in lines)


def _refreshes(refreshes: Sequence[RefreshStatus]) -> Iterator[str]:
    if refreshes:
        yield from _aligned([_REFRESHES_HEAD, *(_refresh_row(each) for each in refreshes)])
        yield from (f"Refresh of {each.name} {each.state}: {each.reason}" for each in refreshes if each.reason)


def _refresh_row(each: RefreshStatus) -> Sequence[str]:
    job_name = (each.job_arn or "").rpartition("/")[2]
    return each.name, _moment(each.requested_at), each.state, job_name, ", ".join(each.next_refreshes)


def as_json(status: StackStatus) -> str:
    """Return one JSON object on one line."""
    document = {
        "version": FORMAT_VERSION,
        "stack": status.name,
        "stack_status": status.status,
        "in_progress": not status.has_ended,
        "failed": status.has_failed,
        "next_step": status.next_step or None,
        "imports": [_fields(each) for each in status.imports],
        "refreshes": [_refresh_fields(each) for each in status.refreshes],
    }
    return json.dumps(document) + "\n"


def _fields(each: ImportStatus) -> dict[str, object]:
    job = each.job
    return {
        "import": each.name,
        "logical_id": each.logical_id,
        "rollback": each.is_rollback,
        "state": each.state,
        "dataset_import_job_arn": job.arn if job else None,
        "job_status": job.status if job else None,
        "dataset_arn": each.dataset_arn,
        "data_location": each.data_location,
        "started_at": _moment(each.started_at) or None,
        "elapsed_seconds": None if each.elapsed_seconds is None else round(each.elapsed_seconds),
        "reason": each.reason or None,
    }


def _refresh_fields(each: RefreshStatus) -> dict[str, object]:
    return {
        "import": each.name,
        "logical_id": each.logical_id,
        "state": each.state,
        "requested_at": _moment(each.requested_at) or None,
        "dataset_import_job_arn": each.job_arn,
        "imported_files": each.imported_files,
        "reason": each.reason or None,
        "next_refreshes": [*each.next_refreshes],
    }


def _row(each: ImportStatus) -> Sequence[str]:
    job_status, job_name = (each.job.status, each.job.name) if each.job else ("", "")
    elapsed = "" if each.elapsed_seconds is None else duration(each.elapsed_seconds)
    return _name(each), each.state, job_status, _moment(each.started_at), elapsed, job_name


def _name(each: ImportStatus) -> str:
    return f"{each.name} (rollback)" if each.is_rollback else each.name


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    columns: Iterable[Sequence[str]] = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def duration(seconds: float) -> str:
    """Return a duration such as `45 s`, `4 min 05 s` or `1 h 04 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def _moment(epoch_seconds: float | None) -> str:
    return "" if epoch_seconds is None else moment(epoch_seconds)
