"""Read-only calls for refreshes: to EventBridge, EventBridge Scheduler, AWS Lambda and AWS Step Functions."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import boto3
from botocore.config import Config

from personalize_import_cli.stack.next_run import Schedule
from personalize_import_handler.contract import Environment
from personalize_import_handler.contract.refresh_event import REQUEST_TYPE

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef, ExecutionListItemTypeDef

IS_REFRESH: Final = re.compile(rf'"RequestType": ?"{REQUEST_TYPE}"')
"""Matches the event of a refresh as JSON text."""
_EXECUTIONS_MAX: Final = 1000
"""As many as one call returns, the newest first."""


class Trigger(NamedTuple):
    """A rule or a schedule that requests refreshes."""

    function_arn: str
    """The function that it invokes: the service token of the provider."""
    is_enabled: bool
    schedule: Schedule | None = None
    """None for a rule that matches events."""
    event_pattern: str = ""


class TriggerClient:
    """The calls. They raise the errors of botocore."""

    def __init__(self, config: Config) -> None:
        self._events: EventBridgeClient = boto3.client("events", config=config)
        self._lambda: LambdaClient = boto3.client("lambda", config=config)
        self._states: SFNClient = boto3.client("stepfunctions", config=config)
        self._scheduler: Any = boto3.client("scheduler", config=config)

    def schedule(self, name: str, group_name: str) -> Trigger:
        """Return a schedule of EventBridge Scheduler."""
        found = self._scheduler.get_schedule(Name=name, GroupName=group_name)
        times = Schedule(
            found["ScheduleExpression"],
            found.get("ScheduleExpressionTimezone") or "UTC",
            start=_epoch_of(found, "StartDate"),
            end=_epoch_of(found, "EndDate"),
            created=_epoch_of(found, "CreationDate"),
        )
        return Trigger(found["Target"]["Arn"], is_enabled=found.get("State") != "DISABLED", schedule=times)

    def rule(self, name: str, event_bus_name: str) -> Trigger:
        """Return a rule, with the function of its first target that is a refresh; it may have other targets."""
        rule = self._events.describe_rule(Name=name, EventBusName=event_bus_name)
        targets = self._events.list_targets_by_rule(Rule=name, EventBusName=event_bus_name)["Targets"]
        templates = {each["Arn"]: each.get("InputTransformer", {}).get("InputTemplate", "") for each in targets}
        function_arn = next((arn for arn, template in templates.items() if IS_REFRESH.search(template)), "")
        expression = rule.get("ScheduleExpression")
        return Trigger(
            function_arn,
            is_enabled=rule.get("State") != "DISABLED",
            schedule=Schedule(expression) if expression else None,
            event_pattern=rule.get("EventPattern", ""),
        )

    def state_machine_arn(self, function_arn: str) -> str:
        """Return the state machine of a provider, by the ARN of its function."""
        found = self._lambda.get_function_configuration(FunctionName=function_arn)
        return found["Environment"]["Variables"][Environment.STATE_MACHINE_ARN]

    def executions(self, state_machine_arn: str) -> "Sequence[ExecutionListItemTypeDef]":
        """Return the newest executions of a state machine, the newest first."""
        return self._states.list_executions(stateMachineArn=state_machine_arn, maxResults=_EXECUTIONS_MAX)["executions"]

    def execution(self, execution_arn: str) -> "DescribeExecutionOutputTypeDef":
        """Return an execution with its input, and its output or the cause of its failure."""
        return self._states.describe_execution(executionArn=execution_arn)


def json_of(text: str | None) -> Mapping[str, Any]:
    """Return a JSON object; empty for any other text."""
    try:
        parsed = json.loads(text or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _epoch_of(found: Mapping[str, Any], name: str) -> float | None:
    return found[name].timestamp() if found.get(name) else None
