"""The billed usage of a stack's functions and state machines, from their logs and executions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Final

from bench import prices
from personalize_local.local_cloud import LocalCloud

_REPORT: Final = re.compile(r"^REPORT .*Billed Duration: (\d+) ms\tMemory Size: (\d+) MB")
_TASK_ENDS: Final = ("TaskSucceeded", "TaskFailed")


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


def used_since(cloud: LocalCloud, stack: str, started_at: datetime, prefix: str = "") -> Used:
    """Return the usage since a real time, of the resources of a stack whose logical ids have a prefix."""
    functions = cloud.client("lambda")
    logs: dict[str, list[str]] = {}
    groups: set[str] = set()
    for name in _resources(cloud, stack, "AWS::Lambda::Function", prefix):
        configuration = functions.get_function_configuration(FunctionName=name)
        group = configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
        if group not in groups:
            groups.add(group)
            logs.setdefault(configuration["Architectures"][0], []).extend(_log_lines(cloud, group, started_at))
    histories = [_history(cloud, each["executionArn"]) for each in executions_since(cloud, stack, started_at, prefix)]
    return used(logs, histories)


def executions_since(cloud: LocalCloud, stack: str, started_at: datetime, prefix: str = "") -> list[Mapping[str, Any]]:
    """Return the executions that have started since a real time, oldest first; arguments as for `used_since`."""
    client = cloud.client("stepfunctions")
    executions = [
        execution
        for machine in _resources(cloud, stack, "AWS::StepFunctions::StateMachine", prefix)
        for page in client.get_paginator("list_executions").paginate(stateMachineArn=machine)
        for execution in page["executions"]
        if execution["startDate"] >= started_at
    ]
    return sorted(executions, key=lambda each: each["startDate"])


def _resources(cloud: LocalCloud, stack: str, resource_type: str, prefix: str) -> Iterator[str]:
    """Yield the physical ids of a stack's resources of a type."""
    for page in cloud.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == resource_type and resource["LogicalResourceId"].startswith(prefix):
                yield str(resource["PhysicalResourceId"])


def _log_lines(cloud: LocalCloud, group: str, started_at: datetime) -> list[str]:
    logs = cloud.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=round(started_at.timestamp() * 1000), filterPattern="REPORT"
    )
    with suppress(logs.exceptions.ResourceNotFoundException):  # a function that was never invoked has no log group
        return [event["message"] for page in pages for event in page["events"]]
    return []


def _history(cloud: LocalCloud, execution_arn: str) -> list[dict[str, Any]]:
    pages = cloud.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]
