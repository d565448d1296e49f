"""EventBridge rules for state change events, which the provider publishes if a job has a rule.

A rule matches the stack name and the logical ids of the job's resources, because the job's ARN is unknown until the
job has started.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE, Attribute


def create_rule(
    scope: Construct,
    id: str,
    resources: Sequence[cdk.CfnResource],
    *,
    statuses: Sequence[str] | None = None,
    options: Mapping[str, Any],
) -> events.Rule:
    """Create a rule like the `on_...` methods of the CDK. It is created before the resources of the job."""
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
    """Enable state change events. Each resource of a wait chain gets the last status of the previous one."""
    for number, resource in enumerate(resources):
        resource.add_property_override("PublishStateChanges", value=True)
        if number:
            last_status = resources[number - 1].get_att(Attribute.STATUS.value).to_string()
            resource.add_property_override("LastStatus", last_status)
