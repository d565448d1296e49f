"""The measurements: a deploy, a refresh of changed files, one of unchanged files, and many uploads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.part import Scale
from bench.refresh.stacks import REFRESHERS, Refresher, Trigger
from bench.refresh.testbed import Moment, RefreshTestbed, running_refresh_testbed
from bench.usage import Used

UPLOADS: Final = 100
_UPLOADS_QUICK: Final = 10
_SPEED: Final = 30
_SPEED_FAST: Final = 36
"""Simulated seconds per real second where the number of polls matters less, and in a quick run."""


@dataclass(frozen=True)
class MeasuredRefresh:
    """The figures of a refresher in one situation."""

    refresher: Refresher
    executions: int
    failed: int
    """The number of executions that have failed."""
    jobs: int
    """The number of jobs that were created."""
    rows: int
    """The number of rows in the dataset afterwards."""
    used: Used
    start_seconds: float | None
    """Simulated seconds from the scheduled time or the first upload to the creation of a job; None without a job."""


@dataclass(frozen=True)
class MeasuredRefreshes:
    """The figures of all measurements."""

    speed: float
    deploy: Used
    """The usage of a deploy with an import."""
    changed: Sequence[MeasuredRefresh]
    unchanged: Sequence[MeasuredRefresh]
    uploads: int
    """The number of files that were uploaded for each refresher."""
    upload_seconds: float
    """The time in which they were uploaded."""
    uploaded: Sequence[MeasuredRefresh]


def measure(folder: Path, scale: Scale) -> MeasuredRefreshes:
    """Deploy the refreshers, trigger them, and return the figures."""
    speed, uploads = (_SPEED_FAST, _UPLOADS_QUICK) if scale.quick else (_SPEED, UPLOADS)
    with running_refresh_testbed(folder, speed) as testbed:
        deploy = testbed.deploy()
        testbed.put_everywhere(Trigger.SCHEDULE, "changed.csv")
        changed, unchanged = (_scheduled(testbed, each) for each in (speed, _SPEED_FAST))
        uploaded, seconds = _uploaded(testbed, uploads)
    return MeasuredRefreshes(speed, deploy, changed, unchanged, uploads, seconds, uploaded)


def _scheduled(testbed: RefreshTestbed, speed: float) -> list[MeasuredRefresh]:
    """Wait for a scheduled refresh of both refreshers, in real time until both have reacted."""
    since = testbed.approach_schedule()
    testbed.wait_for_reaction(Trigger.SCHEDULE, since)
    return _ended(testbed, Trigger.SCHEDULE, since, speed)


def _uploaded(testbed: RefreshTestbed, uploads: int) -> tuple[list[MeasuredRefresh], float]:
    """Upload files for both refreshers in real time; return their figures, and the time that it took."""
    since = testbed.set_speed(1)
    for number in range(uploads):
        testbed.put_everywhere(Trigger.UPLOAD, f"{number}.csv")
    seconds = testbed.set_speed(1).simulated - since.simulated
    testbed.set_speed(_SPEED_FAST)
    testbed.wait_for_reaction(Trigger.UPLOAD, since)
    return _ended(testbed, Trigger.UPLOAD, since, _SPEED_FAST), seconds


def _ended(testbed: RefreshTestbed, trigger: Trigger, since: Moment, speed: float) -> list[MeasuredRefresh]:
    """Wait at a speed until no refresh is running, and return the figures of each refresher."""
    testbed.set_speed(speed)
    testbed.wait_for_end(trigger, since)
    return [_figures(testbed, each, trigger, since) for each in REFRESHERS]


def _figures(testbed: RefreshTestbed, refresher: Refresher, trigger: Trigger, since: Moment) -> MeasuredRefresh:
    executions = testbed.executions(refresher, trigger, since)
    created = testbed.jobs_created(refresher, trigger, since)
    return MeasuredRefresh(
        refresher,
        executions=len(executions),
        failed=executions.count("FAILED"),
        jobs=len(created),
        rows=testbed.rows(refresher, trigger),
        used=testbed.used_since(refresher, trigger, since),
        start_seconds=created[0] - since.simulated if created else None,
    )
