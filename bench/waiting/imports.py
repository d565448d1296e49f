"""Run imports, each in a separate stack that is created with the CloudFormation API."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from bench.local_resources import until
from bench.waiting import figures
from bench.waiting.figures import MeasuredImport
from bench.waiting.testbed import PlannedImport, Testbed

_PENDING_SHARE: Final = 0.2
_PATIENCE_SECONDS: Final = 240


def deploy(
    testbed: Testbed, rounds: Mapping[float, Sequence[PlannedImport]], speed: float
) -> tuple[list[MeasuredImport], datetime]:
    """Start the imports in rounds, each with one job duration, and wait for all; return figures and the start time."""
    started_at = datetime.now(UTC)
    testbed.speed(speed)
    for seconds, planned in rounds.items():
        testbed.settings(
            import_pending_seconds=seconds * _PENDING_SHARE, import_in_progress_seconds=seconds * (1 - _PENDING_SHARE)
        )
        _start(testbed, planned)
        until(partial(_started, testbed, planned), _PATIENCE_SECONDS)
    return _wait_for(testbed, [each for planned in rounds.values() for each in planned]), started_at


def deploy_at_once(
    testbed: Testbed, seconds: float, planned: Sequence[PlannedImport], speed: float
) -> tuple[list[MeasuredImport], datetime]:
    """Start all imports at once, even more than the limit of running jobs allows, and wait for all."""
    started_at = datetime.now(UTC)
    testbed.speed(speed)
    testbed.settings(
        import_pending_seconds=seconds * _PENDING_SHARE, import_in_progress_seconds=seconds * (1 - _PENDING_SHARE)
    )
    _start(testbed, planned)
    return _wait_for(testbed, planned), started_at


def _start(testbed: Testbed, planned: Sequence[PlannedImport]) -> None:
    for each in planned:
        testbed.cloud.cloudformation.create_stack(
            StackName=each.name, TemplateBody=testbed.template(each.name), Capabilities=["CAPABILITY_IAM"]
        )


def _started(testbed: Testbed, planned: Sequence[PlannedImport]) -> bool:
    jobs = [job["job_name"] for job in testbed.cloud.jobs()]
    return all(any(job.startswith(f"{each.name}-") for job in jobs) for each in planned)


def _wait_for(testbed: Testbed, planned: Sequence[PlannedImport]) -> list[MeasuredImport]:
    for each in planned:
        until(partial(_ended, testbed, each), _PATIENCE_SECONDS)
    calls = testbed.cloud.aws.control("GET", "calls")["calls"]
    jobs = testbed.cloud.jobs()
    real = time.time()
    clock = testbed.clock()
    offset = {"real": (real + time.time()) / 2, "service": clock["now"], "speed": clock["speed"]}
    return [
        figures.waited(
            each.name,
            next(job for job in jobs if job["job_name"].startswith(f"{each.name}-")),
            calls,
            testbed.cloud.events(each.name),
            offset,
        )
        for each in planned
    ]


def _ended(testbed: Testbed, planned: PlannedImport) -> bool:
    stack = testbed.cloud.cloudformation.describe_stacks(StackName=planned.name)["Stacks"][0]
    return not stack["StackStatus"].endswith("IN_PROGRESS")
