"""Run imports, each in a separate stack that is created with the CloudFormation API."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from bench.waiting import figures
from bench.waiting.contenders import Contender
from bench.waiting.figures import Used, Waited
from bench.waiting.stage import Stage, Wanted, until

_PENDING_SHARE: Final = 0.2
_PATIENCE_SECONDS: Final = 240


def deploy(stage: Stage, rounds: Mapping[float, Sequence[Wanted]], speed: float) -> tuple[list[Waited], datetime]:
    """Start the imports in rounds, each with one job duration, and wait for all; return figures and the start time."""
    begun = datetime.now(UTC)
    stage.speed(speed)
    for seconds, wanted in rounds.items():
        stage.settings(
            import_pending_seconds=seconds * _PENDING_SHARE, import_in_progress_seconds=seconds * (1 - _PENDING_SHARE)
        )
        _begin(stage, wanted)
        until(partial(_started, stage, wanted), _PATIENCE_SECONDS)
    return _end(stage, [each for wanted in rounds.values() for each in wanted]), begun


def deploy_at_once(
    stage: Stage, seconds: float, wanted: Sequence[Wanted], speed: float
) -> tuple[list[Waited], datetime]:
    """Start all imports at once, even more than the limit of running jobs allows, and wait for all."""
    begun = datetime.now(UTC)
    stage.speed(speed)
    stage.settings(
        import_pending_seconds=seconds * _PENDING_SHARE, import_in_progress_seconds=seconds * (1 - _PENDING_SHARE)
    )
    _begin(stage, wanted)
    return _end(stage, wanted), begun


def used_since(stage: Stage, contender: Contender, begun: datetime) -> Used:
    """Return the AWS usage of a contender since `begun`."""
    functions = stage.cloud.client("lambda")
    logs: dict[str, list[str]] = {}
    groups: set[str] = set()
    for name in stage.resources(contender, "AWS::Lambda::Function"):
        configuration = functions.get_function_configuration(FunctionName=name)
        group = configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
        if group not in groups:
            groups.add(group)
            lines = logs.setdefault(configuration["Architectures"][0], [])
            lines += _log_lines(stage, group, begun)
    return figures.used(logs, _histories(stage, contender, begun))


def _begin(stage: Stage, wanted: Sequence[Wanted]) -> None:
    for each in wanted:
        stage.cloud.cloudformation.create_stack(
            StackName=each.name, TemplateBody=stage.template(each.name), Capabilities=["CAPABILITY_IAM"]
        )


def _started(stage: Stage, wanted: Sequence[Wanted]) -> bool:
    jobs = [job["job_name"] for job in stage.cloud.jobs()]
    return all(any(job.startswith(f"{each.name}-") for job in jobs) for each in wanted)


def _end(stage: Stage, wanted: Sequence[Wanted]) -> list[Waited]:
    for each in wanted:
        until(partial(_ended, stage, each), _PATIENCE_SECONDS)
    calls = stage.cloud.aws.control("GET", "calls")["calls"]
    jobs = stage.cloud.jobs()
    real = time.time()
    clock = stage.clock()
    offset = {"real": (real + time.time()) / 2, "service": clock["now"], "speed": clock["speed"]}
    return [
        figures.waited(
            each.name,
            next(job for job in jobs if job["job_name"].startswith(f"{each.name}-")),
            calls,
            stage.cloud.events(each.name),
            offset,
        )
        for each in wanted
    ]


def _ended(stage: Stage, wanted: Wanted) -> bool:
    stack = stage.cloud.cloudformation.describe_stacks(StackName=wanted.name)["Stacks"][0]
    return not stack["StackStatus"].endswith("IN_PROGRESS")


def _log_lines(stage: Stage, group: str, begun: datetime) -> list[str]:
    logs = stage.cloud.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=round(begun.timestamp() * 1000), filterPattern="REPORT"
    )
    with suppress(logs.exceptions.ResourceNotFoundException):  # a function that was never invoked has no log group
        return [event["message"] for page in pages for event in page["events"]]
    return []


def _histories(stage: Stage, contender: Contender, begun: datetime) -> list[list[dict[str, Any]]]:
    client = stage.cloud.client("stepfunctions")
    return [
        [event for page in _pages(client, execution["executionArn"]) for event in page["events"]]
        for machine in stage.resources(contender, "AWS::StepFunctions::StateMachine")
        for execution in client.list_executions(stateMachineArn=machine)["executions"]
        if execution["startDate"] >= begun
    ]


def _pages(client: Any, execution_arn: str) -> Any:  # noqa: ANN401 - untyped
    return client.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
