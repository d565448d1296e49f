"""Imports that are queued at once, simulated: the services with their limits, the clock, and the imports.

Each import is a generator that yields the seconds until it continues. It makes the calls of the handler in their order,
with the retries of botocore and of `aws.calls`, and its waits are those of the handler's own functions.
"""

import heapq
import itertools
from bisect import bisect_left, insort
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from personalize_import_handler.aws.calls import RETRY_PAUSES
from personalize_import_handler.contract import TIMEOUT_SECONDS_MAX
from personalize_import_handler.request import queueing
from personalize_import_handler.request.execution import LIST_EXECUTIONS
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
_DESCRIBE_DATASET: Final = "DescribeDataset"
_ARRIVAL_SECONDS: Final = 60
_HAND_OVER_SECONDS: Final = (2.0, 30.0)
"""The time in which CloudFormation continues with the next resource of a wait chain."""

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
class _Queued:
    """An import in the queue; times in seconds."""

    number: int
    arrived_at: float
    ends_at: float = 0
    changed_at: float = 0
    ahead: int | None = None
    is_listed: bool = True
    """False if the last list of executions was refused."""


class QueuedImports:
    """The imports of an account, with the clock and the services."""

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
        """Advance the clock until all jobs have ended or their imports have timed out."""
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
