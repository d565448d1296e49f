"""What there is to see of an import job: metrics, state changes and alarms."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from personalize_import.monitoring import alarms, metrics, state_change_rule
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import_handler.contract import FAILED_STATUSES


class ObservedImport(cdk.Resource):
    """The base of `DatasetImportJob`, with the methods by which one is told of it. docs/events.md shows them."""

    @property
    @abstractmethod
    def provider(self) -> IDatasetImportProvider:
        """The provider that handles the resource."""

    @property
    @abstractmethod
    def dataset_arn(self) -> str:
        """The ARN of the dataset that is imported into."""

    @property
    @abstractmethod
    def _resources(self) -> Sequence[cdk.CfnResource]: ...

    def metric_errors(
        self,
        *,
        statistic: str | None = None,
        period: cdk.Duration | None = None,
        label: str | None = None,
        color: str | None = None,
    ) -> cloudwatch.MathExpression:
        """Ask for `DatasetImportJobError`: how many calls that start a job were answered with an error.

        All jobs of the dataset are counted. The service's page doesn't say whether a job that fails later counts too;
        `on_failed` tells of either.

        Args:
            statistic: `Average`, `Maximum`, `Minimum` or `Sum`. Default: Sum.
            period: Of one data point. Default: 5 minutes.
            label: In graphs. Default: the metric's name.
            color: In graphs, such as `#d62728`. Default: one that CloudWatch picks.

        Raises:
            ValidationError: A `ValueError`, for any other statistic.
        """
        return self._metric(metrics.ERRORS, statistic or "Sum", period, label, color)

    def metric_execution_time(
        self,
        *,
        statistic: str | None = None,
        period: cdk.Duration | None = None,
        label: str | None = None,
        color: str | None = None,
    ) -> cloudwatch.MathExpression:
        """Ask for `DatasetImportJobExecutionTime`: seconds from the call that starts a job to its end or failure.

        All jobs of the dataset are taken in.

        Args:
            statistic: `Average`, `Maximum`, `Minimum` or `Sum`. Default: Maximum.
            period: Of one data point. Default: 5 minutes.
            label: In graphs. Default: the metric's name.
            color: In graphs, such as `#d62728`. Default: one that CloudWatch picks.

        Raises:
            ValidationError: A `ValueError`, for any other statistic.
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
        """Let a target be told of each state that a look has seen: `CREATE PENDING`, `CREATE IN_PROGRESS`, `ACTIVE`...

        Personalize sends no such event, so the provider does, once this is asked for; that alone starts no job. With
        `wait=False` it looks once, and tells the first state only. docs/events.md has the event.

        Args:
            id: The id of the rule within this construct.
            target: What is told. Default: nothing yet; `add_target` of the rule adds it.
            description: Of the rule. Default: none.
            event_pattern: What else an event must have. Default: nothing.
            rule_name: The rule's name. Default: one that CloudFormation makes up.
            cross_stack_scope: Where the rule is made instead, in a stack that is there when this one is rolled back.
                Default: here.
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
        """Let a target be told when an import fails: `CREATE FAILED`, or in this construct's own words one of these.

        `NOT_STARTED`: the deploy fails, and no job was started. `UNWATCHED`: the deploy fails while the job may go on,
        for its time is up, for instance. The arguments are those of `on_state_change`.
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
            longest_execution_time: The execution time from which an alarm is raised. Default: no such alarm.

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
        self, name: str, statistic: str, period: cdk.Duration | None, label: str | None, color: str | None
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
