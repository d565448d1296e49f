"""Figures, computed from logs, calls and events that the local AWS has recorded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from bench.waiting import prices

_REPORT: Final = re.compile(r"^REPORT .*Billed Duration: (\d+) ms\tMemory Size: (\d+) MB")
_TASK_ENDS: Final = ("TaskSucceeded", "TaskFailed")
_THROTTLED: Final = "ThrottlingException"
DESCRIBE: Final = "DescribeDatasetImportJob"


@dataclass(frozen=True)
class MeasuredImport:
    """The figures of one import; all times are in seconds of the simulated clock."""

    name: str
    job_seconds: float
    """Time from the job's creation to ACTIVE."""
    lag: float | None
    """Time from ACTIVE to the completion of the resource; None if the resource failed."""
    describes: int
    """DescribeDatasetImportJob calls, including throttled ones."""
    throttled: int
    """Throttled calls of any operation."""
    throttled_polls: int = 0
    """Throttled polls, after the creation of the job."""
    first_call: float = 0


@dataclass(frozen=True)
class Used:
    """The billed AWS usage of a contender."""

    invocations: int = 0
    gb_seconds: Mapping[str, float] = field(default_factory=dict)
    """GB-seconds of Lambda by architecture."""
    transitions: int = 0
    errors: int = 0
    poll_seconds: float = 0
    """Median duration of one poll in real time."""

    @property
    def cost(self) -> float:
        """The list price in US dollars."""
        return prices.cost(self.invocations, dict(self.gb_seconds), self.transitions)


def billed(lines: Iterable[str]) -> list[tuple[float, float]]:
    """Parse a function's log; return the billed seconds and the memory in GB of each invocation."""
    found = [_REPORT.match(line) for line in lines]
    return [(int(each[1]) / 1000, int(each[2]) / 1024) for each in found if each]


def transitions(history: Sequence[Mapping[str, Any]]) -> int:
    """Count the billed state transitions of an execution: each state entered, and each retry.

    https://aws.amazon.com/step-functions/pricing/
    """
    types = [event["type"] for event in history]
    entered = sum(each.endswith("StateEntered") for each in types)
    return int(entered + types.count("TaskScheduled") - types.count("TaskStateEntered"))


def errors(history: Sequence[Mapping[str, Any]]) -> int:
    """Count the failed invocations in an execution, each of which Lambda records as a function error."""
    return sum(event["type"] == "TaskFailed" for event in history)


def poll_times(history: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the duration of each task of an execution, in real seconds."""
    times, started_at = [], None
    for event in history:
        if event["type"] == "TaskScheduled":
            started_at = event["timestamp"]
        elif event["type"] in _TASK_ENDS and started_at:
            times.append((event["timestamp"] - started_at).total_seconds())
    return times


def used(logs: Mapping[str, Sequence[str]], histories: Sequence[Sequence[Mapping[str, Any]]]) -> Used:
    """Return the usage from function logs, given by architecture, and from execution histories."""
    invoked = {architecture: billed(lines) for architecture, lines in logs.items()}
    polls = [time for each in histories for time in poll_times(each)]
    polls = polls or [seconds for each in invoked.values() for seconds, _ in each]
    return Used(
        invocations=sum(len(each) for each in invoked.values()),
        gb_seconds={name: sum(seconds * gb for seconds, gb in each) for name, each in invoked.items()},
        transitions=sum(transitions(each) for each in histories),
        errors=sum(errors(each) for each in histories),
        poll_seconds=median(polls) if polls else 0,
    )


def waited(
    name: str,
    job: Mapping[str, Any],
    calls: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    offset: Mapping[str, float],
) -> MeasuredImport:
    """Return the figures of one import from its job, its API calls, and its stack's events.

    Args:
        name: The name of the import.
        job: The job, in the format of the control API.
        calls: All calls that the service has received.
        events: The events of the stack, oldest first, in real time.
        offset: One time by both clocks, and the speed, to convert real into simulated time: `real`, `service` and
            `speed`.
    """
    own = [call for call in calls if any(_is_of(each, name) for each in call["names"])]
    resource = [event for event in events if event["ResourceType"].startswith("Custom::")]
    ends = [event for event in resource if event["ResourceStatus"] in ("CREATE_COMPLETE", "CREATE_FAILED")]
    failed = any(event["ResourceStatus"] == "CREATE_FAILED" for event in ends)
    end = _in_service_time(ends[-1]["Timestamp"].timestamp(), offset)
    created, active = job["history"][0]["at"], job["history"][-1]["at"]
    return MeasuredImport(
        name=name,
        job_seconds=active - created,
        lag=None if failed else end - active,
        describes=sum(call["operation"] == DESCRIBE for call in own),
        throttled=sum(call["outcome"] == _THROTTLED for call in own),
        throttled_polls=sum(
            call["outcome"] == _THROTTLED and call["operation"] == DESCRIBE and call["at"] >= created for call in own
        ),
        first_call=min((call["at"] for call in own), default=0),
    )


def mean(values: Iterable[float]) -> float:
    """Return the mean."""
    known = list(values)
    return sum(known) / len(known)


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile."""
    known = sorted(values)
    return known[max(0, -(-len(known) * 95 // 100) - 1)]


def densest(times: Sequence[float], seconds: float) -> int:
    """Return the largest number of times within any period of this many seconds."""
    return max(sum(first <= time <= first + seconds for time in times) for first in times)


def _is_of(name_or_arn: str, name: str) -> bool:
    return name_or_arn.rpartition("/")[2].startswith(f"{name}-")


def _in_service_time(real: float, offset: Mapping[str, float]) -> float:
    return offset["service"] + (real - offset["real"]) * offset["speed"]
