"""The tables of the measurements of refreshes, and of the goals."""

from collections.abc import Iterator, Sequence
from typing import Final

from bench import prices
from bench.refresh.measuring import MeasuredRefresh, MeasuredRefreshes
from bench.refresh.stacks import OURS, POLL_SECONDS
from bench.refresh.testbed import JOB_SECONDS
from bench.tables import Goal, goals_table, table
from bench.usage import Used

_START_MAX: Final = 5
_CHANGED: Final = """A schedule at which the files have changed. Times are from the scheduled time, to which the local
scheduler adds up to a second:
"""
_UNCHANGED: Final = "The same schedule a day later, with the same files:\n"
_HEAD: Final = (
    *("contender", "job starts after s", "executions", "failed", "jobs", "rows", "invocations", "transitions"),
    "US$",
)


def write(measured: MeasuredRefreshes) -> str:
    """Return the text of the part."""
    parts = [
        _introduction(measured),
        _costs(measured),
        _CHANGED,
        table(_HEAD, map(_row, measured.changed)),
        _UNCHANGED,
        table(_HEAD, map(_row, measured.unchanged)),
        _uploads(measured),
        table(_HEAD, map(_row, measured.uploaded)),
        goals_table(_goals(measured)),
    ]
    return "\n".join(parts)


def _introduction(measured: MeasuredRefreshes) -> str:
    return f"""Imports of {JOB_SECONDS // 60} minutes between deploys, on the local AWS with a clock at least
{measured.speed:.0f} times as fast, but in real time while the schedule or the uploads start a job. The other contender
is what one would write by hand: EventBridge starts a state machine that creates a job with the
[SDK integration](https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html), and polls it
every {POLL_SECONDS} seconds. It compares no files, and combines no uploads. Costs are list prices of {prices.DATE} in
{prices.REGION}, without free tiers.
"""


def _costs(measured: MeasuredRefreshes) -> str:
    """Return the figures that README.md and docs/refresh.md cite."""
    refreshes = {
        "a deploy with a first import": measured.deploy,
        "a refresh with an import": _ours(measured.changed).used,
        "a refresh that finds nothing new": _ours(measured.unchanged).used,
        f"{measured.uploads} uploads, with one import": _ours(measured.uploaded).used,
    }
    head = ["of this construct", "invocations", "transitions", "US$"]
    return table(head, [(name, *_usage(used)) for name, used in refreshes.items()])


def _uploads(measured: MeasuredRefreshes) -> str:
    return (
        f"{measured.uploads} uploads for each contender within {measured.upload_seconds:.1f} seconds, with a quiet "
        "period of a minute. Times are from the first upload,\nand contain the quiet period, which passes on the "
        "accelerated clock. The location had one row before:\n"
    )


def _row(each: MeasuredRefresh) -> list[str]:
    start = "-" if each.start_seconds is None else f"{each.start_seconds:.1f}"
    counts = (each.executions, each.failed, each.jobs, each.rows)
    return [each.refresher.name, start, *map(str, counts), *_usage(each.used)]


def _usage(used: Used) -> list[str]:
    return [str(used.invocations), str(used.transitions), f"{used.cost:.5f}"]


def _goals(measured: MeasuredRefreshes) -> Iterator[Goal]:
    changed, unchanged, uploaded = map(_ours, (measured.changed, measured.unchanged, measured.uploaded))
    start = changed.start_seconds
    yield Goal(
        f"the job starts at most {_START_MAX} seconds after the scheduled time",
        "no job" if start is None else f"{start:.1f} seconds",
        start is not None and start <= _START_MAX,
    )
    yield Goal("unchanged files start no job", str(unchanged.jobs), not unchanged.jobs)
    rows = 1 + measured.uploads
    yield Goal(
        f"{measured.uploads} uploads start one job, which imports all of them",
        f"{uploaded.jobs}, with {uploaded.rows} of {rows} rows",
        (uploaded.jobs, uploaded.rows) == (1, rows),
    )
    failed = changed.failed + unchanged.failed + uploaded.failed
    yield Goal("no execution fails", str(failed), not failed)


def _ours(rows: Sequence[MeasuredRefresh]) -> MeasuredRefresh:
    return next(each for each in rows if each.refresher is OURS)
