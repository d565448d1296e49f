"""Metrics, EventBridge rules and alarms of an import job."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from personalize_import.monitoring import alarms, metrics, state_change_rule
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import_handler.contract import FAILED_STATUSES


class MonitoredImport(cdk.Resource):
    """The base class of `DatasetImportJob`, with its metrics, EventBridge rules and alarms; see docs/events.md."""

    @property
    @abstractmethod
    def provider(self) -> IDatasetImportProvider:
        """The provider that handles the resource."""

    @property
    @abstractmethod
    def dataset_arn(self) -> str:
        """The ARN of the target dataset."""

    @property
    @abstractmethod
    def _resources(self) -> Sequence[cdk.CfnResource]: ...

    def metric_errors(
        self,
        *,
        statistic: metrics.Statistic | None = None,
        period: cdk.Duration | None = None,
        label: str | None = None,
        color: str | None = None,
    ) -> cloudwatch.MathExpression:
        """Return the metric `DatasetImportJobError`: the number of failed calls to start a job.

        It counts all jobs of the dataset. AWS doesn't document whether it includes jobs that fail after they have
        started; `on_failed` reports both.

        Args:
            statistic: `Average`, `Maximum`, `Minimum` or `Sum`. Default: Sum.
            period: The period of one data point. Default: 5 minutes.
            label: The label in graphs. Default: the metric's name.
            color: The color in graphs, such as `#d62728`. Default: a color that CloudWatch chooses.

        Raises:
            ValidationError: A `ValueError` that names the statistic and what is allowed.
        """
        return self._metric(metrics.ERRORS, statistic or "Sum", period, label, color)

    def metric_execution_time(
        self,
        *,
        statistic: metrics.Statistic | None = None,
        period: cdk.Duration | None = None,
        label: str | None = None,
        color: str | None = None,
    ) -> cloudwatch.MathExpression:
        """Return the metric `DatasetImportJobExecutionTime`: seconds from the call that starts a job to its end.

        It includes all jobs of the dataset, and failed jobs too.

        Args:
            statistic: `Average`, `Maximum`, `Minimum` or `Sum`. Default: Maximum.
            period: The period of one data point. Default: 5 minutes.
            label: The label in graphs. Default: the metric's name.
            color: The color in graphs, such as `#d62728`. Default: a color that CloudWatch chooses.

        Raises:
            ValidationError: A `ValueError` that names the statistic and what is allowed.
        """
        return self._metric(metrics.EXECUTION_TIME, statistic or "Maximum", period, label, color)

    def on_state_change(
        self,
        id: str,
        *,
        target: events.IRuleTarget | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, object] | None = None,
        rule_name: str | None = None,
        cross_stack_scope: Construct | None = None,
    ) -> events.Rule:
        """Create a rule for state change events: each new status that a poll finds, such as `CREATE IN_PROGRESS`.

        Personalize sends no such events. The provider sends them if a job has a rule; adding a rule starts no new job.
        With `wait=False` the provider polls once and sends only the first status. docs/events.md describes the event.

        Args:
            id: The id of the rule within this construct.
            target: The target of the rule. Default: none; add one with the rule's `add_target`.
            description: The description of the rule. Default: none.
            event_pattern: Further conditions that an event must match. Default: none.
            rule_name: The rule's name. Default: a name that CloudFormation generates.
            cross_stack_scope: A construct in which the rule is created instead, in a stack that keeps the rule when
                this stack is rolled back. Default: this construct.
        """
        return self._rule(id, None, target, description, event_pattern, rule_name, cross_stack_scope)

    def on_failed(
        self,
        id: str,
        *,
        target: events.IRuleTarget | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, object] | None = None,
        rule_name: str | None = None,
        cross_stack_scope: Construct | None = None,
    ) -> events.Rule:
        """Create a rule for failed imports: `CREATE FAILED`, or one of two statuses that this library adds.

        `NOT_STARTED`: the deploy failed and no job was started. `UNWATCHED`: the deploy failed, for example because of
        its timeout; the job is no longer monitored but may still be running. See `on_state_change` for the arguments.
        """
        return self._rule(id, FAILED_STATUSES, target, description, event_pattern, rule_name, cross_stack_scope)

    def add_alarms(
        self,
        id: str,
        *,
        actions: Sequence[cloudwatch.IAlarmAction] | None = None,
        longest_execution_time: cdk.Duration | None = None,
    ) -> list[cloudwatch.Alarm]:
        """Add alarms on failed imports, on the provider's state machine, and on its functions.

        The alarms of the provider are created once per stack, however many jobs request them. A provider of another
        app gets none.

        Args:
            id: The id of the construct that contains the alarms of this job.
            actions: The actions of each alarm. Default: none.
            longest_execution_time: An execution time at or above this value raises an alarm. Default: no such alarm.

        Returns:
            The alarms of the job and of its provider.
        """
        actions, scope = actions or (), Construct(self, id)
        of_job = [alarms.errors_alarm(scope, self.metric_errors(), actions)]
        if longest_execution_time:
            time = self.metric_execution_time()
            of_job.append(alarms.execution_time_alarm(scope, time, longest_execution_time, actions))
        return [*of_job, *alarms.alarms_of_provider(self, self.provider, actions)]

    def _metric(
        self, name: str, statistic: metrics.Statistic, period: cdk.Duration | None, label: str | None, color: str | None
    ) -> cloudwatch.MathExpression:
        return metrics.metric_of_dataset(
            self, name, self.dataset_arn, statistic=statistic, period=period, label=label, color=color
        )

    def _rule(
        self,
        id: str,
        statuses: Sequence[str] | None,
        target: events.IRuleTarget | None,
        description: str | None,
        event_pattern: events.EventPattern | Mapping[str, object] | None,
        rule_name: str | None,
        cross_stack_scope: Construct | None,
    ) -> events.Rule:
        support_of(self.provider).allow_state_change_events()
        options = {
            "target": target,
            "description": description,
            "event_pattern": event_pattern,
            "rule_name": rule_name,
            "cross_stack_scope": cross_stack_scope,
        }
        return state_change_rule.create_rule(self, id, self._resources, statuses=statuses, options=options)
