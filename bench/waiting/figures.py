"""Figures, computed from calls and events that the local AWS has recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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
