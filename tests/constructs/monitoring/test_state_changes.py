"""Rules for state change events, which the provider publishes only for jobs with a rule."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from personalize_import import DatasetImportJob, DatasetImportProvider
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import (
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)

STATEMENT = "PutStateChangeEvents"


def rules(stack: cdk.Stack) -> list[dict[str, Any]]:
    resources = template_of(stack)["Resources"].values()
    return [resource["Properties"] for resource in resources if resource["Type"] == "AWS::Events::Rule"]


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    roles = deployed(stack).of_type("AWS::IAM::Role")
    found: dict[str, list[dict[str, Any]]] = {
        name: [
            each
            for inline in deployed(stack).properties(name)["Policies"]
            for each in inline["PolicyDocument"]["Statement"]
        ]
        for name in roles
        if "Policies" in deployed(stack).properties(name)
    }
    allowed = [(name, each) for name, each_of in found.items() for each in each_of if each.get("Sid") == STATEMENT]
    assert all("IsCompleteRole" in name for name, _ in allowed)
    return [each for _, each in allowed]


def test_a_rule_matches_the_stack_name_and_the_logical_id_of_the_job() -> None:
    stack = new_stack("Shop")
    job = add_job(stack)
    job.on_state_change("Changed")

    (rule,) = rules(stack)
    assert rule["EventPattern"] == {
        "source": ["cdk-personalize-import"],
        "detail-type": ["Personalize Dataset Import Job State Change"],
        "detail": {"stackName": ["Shop"], "logicalResourceId": [logical_id(job)]},
    }


def test_a_rule_matches_all_resources_of_a_wait_chain_and_each_of_them_gets_the_previous_status() -> None:
    stack = new_stack()
    job = add_job(stack, timeout=cdk.Duration.hours(2))
    job.on_state_change("Changed")

    names = [logical_id(job.node.find_child(each)) for each in ("Resource", "Wait2", "Wait3")]
    resources = [template_of(stack)["Resources"][name]["Properties"] for name in names]
    assert rules(stack)[0]["EventPattern"]["detail"]["logicalResourceId"] == names
    assert [resource["PublishStateChanges"] for resource in resources] == [True] * 3
    assert [resource.get("LastStatus") for resource in resources] == [
        None,
        *({"Fn::GetAtt": [name, "Status"]} for name in names[:2]),
    ]


def test_on_failed_matches_each_status_that_fails_a_deploy() -> None:
    stack = new_stack()
    add_job(stack).on_failed("Failed")

    assert rules(stack)[0]["EventPattern"]["detail"]["status"] == ["CREATE FAILED", "NOT_STARTED", "UNWATCHED"]


def test_a_rule_accepts_the_same_arguments_as_the_rules_of_cdk_constructs() -> None:
    stack = new_stack()
    queue = sqs.Queue(stack, "Queue")
    rule = add_job(stack).on_state_change(
        "Changed",
        target=targets.SqsQueue(queue),
        description="Publishes changes",
        event_pattern={"detail": {"previousStatus": ["CREATE PENDING"]}},
        rule_name="changes",
    )

    (properties,) = rules(stack)
    assert isinstance(rule, events.Rule)
    assert (properties["Description"], properties["Name"]) == ("Publishes changes", "changes")
    assert properties["EventPattern"]["detail"]["previousStatus"] == ["CREATE PENDING"]
    assert properties["EventPattern"]["source"] == ["cdk-personalize-import"]
    assert len(properties["Targets"]) == 1


def test_the_rule_is_created_before_the_job_starts() -> None:
    stack = new_stack()
    job = add_job(stack)
    rule = job.on_failed("Failed")

    assert logical_id(rule) in template_of(stack)["Resources"][logical_id(job)]["DependsOn"]


def test_a_rule_may_be_in_a_stack_that_outlives_a_rollback_of_the_stack_of_the_job() -> None:
    app = new_app()
    kept, stack = new_stack("Kept", app), new_stack("Shop", app)
    queue = sqs.Queue(kept, "Queue")
    job = add_job(stack)
    job.on_failed("Failed", target=targets.SqsQueue(queue), cross_stack_scope=kept)

    (rule,) = rules(kept)
    assert rules(stack) == []
    assert rule["EventPattern"]["detail"]["stackName"] == ["Shop"]
    assert rule["EventPattern"]["detail"]["logicalResourceId"] == [logical_id(job)]
    assert stack.dependencies == [kept]


def test_only_enabled_providers_may_put_events_with_their_source_on_the_default_bus() -> None:
    stack = new_stack()
    for number in range(2):
        add_job(stack, f"Job{number}").on_failed("Failed")

    (statement,) = statements(stack)
    assert statement == {
        "Sid": STATEMENT,
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:eu-west-1:123456789012:event-bus/default",
        "Condition": {"ForAllValues:StringEquals": {"events:source": "cdk-personalize-import"}},
    }


def test_by_default_nothing_is_published_or_allowed_to_be() -> None:
    stack = new_stack()
    job = add_job(stack)

    assert statements(stack) == []
    assert {"PublishStateChanges", "LastStatus"}.isdisjoint(properties_of(job))


@pytest.mark.parametrize("ask", [DatasetImportJob.on_state_change, DatasetImportJob.on_failed])
def test_a_rule_of_one_job_does_not_match_another(ask: Any) -> None:
    stack = new_stack()
    asked, other = add_job(stack, "Asked"), add_job(stack, "Other")
    ask(asked, "Changed")

    assert properties_of(asked)["PublishStateChanges"] is True
    assert "PublishStateChanges" not in properties_of(other)


def test_a_provider_of_another_app_is_not_changed_and_a_warning_describes_what_it_needs() -> None:
    stack = new_stack()
    token = "arn:aws:lambda:eu-west-1:123456789012:function:on-event"
    provider = DatasetImportProvider.from_provider_attributes(
        stack, "Imports", service_token=token, import_role_path="/shops/"
    )
    job = add_job(stack, provider=provider)
    job.on_failed("Failed")

    (warning,) = own_warnings(stack, "state-change-events]")
    assert "only if its app created it with publish_state_changes=True" in warning
    assert properties_of(job)["PublishStateChanges"] is True


def test_a_provider_publishes_state_changes_for_other_apps_if_publish_state_changes_is_set() -> None:
    stack = new_stack()
    DatasetImportProvider(stack, "Imports", publish_state_changes=True)
    DatasetImportProvider(stack, "Others")

    assert len(statements(stack)) == 1


def test_an_invalid_value_of_publish_state_changes_is_rejected() -> None:
    with pytest.raises(ValidationError, match="publish_state_changes must be True or False, got 'yes'"):
        DatasetImportProvider(new_stack(), "Imports", publish_state_changes="yes")  # type: ignore[arg-type]
