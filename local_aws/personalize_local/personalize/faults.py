"""Fault injection: tests make the service refuse calls, hang, drop connections, and hold or end jobs."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

ANY: Final = "*"
"""Matches every operation, or every job."""


@dataclass(frozen=True)
class Fault:
    """A fault in the next `times` calls of an operation, before or after the call has its effect.

    With `seconds`, all calls within that simulated time from `requested_at` have the fault.

    The calls hang for `hang_seconds` of real time; then they lose their connection, or fail with `error_code`, or, if
    neither is given, continue as usual. `resource` is a name or an ARN; by default calls on every resource match.
    """

    operation: str = ANY
    resource: str | None = None
    times: int = 1
    after_effect: bool = False
    error_code: str | None = None
    message: str = ""
    http_status: int = 400
    hang_seconds: float = 0
    drop_connection: bool = False
    seconds: float | None = None
    requested_at: float = 0

    def is_active(self, now: float) -> bool:
        """Return whether later calls may still match."""
        return self.times > 0 if self.seconds is None else now < self.requested_at + self.seconds

    def matches(self, operation: str, names: Collection[str]) -> bool:
        """Return whether a call of this operation on the named resources has the fault."""
        if self.operation not in (ANY, operation):
            return False
        resource = self.resource
        return resource is None or any(name == resource or name.endswith(f"/{resource}") for name in names)


@dataclass(frozen=True)
class ForcedEnd:
    """The status with which a job ends, `after_seconds` after the request or the job's creation, whichever is later."""

    status: str
    failure_reason: str | None
    requested_at: float
    after_seconds: float = 0

    def time_for_job(self, created_at: float) -> float:
        """Return the time at which a job that was created at `created_at` ends."""
        return max(self.requested_at, created_at) + self.after_seconds


@dataclass
class FaultInjector:
    """The active faults, held jobs and forced ends; thread-safe."""

    faults: list[Fault] = field(default_factory=list)
    held_jobs: set[str] = field(default_factory=set)
    forced_ends: dict[str, ForcedEnd] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def add_fault(self, fault: Fault) -> None:
        """Add a fault, which applies after the faults added earlier."""
        with self._lock:
            self.faults.append(fault)

    def clear_faults(self) -> None:
        """Remove all faults."""
        with self._lock:
            self.faults.clear()

    def hold(self, job_name: str) -> None:
        """Keep a job, or all jobs, from ending."""
        with self._lock:
            self.held_jobs.add(job_name)

    def release(self, job_name: str) -> None:
        """Release a held job, or all of them."""
        with self._lock:
            if job_name == ANY:
                self.held_jobs.clear()
            self.held_jobs.discard(job_name)

    def force_end(self, job_name: str, end: ForcedEnd) -> None:
        """End a job, or all jobs, with a status."""
        with self._lock:
            self.forced_ends[job_name] = end

    def cancel_forced_end(self, job_name: str) -> None:
        """Remove a forced end; jobs that have ended don't change."""
        with self._lock:
            self.forced_ends.pop(job_name, None)

    def next_fault(self, operation: str, names: Collection[str], now: float) -> Fault | None:
        """Return the oldest fault that matches a call, and count the call."""
        with self._lock:
            for index, fault in enumerate(self.faults):
                if fault.is_active(now) and fault.matches(operation, names):
                    self.faults[index] = replace(fault, times=fault.times - 1)
                    return fault
            return None

    def is_held(self, job_name: str) -> bool:
        """Return whether a job is held."""
        with self._lock:
            return not self.held_jobs.isdisjoint((job_name, ANY))

    def forced_end(self, job_name: str) -> ForcedEnd | None:
        """Return the forced end for a job's name, otherwise the one for all jobs."""
        with self._lock:
            return self.forced_ends.get(job_name) or self.forced_ends.get(ANY)

    def clear(self) -> None:
        """Remove all faults, held jobs and forced ends."""
        with self._lock:
            self.faults.clear()
            self.held_jobs.clear()
            self.forced_ends.clear()
