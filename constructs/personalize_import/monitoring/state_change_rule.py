"""Rules for the states of a job, which the provider tells EventBridge once a rule is asked for.

A rule knows the job by the names of its stack and its resources: the job's own ARN is known after the deployment alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from personalize_import.synthesis.environment import stack_of
from personalize_import_handler.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE, Attribute


def create_rule(
    scope: Construct,
    id: str,
    resources: Sequence[cdk.CfnResource],
    *,
    statuses: Sequence[str] | None = None,
    options: Mapping[str, Any],
) -> events.Rule:
    """Create a rule, as `on_...` of the CDK's own constructs do, that is there before the resources are."""
    target = options.get("target")
    rule = events.Rule(scope, id, **{name: value for name, value in options.items() if name != "target"})
    if target:
        rule.add_target(target)
    rule.add_event_pattern(
        source=[EVENT_SOURCE],
        detail_type=[EVENT_DETAIL_TYPE],
        detail={
            "stackName": [stack_of(scope).stack_name],
            "logicalResourceId": [each.logical_id for each in resources],
            **({"status": [*statuses]} if statuses else {}),
        },
    )
    publish_state_changes(resources)
    resources[0].node.add_dependency(rule)
    return rule


def publish_state_changes(resources: Sequence[cdk.CfnResource]) -> None:
    """Let the handler tell states; each resource knows with which one the resource before has ended."""
    for number, resource in enumerate(resources):
        resource.add_property_override("PublishStateChanges", value=True)
        if number:
            last_status = resources[number - 1].get_att(Attribute.STATUS.value).to_string()
            resource.add_property_override("LastStatus", last_status)
