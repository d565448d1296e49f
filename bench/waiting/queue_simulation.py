"""Simulation of many imports at once: the handler's decisions, and the limits of Personalize and Step Functions.

Hundreds of imports take most of a day, so they can't be deployed during a benchmark. Each import is a generator that
yields the seconds until it continues. It makes the calls of the handler in their order, with the retries of botocore
and of `aws.calls`, and its waits are those of the handler's own functions.
"""

import heapq
import itertools
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from personalize_import_handler.aws.calls import RETRY_PAUSES
from personalize_import_handler.contract import TIMEOUT_SECONDS_MAX
from personalize_import_handler.request import queueing
from personalize_import_handler.request.polling import seconds_until_next_poll
from personalize_import_handler.request.queueing import Delay
from personalize_local.personalize.limits import Settings

SLOTS: Final = 5
_TRIES: Final = 3
"""The attempts of `aws.calls.CLIENT_CONFIG`."""
_PERSONALIZE: Final = (1.0, float(Settings().request_burst))
"""Requests per second and burst, for each operation."""
_STEP_FUNCTIONS: Final = (2.0, 100.0)
"""The same of ListExecutions in small Regions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
_LIST_JOBS, _CREATE, _DESCRIBE = "ListDatasetImportJobs", "CreateDatasetImportJob", "DescribeDatasetImportJob"
_DESCRIBE_DATASET, LIST_EXECUTIONS = "DescribeDataset", "ListExecutions"
_ARRIVAL_SECONDS: Final = 60
BURST_SECONDS: Final = 900
"""The time after the start that isn't steady: all imports make their first calls."""
_HAND_OVER_SECONDS: Final = (2.0, 30.0)
"""The time in which CloudFormation continues with the next resource of a wait chain."""
_JOB_SECONDS: Final = (240.0, 1020.0)

_Steps = Generator[float, None, bool]
"""Yields the seconds until it continues; returns whether it was successful."""


