"""EventBridge rules for state change events of one job, or of all jobs of a provider.

The provider publishes the events of a job that has a rule, and the events of all its jobs if it has a rule itself. The
rule of a job matches the stack name and the logical ids of the job's resources, because the job's ARN is unknown until
the job has started. The rule of a provider matches the provider's name.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from personalize_import.synthesis.stack_environment import environment_of, stack_of, stack_scope_of
from personalize_import.synthesis.validation import require
from personalize_import.wait_chain import add_property
from personalize_import_handler.contract import (
    EVENT_DETAIL_TYPE,
    EVENT_SOURCE,
    FAILED_STATUSES,
    Attribute,
    Environment,
)

_SOURCES: Final[WeakKeyDictionary[IConstruct, IConstruct]] = WeakKeyDictionary()
"""The job or provider of each rule."""


class StateChangeSource:
    """A job, or a provider with all its jobs, that publishes state change events; see docs/events.md."""

    def on_state_change(
        self,
        id: str,
        *,
        target: "cdk.aws_events.IRuleTarget | None" = None,
        description: str | None = None,
        event_pattern: "cdk.aws_events.EventPattern | Mapping[str, object] | None" = None,
        rule_name: str | None = None,
        cross_stack_scope: Construct | None = None,
    ) -> "cdk.aws_events.Rule":
        """Create a rule for state change events: each new status that a poll finds, such as `CREATE IN_PROGRESS`.

        Personalize sends no such events. The provider sends them if a job has a rule, or for all jobs if the provider
        has one; adding a rule starts no new job. With `wait=False` the provider polls once and sends only the first
        status. docs/events.md describes the event.

        Args:
            id: The id of the rule within this construct.
            target: The target of the rule. A queue must be in the stack of the rule. Default: none; add one with the
                rule's `add_target`.
            description: The description of the rule. Default: none.
            event_pattern: Further conditions that an event must match. Default: none.
            rule_name: The rule's name. Default: a name that CloudFormation generates.
            cross_stack_scope: A construct in which the rule is created instead, in a stack that keeps the rule when
                this stack is rolled back. Default: this construct.

        Raises:
            ValidationError: A `ValueError`: the target is a queue of another stack than the rule.
        """
        options = _options(target, description, event_pattern, rule_name, cross_stack_scope)
        return self._create_rule(id, None, options)

    def on_failed(
        self,
        id: str,
        *,
        target: "cdk.aws_events.IRuleTarget | None" = None,
        description: str | None = None,
        event_pattern: "cdk.aws_events.EventPattern | Mapping[str, object] | None" = None,
        rule_name: str | None = None,
        cross_stack_scope: Construct | None = None,
    ) -> "cdk.aws_events.Rule":
        """Create a rule for failed imports: `CREATE FAILED`, or one of two statuses that this library adds.

        `NOT_STARTED`: the deploy failed and no job was started. `UNWATCHED`: the deploy failed, for example because of
        its timeout; the job is no longer monitored but may still be running. See `on_state_change` for the arguments.
        """
        options = _options(target, description, event_pattern, rule_name, cross_stack_scope)
        return self._create_rule(id, FAILED_STATUSES, options)

    @abstractmethod
    def _create_rule(
        self, id: str, statuses: Sequence[str] | None, options: Mapping[str, Any]
    ) -> "cdk.aws_events.Rule": ...


def _options(
    target: "cdk.aws_events.IRuleTarget | None",
    description: str | None,
    event_pattern: "cdk.aws_events.EventPattern | Mapping[str, object] | None",
    rule_name: str | None,
    cross_stack_scope: Construct | None,
) -> Mapping[str, Any]:
    return {
        "target": target,
        "description": description,
        "event_pattern": event_pattern,
        "rule_name": rule_name,
        "cross_stack_scope": cross_stack_scope,
    }


def reports_states_of(rule: IConstruct, source: object) -> bool:
    """Return whether a rule, or a proxy of it, is one for the state change events of a job or provider."""
    path = rule.node.path
    return any(of_rule is source and each.node.path == path for each, of_rule in _SOURCES.items())


def create_rule_of_job(
    job: Construct,
    id: str,
    resources: Sequence[cdk.CfnResource],
    statuses: Sequence[str] | None,
    options: Mapping[str, Any],
) -> "cdk.aws_events.Rule":
    """Create a rule for one job, before the resources of the job."""
    detail = {
        "stackName": [stack_of(job).stack_name],
        "logicalResourceId": [each.logical_id for each in resources],
    }
    rule = _create(job, id, detail, statuses, options)
    _publish_state_changes(resources)
    resources[0].node.add_dependency(rule)
    return rule


def create_rule_of_provider(
    provider: Construct,
    id: str,
    functions: Sequence[lambda_.Function],
    statuses: Sequence[str] | None,
    options: Mapping[str, Any],
) -> "cdk.aws_events.Rule":
    """Create a rule for all jobs of a provider, before its functions and therefore before all of its jobs."""
    name = _name_of(provider)
    rule = _create(provider, id, {"provider": [name]}, statuses, options)
    on_event, is_complete = functions
    is_complete.add_environment(Environment.PROVIDER_NAME.value, name)
    on_event.node.add_dependency(rule)
    return rule


def _create(
    source: Construct,
    id: str,
    detail: Mapping[str, Sequence[str]],
    statuses: Sequence[str] | None,
    options: Mapping[str, Any],
) -> "cdk.aws_events.Rule":
    """Create a rule as the `on_...` methods of the CDK do."""
    target, scope = options["target"], options["cross_stack_scope"] or source
    require(source, _check_target("target", target, scope))
    rule_options = {name: options[name] for name in ("description", "event_pattern", "rule_name")}
    rule = cdk.aws_events.Rule(scope, _unique_id(scope, id, source), **rule_options)
    _SOURCES[rule] = source
    if target:
        rule.add_target(target)
    status = {"status": [*statuses]} if statuses else {}
    rule.add_event_pattern(source=[EVENT_SOURCE], detail_type=[EVENT_DETAIL_TYPE], detail={**detail, **status})
    return rule


def _check_target(name: str, target: object, scope: Construct) -> Iterator[str]:
    """Yield a problem if a queue's policy, which names the rule, would be in another stack than the rule."""
    queue = getattr(target, "queue", None)
    if queue is None or not cdk.Resource.is_owned_resource(queue):
        return
    of_queue, of_rule = stack_of(queue), stack_of(scope)
    if of_queue is not of_rule:
        yield (
            f"{name} is the queue {queue.node.path}, but the rule is in the stack {of_rule.node.path}. The policy of "
            "the queue names the rule, so the stacks would depend on each other. Pass cross_stack_scope, such as the "
            f"stack {of_queue.node.path}, to create the rule there"
        )


def _unique_id(scope: Construct, id: str, source: Construct) -> str:
    """Return the id, with the address of the source if another source has a rule with this id in the same scope."""
    existing = scope.node.try_find_child(id)
    is_of_another = existing is not None and _SOURCES.get(existing, source) is not source
    return f"{id}{source.node.addr}" if is_of_another else id


def _name_of(provider: Construct) -> str:
    """Return a name of the provider that is unique in its account and Region, and known at synth."""
    stack = stack_of(provider)
    path = provider.node.path.removeprefix(f"{stack.node.path}/")
    return f"{stack_scope_of(stack) or environment_of(stack).stack_name}/{path}"


def _publish_state_changes(resources: Sequence[cdk.CfnResource]) -> None:
    """Enable state change events. Each resource of a wait chain gets the last status of the previous one."""
    for number, resource in enumerate(resources):
        add_property(resource, "PublishStateChanges", value=True)
        if number:
            last_status = resources[number - 1].get_att(Attribute.STATUS.value).to_string()
            add_property(resource, "LastStatus", last_status)
