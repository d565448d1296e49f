"""Alarms on imports, and on the state machine and the functions of their provider."""

from collections.abc import Sequence
from typing import Final, cast

import aws_cdk as cdk
from constructs import Construct

from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.synthesis.stack_environment import stack_of

_ID: Final = "Alarms"
_EXECUTIONS: Final = (
    "A refresh failed, or an execution of the state machine ended without a response to CloudFormation, "
    "so its import is no longer monitored"
)
_ON_EVENT: Final = "OnEvent failed to handle a CloudFormation request or a refresh; Lambda retries it at most twice"
_IS_COMPLETE: Final = "A poll of an import failed; the state machine retries it"


def errors_alarm(
    scope: Construct, errors: "cdk.aws_cloudwatch.MathExpression", actions: Sequence["cdk.aws_cloudwatch.IAlarmAction"]
) -> "cdk.aws_cloudwatch.Alarm":
    """Create an alarm on imports that Personalize counts as errors."""
    return _alarm(scope, "Errors", errors, f"An import of {_job_path(scope)} failed", actions)


def execution_time_alarm(
    scope: Construct,
    execution_time: "cdk.aws_cloudwatch.MathExpression",
    longest: cdk.Duration,
    actions: Sequence["cdk.aws_cloudwatch.IAlarmAction"],
) -> "cdk.aws_cloudwatch.Alarm":
    """Create an alarm on imports that take at least as long as `longest`."""
    description = f"An import of {_job_path(scope)} took {longest.to_human_string()} or longer"
    return _alarm(scope, "ExecutionTime", execution_time, description, actions, threshold=longest.to_seconds())


def alarms_of_provider(
    job: Construct,
    provider: IDatasetImportProvider,
    actions: Sequence["cdk.aws_cloudwatch.IAlarmAction"],
) -> "list[cdk.aws_cloudwatch.Alarm]":
    """Create the provider's alarms once per stack, with the actions of all jobs.

    They are in the job's stack, because their actions may be in it, and that stack depends on the provider's.
    """
    if not isinstance(provider, DatasetImportProvider):  # the app that owns an imported provider creates its alarms
        return []
    stack = stack_of(job)
    is_here = stack is stack_of(provider)
    scope, name = (provider, _ID) if is_here else (stack, f"{_ID}{provider.node.addr}")
    existing = cast("_ProviderAlarms | None", scope.node.try_find_child(name))
    provider_alarms = existing or _ProviderAlarms(scope, name, provider)
    provider_alarms.add_actions(actions)
    return provider_alarms.alarms


class _ProviderAlarms(Construct):
    def __init__(self, scope: Construct, id: str, provider: DatasetImportProvider) -> None:
        super().__init__(scope, id)
        waiter, on_event, is_complete = provider.state_machine, provider.on_event, provider.is_complete
        metrics = {
            "ExecutionsFailed": (waiter.metric_failed(), _EXECUTIONS),
            "ExecutionsTimedOut": (waiter.metric_timed_out(), _EXECUTIONS),
            "ExecutionsAborted": (waiter.metric_aborted(), _EXECUTIONS),
            "OnEventErrors": (on_event.metric_errors(), _ON_EVENT),
            "OnEventThrottles": (on_event.metric_throttles(), _ON_EVENT),
            "IsCompleteErrors": (is_complete.metric_errors(), _IS_COMPLETE),
            "IsCompleteThrottles": (is_complete.metric_throttles(), _IS_COMPLETE),
        }
        self.alarms = [_alarm(self, name, metric, description) for name, (metric, description) in metrics.items()]
        self._actions: list[cdk.aws_cloudwatch.IAlarmAction] = []

    def add_actions(self, actions: Sequence["cdk.aws_cloudwatch.IAlarmAction"]) -> None:
        for action in actions:
            if not any(action is known for known in self._actions):
                self._actions.append(action)
                for alarm in self.alarms:
                    alarm.add_alarm_action(action)


def _job_path(scope: Construct) -> str:
    return scope.node.path.rpartition("/")[0]


def _alarm(
    scope: Construct,
    id: str,
    metric: "cdk.aws_cloudwatch.IMetric",
    description: str,
    actions: Sequence["cdk.aws_cloudwatch.IAlarmAction"] = (),
    *,
    threshold: float = 1,
) -> "cdk.aws_cloudwatch.Alarm":
    alarm = cdk.aws_cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=description,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cdk.aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        # Imports are rare, and there is no data between them.
        treat_missing_data=cdk.aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(*actions)
    return alarm