@dataclass
class _Bucket:
    """The rate limit of an operation."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def takes(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class QueueFigures:
    """The figures of one simulated queue."""

    imports: int
    occupied: float
    """The share of the slots that was used while imports were queued."""
    longest_wait: float
    """The longest wait of an import, as a multiple of its wait if all started in order of arrival."""
    rates: dict[str, float]
    """The requests per second of each operation in the steady state."""
    timed_out: int
    hours: float


@dataclass
class _Queued:
    """An import in the queue; times in seconds."""

    number: int
    arrived_at: float
    ends_at: float = 0
    changed_at: float = 0
    ahead: int | None = None
    is_listed: bool = True
    """False if the last list of executions was refused."""


class _World:
    """The services, the clock and the imports."""

    def __init__(self, jobs: Sequence[float], timeout: float, seed: int) -> None:
        self.random = Random(seed)
        self.jobs, self.timeout = jobs, timeout
        self.now = 0.0
        self.limits = {each: _Bucket(*_PERSONALIZE) for each in (_LIST_JOBS, _CREATE, _DESCRIBE, _DESCRIBE_DATASET)}
        self.limits[LIST_EXECUTIONS] = _Bucket(*_STEP_FUNCTIONS)
        self.requests: list[tuple[float, str]] = []
        self.running: list[float] = []
        self.executions: list[float] = []
        """The arrival times of the imports that have an execution, in order."""
        self.arrivals = sorted(self.random.uniform(0, _ARRIVAL_SECONDS) for _ in jobs)
        self.started: dict[int, float] = {}
        self.timed_out = 0

    def run(self) -> None:
        numbers = itertools.count()
        queue = [(at, next(numbers), self._import(number)) for number, at in enumerate(self.arrivals)]
        heapq.heapify(queue)
        while queue:
            self.now, _, steps = heapq.heappop(queue)
            seconds = next(steps, None)
            if seconds is not None:
                heapq.heappush(queue, (self.now + seconds, next(numbers), steps))

    def _import(self, number: int) -> _Steps:
        queued, waited = _Queued(number, arrived_at=self.now), 0.0
        while waited < self.timeout:
            part = min(TIMEOUT_SECONDS_MAX, self.timeout - waited)
            queued.ends_at, queued.changed_at, queued.ahead = self.now + part, self.now, None
            insort(self.executions, queued.arrived_at)
            is_started = yield from self._resource(queued)
            self.executions.remove(queued.arrived_at)
            if is_started:
                return True
            waited += part
            yield self.random.uniform(*_HAND_OVER_SECONDS)
        self.timed_out += 1
        return False

    def _resource(self, queued: _Queued) -> _Steps:
        """Queue until a job is started or the resource times out; then poll the job."""
        yield from self._wait_for_first_call(queued)
        while not (yield from self._list(_LIST_JOBS)):
            yield self._seconds(queued)
        while True:  # `import_job.start_attempt`
            yield from self._call(_DESCRIBE_DATASET)
            if self.now >= queued.ends_at:
                yield from self._call(_DESCRIBE)
                return False
            if (yield from self._may_request(queued)) and (yield from self._start(queued.number)):
                yield from self._poll_job(queued.number)
                return True
            yield self._seconds(queued)

    def _wait_for_first_call(self, queued: _Queued) -> _Steps:
        """Wait as `first_call.wait_for_first_call`."""
        while not (yield from self._call(LIST_EXECUTIONS)):
            yield self._seconds(queued)
        ahead = bisect_left(self.executions, queued.arrived_at)
        if not queueing.may_request(Delay(0, ahead)):
            queued.ahead = ahead
            yield queueing.seconds_until_first_call(ahead, self.random.random)
        return True

    def _may_request(self, queued: _Queued) -> _Steps:
        queued.is_listed = yield from self._call(LIST_EXECUTIONS)
        if not queued.is_listed:
            return False
        ahead = bisect_left(self.executions, queued.arrived_at)
        if ahead != queued.ahead:
            queued.changed_at = self.now
        queued.ahead = ahead
        return queueing.may_request(Delay(self.now - queued.changed_at, ahead))

    def _seconds(self, queued: _Queued) -> float:
        delay = Delay(self.now - queued.changed_at, queued.ahead if queued.is_listed else None)
        return min(queueing.seconds_until_retry(delay, self.random.random), max(1, queued.ends_at - self.now))

    def _start(self, number: int) -> _Steps:
        if not ((yield from self._list(_LIST_JOBS)) and (yield from self._call(_CREATE))):
            return False
        self.running = [end for end in self.running if end > self.now]
        if len(self.running) >= SLOTS:
            return False
        self.running.append(self.now + self.jobs[number])
        self.started[number] = self.now
        return True

    def _poll_job(self, number: int) -> _Steps:
        started_at = self.now
        while self.now < started_at + self.jobs[number]:
            yield seconds_until_next_poll(self.now - started_at)
            yield from self._call(_DESCRIBE)
        return True

    def _list(self, operation: str) -> _Steps:
        for pause in (*RETRY_PAUSES, None):
            if (yield from self._call(operation)):
                return True
            if pause is not None:
                yield pause
        return False

    def _call(self, operation: str) -> _Steps:
        """Make a call with the retries of botocore's legacy mode."""
        for attempt in range(_TRIES):
            self.requests.append((self.now, operation))
            if self.limits[operation].takes(self.now):
                return True
            if attempt + 1 < _TRIES:
                yield self.random.random() * 2**attempt
        return False


def simulate_queue(imports: int, timeout: float = 36 * 3600, seed: int = 1) -> QueueFigures:
    """Simulate imports that begin within a minute, with jobs of 4 to 17 minutes and the same timeout, in seconds."""
    random = Random(seed)
    jobs = [random.uniform(*_JOB_SECONDS) for _ in range(imports)]
    world = _World(jobs, timeout, seed)
    world.run()
    last = max(world.started.values())
    steady = [operation for at, operation in world.requests if BURST_SECONDS <= at <= last]
    return QueueFigures(
        imports=imports,
        occupied=_occupied(world, last),
        longest_wait=max(
            (world.started[number] - world.arrivals[number]) / (start - world.arrivals[number])
            for number, start in enumerate(_in_order(world))
            if number in world.started and start > world.arrivals[number]
        ),
        rates={operation: count / max(1, last - BURST_SECONDS) for operation, count in Counter(steady).items()},
        timed_out=world.timed_out,
        hours=last / 3600,
    )


def _occupied(world: _World, last: float) -> float:
    first = min(world.started.values())
    used = sum(min(at + world.jobs[number], last) - at for number, at in world.started.items())
    return used / (SLOTS * (last - first))


def _in_order(world: _World) -> list[float]:
    """Return the time at which each import would start if all started in order of arrival, without any delay."""
    free = [0.0] * SLOTS
    starts = []
    for arrived_at, seconds in zip(world.arrivals, world.jobs, strict=True):
        start = max(arrived_at, heapq.heappop(free))
        heapq.heappush(free, start + seconds)
        starts.append(start)
    return starts
