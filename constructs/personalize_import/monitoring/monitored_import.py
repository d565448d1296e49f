"""Metrics, EventBridge rules and alarms of an import job."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from personalize_import.monitoring import alarms, metrics
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import.provider.state_change_rules import StateChangeSource, create_rule_of_job


class MonitoredImport(StateChangeSource, cdk.Resource):
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
    ) -> "cdk.aws_cloudwatch.MathExpression":
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
    ) -> "cdk.aws_cloudwatch.MathExpression":
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

    def add_alarms(
        self,
        id: str,
        *,
        actions: "Sequence[cdk.aws_cloudwatch.IAlarmAction] | None" = None,
        longest_execution_time: cdk.Duration | None = None,
    ) -> "list[cdk.aws_cloudwatch.Alarm]":
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
    ) -> "cdk.aws_cloudwatch.MathExpression":
        return metrics.metric_of_dataset(
            self, name, self.dataset_arn, statistic=statistic, period=period, label=label, color=color
        )

    def _create_rule(
        self, id: str, statuses: Sequence[str] | None, options: Mapping[str, Any]
    ) -> "cdk.aws_events.Rule":
        support_of(self.provider).allow_state_change_events()
        return create_rule_of_job(self, id, self._resources, statuses, options)
