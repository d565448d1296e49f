"""The target of rules and schedules that refresh an import. Imported on first use: it loads `aws_scheduler`."""

from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import IConstruct

from personalize_import.policies.documents import document
from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.refresh.refresh_checks import check_circle, check_job, check_refresh, check_stack
from personalize_import.refresh.refresh_input import TIME_OF_SCHEDULE, input_of_rule, refresh_text
from personalize_import.refresh.refresh_settings import Refreshable, RefreshSettings, settings_of
from personalize_import.synthesis.stack_environment import environment_of
from personalize_import.synthesis.validation import require, require_all, seconds_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract.statements import statement

_INVOKE: Final = "lambda:InvokeFunction"
_ROLE_ID: Final = "ScheduleRole"
_RULES_MAX: Final = 40
"""About 45 statements of 450 characters fit into the policy of a function, which is limited to 20 KB:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution."""
_RULES: Final[WeakKeyDictionary[IDatasetImportProvider, int]] = WeakKeyDictionary()
"""The number of rules of this app that each provider is invoked by."""


# In this order: jsii calls `bind` with the signature of the first interface, and accepts only its result.
@jsii.implements(events.IRuleTarget, scheduler.IScheduleTarget)
class ImportTarget:
    """A target that refreshes an import, for any rule of EventBridge and any schedule of EventBridge Scheduler.

    The rule or schedule must be in the stack of the job. It is created after the import and deleted before it, so
    a rule of `on_failed` or `on_state_change`, which is created before its import, can't refresh that import.
    docs/refresh.md describes what a refresh does and costs.
    """

    def __init__(
        self, job: Refreshable, *, always: bool | None = None, quiet_period: cdk.Duration | None = None
    ) -> None:
        """Create a target.

        Args:
            job: The `DatasetImportJob`.
            always: Import although the files are the same as those of the last import. Only for FULL imports. Default:
                False.
            quiet_period: The time without another event of the rule before the import starts, 10 seconds to 6 hours.
                Default: none, the refresh starts at once.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed: the data
                are asset files, `always` or `Reimport.when_data_changes()` is set for an INCREMENTAL import, or the
                provider doesn't allow preflight, which comparing files needs.
        """
        require_all(check_job("job", job))
        self._settings = settings_of(job)
        check_refresh(self._settings, always=always, quiet_period=quiet_period)
        self._always = bool(always)
        self._quiet_seconds = round((quiet_period and seconds_of(quiet_period)) or 0)
        if not self._always:
            self._settings.allow_comparison()

    def bind(self, source: Any, id: str | None = None) -> Any:  # noqa: ANN401 - the types of two interfaces
        """Return the function to invoke, and allow the rule or schedule to invoke it. The CDK calls this method.

        Args:
            source: The rule or the schedule.
            id: The id of the target in a rule; a schedule passes none.
        """
        # An isinstance is impossible: jsii passes a proxy. And a schedule is not complete yet.
        is_schedule = id is None
        require(
            self._settings.job,
            check_stack(self._settings, source, "schedule" if is_schedule else "rule"),
            check_circle(self._settings, source),
        )
        source.node.add_dependency(self._settings.chain[-1])
        return self._bind_schedule(source) if is_schedule else self._bind_rule(source)

    def _bind_rule(self, rule: Any) -> events.RuleTargetConfig:  # noqa: ANN401 - a proxy of jsii
        provider = self._settings.provider
        permission_id = f"Invoke{provider.node.addr}"
        if rule.node.try_find_child(permission_id) is None:
            lambda_.CfnPermission(
                rule,
                permission_id,
                action=_INVOKE,
                function_name=provider.service_token,
                principal="events.amazonaws.com",
                source_arn=rule.rule_arn,
            )
            self._count_rule(provider)
        sent = input_of_rule(self._settings, always=self._always, quiet_seconds=self._quiet_seconds)
        return events.RuleTargetConfig(arn=provider.service_token, input=sent)

    def _count_rule(self, provider: IDatasetImportProvider) -> None:
        _RULES[provider] = count = _RULES.get(provider, 0) + 1
        if count == _RULES_MAX + 1:
            cdk.Annotations.of(self._settings.job).add_warning_v2(
                f"{WARNING_ID_PREFIX}rules-of-one-provider",
                f"more than {_RULES_MAX} rules invoke the provider {provider.node.path}. Each adds a statement to the "
                "policy of its function, which AWS Lambda limits to 20 KB. Refresh more imports on schedules, add "
                "several targets to one rule, or use more than one provider",
            )

    def _bind_schedule(self, schedule: Any) -> events.RuleTargetConfig:  # noqa: ANN401 - a proxy of jsii
        text = refresh_text(self._settings, TIME_OF_SCHEDULE, always=self._always, quiet_seconds=self._quiet_seconds)
        # The result's member `input` has another type for schedules.
        cdk.Aspects.of(schedule).add(_ScheduleInput(text))
        return events.RuleTargetConfig(arn=self._settings.provider.service_token, role=_schedule_role(self._settings))


@jsii.implements(cdk.IAspect)
class _ScheduleInput:
    """Sets the input of a schedule."""

    def __init__(self, text: str) -> None:
        self._text = text

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, scheduler.CfnSchedule):
            node.add_property_override("Target.Input", self._text)


def _schedule_role(settings: RefreshSettings) -> iam.IRole:
    """Return the role that the schedules of a job assume, created on first use."""
    job, provider = settings.job, settings.provider
    existing = cast("iam.IRole | None", job.node.try_find_child(_ROLE_ID))
    return existing or iam.Role(
        job,
        _ROLE_ID,
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": environment_of(job).account}},
        ),
        inline_policies={"Refresh": document(statement(_INVOKE, provider.service_token, sid="InvokeOnEvent"))},
        permissions_boundary=provider.permissions_boundary,
    )
