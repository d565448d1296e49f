"""What was measured, counted from what the AWS recorded: plain data in, figures out."""

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
class Waited:
    """How one import was waited for; all times are the service's, in seconds."""

    name: str
    job_seconds: float
    """From the job's creation to ACTIVE."""
    lag: float | None
    """From ACTIVE to the resource's completion; None if the resource failed."""
    describes: int
    """Calls that the service answered, or refused."""
    throttled: int
    """Calls of any operation that were refused as too many."""
    throttled_looks: int = 0
    """Those of them that looked at the job once it ran."""
    first_call: float = 0
    ended: str = "ACTIVE"
    gave_up_after: float | None = None


@dataclass(frozen=True)
class Used:
    """What a contender has used of AWS."""

    invocations: int = 0
    gb_seconds: Mapping[str, float] = field(default_factory=dict)
    """By architecture."""
    transitions: int = 0
    errors: int = 0
    look_seconds: float = 0
    """How long a look took in real time, the median."""

    @property
    def cost(self) -> float:
        """List price in US dollars."""
        return prices.cost(self.invocations, dict(self.gb_seconds), self.transitions)


def billed(lines: Iterable[str]) -> list[tuple[float, float]]:
    """Read from a function's log the seconds that each invocation was billed for, and its memory in GB."""
    found = [_REPORT.match(line) for line in lines]
    return [(int(each[1]) / 1000, int(each[2]) / 1024) for each in found if each]


def transitions(history: Sequence[Mapping[str, Any]]) -> int:
    """Count an execution's state transitions as they are billed: each state that is entered, and each retry.

    https://aws.amazon.com/step-functions/pricing/
    """
    types = [event["type"] for event in history]
    entered = sum(each.endswith("StateEntered") for each in types)
    return int(entered + types.count("TaskScheduled") - types.count("TaskStateEntered"))


def errors(history: Sequence[Mapping[str, Any]]) -> int:
    """Count the invocations that failed in an execution; Lambda records each as an error of the function."""
    return sum(event["type"] == "TaskFailed" for event in history)


def look_times(history: Sequence[Mapping[str, Any]]) -> list[float]:
    """Say how long each task of an execution took, in real seconds."""
    times, begun = [], None
    for event in history:
        if event["type"] == "TaskScheduled":
            begun = event["timestamp"]
        elif event["type"] in _TASK_ENDS and begun:
            times.append((event["timestamp"] - begun).total_seconds())
    return times


def used(logs: Mapping[str, Sequence[str]], histories: Sequence[Sequence[Mapping[str, Any]]]) -> Used:
    """Add up what was used: logs of functions by architecture, and histories of executions."""
    invoked = {architecture: billed(lines) for architecture, lines in logs.items()}
    looks = [time for each in histories for time in look_times(each)]
    looks = looks or [seconds for each in invoked.values() for seconds, _ in each]
    return Used(
        invocations=sum(len(each) for each in invoked.values()),
        gb_seconds={name: sum(seconds * gb for seconds, gb in each) for name, each in invoked.items()},
        transitions=sum(transitions(each) for each in histories),
        errors=sum(errors(each) for each in histories),
        look_seconds=median(looks) if looks else 0,
    )


def waited(
    name: str,
    job: Mapping[str, Any],
    calls: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    offset: Mapping[str, float],
) -> Waited:
    """Put together what is known of one import: its job, the calls for it, and its stack's events.

    Args:
        name: Of the import.
        job: As the control API returns it.
        calls: All calls that the service has received.
        events: Of the stack, the oldest first, in real time.
        offset: What makes the service's time of a real one: `real`, `service` and `speed`.
    """
    own = [call for call in calls if any(_is_of(each, name) for each in call["names"])]
    resource = [event for event in events if event["ResourceType"].startswith("Custom::")]
    ends = [event for event in resource if event["ResourceStatus"] in ("CREATE_COMPLETE", "CREATE_FAILED")]
    failed = any(event["ResourceStatus"] == "CREATE_FAILED" for event in ends)
    end = _in_service_time(ends[-1]["Timestamp"].timestamp(), offset)
    created, active = job["history"][0]["at"], job["history"][-1]["at"]
    return Waited(
        name=name,
        job_seconds=active - created,
        lag=None if failed else end - active,
        describes=sum(call["operation"] == DESCRIBE for call in own),
        throttled=sum(call["outcome"] == _THROTTLED for call in own),
        throttled_looks=sum(
            call["outcome"] == _THROTTLED and call["operation"] == DESCRIBE and call["at"] >= created for call in own
        ),
        first_call=min((call["at"] for call in own), default=0),
        ended=job["status"],
        gave_up_after=end - created if failed else None,
    )


def mean(values: Iterable[float]) -> float:
    """Give the mean."""
    known = list(values)
    return sum(known) / len(known)


def p95(values: Iterable[float]) -> float:
    """Give the value that 95 of 100 don't exceed."""
    known = sorted(values)
    return known[max(0, -(-len(known) * 95 // 100) - 1)]


def densest(times: Sequence[float], seconds: float) -> int:
    """Say how many of the times are within so many seconds of each other, at most."""
    return max(sum(first <= time <= first + seconds for time in times) for first in times)


def _is_of(name_or_arn: str, name: str) -> bool:
    return name_or_arn.rpartition("/")[2].startswith(f"{name}-")


def _in_service_time(real: float, offset: Mapping[str, float]) -> float:
    return offset["service"] + (real - offset["real"]) * offset["speed"]
