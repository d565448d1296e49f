"""The measurements: which contenders wait for which jobs, and at which speed of the simulated clock."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.part import Scale
from bench.usage import Used
from bench.waiting.contenders import CONTENDERS, OURS, PROVIDER_5, PROVIDER_30, Contender
from bench.waiting.figures import MeasuredImport
from bench.waiting.imports import deploy, deploy_at_once
from bench.waiting.queue_simulation import QueueFigures, simulate_queue
from bench.waiting.simulation import LONG, TYPICAL, Simulated, simulate_all, simulate_repeated
from bench.waiting.testbed import PlannedImport, Testbed, running_testbed

LONG_SECONDS: Final = 3 * 3600
MANY: Final = 40
_QUEUES: Final = (20, 100, 500)
"""Numbers of imports at once that are simulated."""
_QUEUES_QUICK: Final = (20, 100)
_TYPICAL_SECONDS: Final = (1020, 660, 240)
"""Observed durations of real imports; the longest start first. The simulation has all others."""
_TYPICAL_SPEED: Final = 16
_TYPICAL_SECONDS_QUICK: Final = (360, 240)
_TYPICAL_SPEED_QUICK: Final = 24
_MANY_SECONDS: Final = 240
_MANY_SPEED: Final = 40
"""Eight rounds of five jobs take 48 seconds."""
LONG_SPEED: Final = 240
_WARM: Final = 2
"""Imports that run before any is measured, because the seconds of a first invocation are simulated minutes."""
_WARM_FOR_MANY: Final = 8
_WARM_SECONDS: Final = 30
_WARM_SPEED: Final = 30
_UNLIMITED: Final = 100
"""Limit of running jobs that contenders running at the same time never reach."""
_LIMIT_OF_AN_ACCOUNT: Final = 5


@dataclass(frozen=True)
class Deployed:
    """One contender's imports, deployed and simulated."""

    contender: Contender
    speed: float
    waited: Sequence[MeasuredImport]
    used: Used
    simulated: Sequence[Simulated]


@dataclass
class Measured:
    """The figures of all measurements."""

    typical: list[Deployed] = field(default_factory=list)
    simulated: dict[Contender, list[Simulated]] = field(default_factory=dict)
    many: list[Deployed] = field(default_factory=list)
    long: list[Deployed] = field(default_factory=list)
    long_simulated: list[Simulated] = field(default_factory=list)
    """Simulated long imports of this construct."""
    repeated: list[Simulated] = field(default_factory=list)
    """Simulated imports of this construct, of datasets with an earlier import."""
    long_repeated: list[Simulated] = field(default_factory=list)
    queues: list[QueueFigures] = field(default_factory=list)
    """Simulated queues of this construct."""


def measure(folder: Path, scale: Scale) -> Measured:
    """Deploy the contenders, run the imports, and return the figures."""
    contenders = (OURS, PROVIDER_5) if scale.quick else CONTENDERS
    jobs = _TYPICAL_SECONDS_QUICK if scale.quick else _TYPICAL_SECONDS
    planned = _Plan(contenders, jobs, many_of=() if scale.quick else (OURS, PROVIDER_5))
    measured = Measured()
    with running_testbed(folder, planned.all(quick=scale.quick), folder / "local-aws.log") as testbed:
        testbed.settings(running_import_jobs=_UNLIMITED)
        _log("ready")
        deploy_at_once(testbed, _WARM_SECONDS, planned.warm, _WARM_SPEED)
        _log("warm")
        speed = _TYPICAL_SPEED_QUICK if scale.quick else _TYPICAL_SPEED
        rounds: dict[float, list[PlannedImport]] = {seconds: planned.typical(seconds) for seconds in jobs}
        waited, started_at = deploy(testbed, rounds, speed)
        for each in contenders:
            own = [one for one in waited if one.name.startswith(f"{each.key}-")]
            measured.typical.append(_deployed(testbed, each, speed, own, started_at))
        if not scale.quick:
            _measure_many(testbed, planned, measured)
            _measure_long(testbed, planned, measured)
    polls = {each.contender: each.used.poll_seconds for each in measured.typical}
    measured.simulated = {each: simulate_all(each, TYPICAL, seconds) for each, seconds in polls.items()}
    measured.queues = [simulate_queue(count) for count in (_QUEUES_QUICK if scale.quick else _QUEUES)]
    measured.repeated = simulate_repeated(TYPICAL, polls[OURS])
    measured.long_simulated = simulate_all(OURS, LONG, polls[OURS])
    measured.long_repeated = simulate_repeated([LONG_SECONDS], polls[OURS])
    return measured


@dataclass(frozen=True)
class _Plan:
    """The imports of each measurement; those that run at the same time have different datasets."""

    contenders: Sequence[Contender]
    jobs: Sequence[float]
    many_of: Sequence[Contender]
    """The contenders that are measured with many imports at once."""

    @property
    def warm(self) -> list[PlannedImport]:
        names = [(each, number) for each in self.contenders for number in range(self.warm_of(each))]
        return [PlannedImport(f"{each.key}-warm-{number}", each, row) for row, (each, number) in enumerate(names)]

    def warm_of(self, contender: Contender) -> int:
        return _WARM_FOR_MANY if contender in self.many_of else _WARM

    def typical(self, seconds: float) -> list[PlannedImport]:
        row = self.jobs.index(seconds) * len(self.contenders)
        return [PlannedImport(f"{each.key}-{seconds}", each, row + at) for at, each in enumerate(self.contenders)]

    def many(self, contender: Contender) -> list[PlannedImport]:
        return [PlannedImport(f"{contender.key}-many-{number:02}", contender, number) for number in range(MANY)]

    @property
    def long(self) -> list[PlannedImport]:
        return [
            PlannedImport(f"{each.key}-long", each, number, long=True)
            for number, each in enumerate((OURS, PROVIDER_30))
        ]

    def all(self, *, quick: bool) -> list[PlannedImport]:
        typical = [one for seconds in self.jobs for one in self.typical(seconds)]
        more = [] if quick else [*(one for each in self.many_of for one in self.many(each)), *self.long]
        return [*self.warm, *typical, *more]


def _measure_many(testbed: Testbed, planned: _Plan, measured: Measured) -> None:
    testbed.settings(running_import_jobs=_LIMIT_OF_AN_ACCOUNT, requests_per_second=1)
    for each in planned.many_of:
        waited, started_at = deploy_at_once(testbed, _MANY_SECONDS, planned.many(each), _MANY_SPEED)
        measured.many.append(_deployed(testbed, each, _MANY_SPEED, waited, started_at))
    testbed.settings(running_import_jobs=_UNLIMITED, requests_per_second=0)


def _measure_long(testbed: Testbed, planned: _Plan, measured: Measured) -> None:
    waited, started_at = deploy(testbed, {LONG_SECONDS: planned.long}, LONG_SPEED)
    for each, one in zip((OURS, PROVIDER_30), waited, strict=True):
        measured.long.append(_deployed(testbed, each, LONG_SPEED, [one], started_at))


def _deployed(
    testbed: Testbed, contender: Contender, speed: float, waited: Sequence[MeasuredImport], started_at: datetime
) -> Deployed:
    used = testbed.used_since(contender, started_at)
    simulated = simulate_all(
        contender, [each.job_seconds for each in waited if each.lag is not None], used.poll_seconds * speed
    )
    for each in waited:
        _log(str(each))
    _log(f"{contender.name}: {used}")
    return Deployed(contender, speed, waited, used, simulated)


def _log(text: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")
