"""What tests order the service to do wrong: refuse, hang, drop connections, hold jobs, end them."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

from personalize_local.personalize.importing.import_job import ForcedEnd

EVERY: Final = "*"


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` calls of an operation, before or after they have had their effect.

    Or, where `seconds` are given, to all of its calls in so much of the service's time, from `ordered_at` on.

    They hang for `hang_seconds` of real time, and then lose their connection, or fail with `error_code`, or, if neither
    is ordered, go on as usual. `resource` is a name or an ARN; without it, calls on every resource are meant.
    """

    operation: str = EVERY
    resource: str | None = None
    times: int = 1
    after_effect: bool = False
    error_code: str | None = None
    message: str = ""
    http_status: int = 400
    hang_seconds: float = 0
    drop_connection: bool = False
    seconds: float | None = None
    ordered_at: float = 0

    def __post_init__(self) -> None:
        """Refuse what JSON may bring that isn't meant."""
        numbers = (self.times, self.http_status, self.hang_seconds, self.seconds or 0)
        if not all(isinstance(number, int | float) for number in numbers):
            raise TypeError("times, http_status, hang_seconds and seconds are numbers")

    def is_in_force(self, now: float) -> bool:
        """Return whether there may be calls yet that are meant."""
        return self.times > 0 if self.seconds is None else now < self.ordered_at + self.seconds

    def concerns(self, operation: str, names: Collection[str]) -> bool:
        """Return whether a call of this operation on the resources named is meant."""
        if self.operation not in (EVERY, operation):
            return False
        resource = self.resource
        return resource is None or any(name == resource or name.endswith(f"/{resource}") for name in names)


@dataclass(frozen=True)
class OrderedEnd:
    """The end that was ordered for a job, `after_seconds` from the order or the job's creation, what is later."""

    status: str
    failure_reason: str | None
    ordered_at: float
    after_seconds: float = 0


@dataclass
class Switches:
    """The orders in force. Its own lock keeps it safe to use with or without the store's."""

    faults: list[Fault] = field(default_factory=list)
    held_jobs: set[str] = field(default_factory=set)
    ordered_ends: dict[str, OrderedEnd] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def add_fault(self, fault: Fault) -> None:
        """Let calls fail, after the faults that were ordered before."""
        with self.lock:
            self.faults.append(fault)

    def clear_faults(self) -> None:
        """Let no call fail any more."""
        with self.lock:
            self.faults.clear()

    def hold(self, job_name: str) -> None:
        """Keep a job, or every job, from ending."""
        with self.lock:
            self.held_jobs.add(job_name)

    def release(self, job_name: str) -> None:
        """Let a held job end, or every one."""
        with self.lock:
            if job_name == EVERY:
                self.held_jobs.clear()
            self.held_jobs.discard(job_name)

    def order_end(self, job_name: str, end: OrderedEnd) -> None:
        """End a job, or every job, that way."""
        with self.lock:
            self.ordered_ends[job_name] = end

    def take_back_end(self, job_name: str) -> None:
        """Let jobs end by themselves again, other than by this order."""
        with self.lock:
            self.ordered_ends.pop(job_name, None)

    def take_fault(self, operation: str, names: Collection[str], now: float) -> Fault | None:
        """Return the fault that meets this call, the oldest first, and count it."""
        with self.lock:
            for index, fault in enumerate(self.faults):
                if fault.is_in_force(now) and fault.concerns(operation, names):
                    self.faults[index] = replace(fault, times=fault.times - 1)
                    return fault
            return None

    def holds(self, job_name: str) -> bool:
        """Return whether a job must stay as it is."""
        with self.lock:
            return not self.held_jobs.isdisjoint((job_name, EVERY))

    def forced_end(self, job_name: str, created_at: float) -> ForcedEnd | None:
        """Return the end that was ordered for a job; an order for its name goes before one for every job."""
        with self.lock:
            order = self.ordered_ends.get(job_name) or self.ordered_ends.get(EVERY)
        if order is None:
            return None
        start = max(order.ordered_at, created_at)
        return ForcedEnd(order.status, order.failure_reason, start + order.after_seconds)

    def clear(self) -> None:
        """Take every order back."""
        with self.lock:
            self.faults.clear()
            self.held_jobs.clear()
            self.ordered_ends.clear()
