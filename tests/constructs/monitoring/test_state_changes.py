"""Rules for state change events, which the provider publishes only for jobs with a rule."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

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


def events_stack() -> tuple[cdk.Stack, cdk.Stack, sqs.Queue]:
    app = new_app()
    kept, stack = new_stack("Kept", app), new_stack("Shop", app)
    return kept, stack, sqs.Queue(kept, "Queue")


def test_a_queue_of_another_stack_is_an_error_that_names_the_way_out() -> None:
    kept, stack, queue = events_stack()
    for source in (add_job(stack), DatasetImportProvider(stack, "Imports")):
        with pytest.raises(ValidationError) as refused:
            source.on_failed("Failed", target=targets.SqsQueue(queue))

        assert "target is the queue Kept/Queue, but the rule is in the stack Shop." in str(refused.value)
        assert "Pass cross_stack_scope, such as the stack Kept, to create the rule there" in str(refused.value)
    add_job(stack, "Other").on_failed("Failed", target=targets.SqsQueue(queue), cross_stack_scope=kept)

    assert len(rules(kept)) == 1


def test_other_targets_and_queues_of_other_apps_may_be_in_another_stack() -> None:
    kept, stack, queue = events_stack()
    imported = sqs.Queue.from_queue_arn(stack, "Imported", "arn:aws:sqs:eu-west-1:123456789012:queue")
    job = add_job(stack)
    job.on_failed("Topic", target=targets.SnsTopic(sns.Topic(kept, "Topic")))
    job.on_failed("Queue", target=targets.SqsQueue(imported))

    assert len(rules(stack)) == 2
    assert queue


def test_rules_of_several_jobs_may_have_the_same_id_in_another_stack() -> None:
    kept, stack, _ = events_stack()
    jobs = [add_job(stack, name) for name in ("One", "Two", "Three")]
    found = [job.on_failed("Failed", cross_stack_scope=kept) for job in jobs]

    assert found[0].node.id == "Failed"
    assert [rule["EventPattern"]["detail"]["logicalResourceId"] for rule in rules(kept)] == [
        [logical_id(job)] for job in jobs
    ]
    with pytest.raises(RuntimeError, match="already a Construct with name 'Failed"):
        jobs[1].on_failed("Failed", cross_stack_scope=kept)


def test_a_rule_of_a_provider_matches_the_name_that_its_function_publishes_and_changes_no_job() -> None:
    app = new_app()
    platform, shop = new_stack("Platform", app), new_stack("Shop", app)
    provider = DatasetImportProvider(platform, "Imports")
    job = add_job(shop, provider=provider)
    rule = provider.on_failed("Failed")

    (properties,) = rules(platform)
    template = deployed(platform)
    variables = template.properties(logical_id(provider.is_complete))["Environment"]["Variables"]
    assert properties["EventPattern"]["detail"] == {
        "provider": ["Platform/Imports"],
        "status": ["CREATE FAILED", "NOT_STARTED", "UNWATCHED"],
    }
    assert variables["PROVIDER_NAME"] == "Platform/Imports"
    assert logical_id(rule) in template_of(platform)["Resources"][logical_id(provider.on_event)]["DependsOn"]
    assert len(statements(platform)) == 1
    assert "PublishStateChanges" not in properties_of(job)


def test_a_rule_of_a_provider_may_be_in_the_stack_of_its_target() -> None:
    kept, stack, queue = events_stack()
    provider = DatasetImportProvider(stack, "Imports")
    provider.on_state_change("Changed", target=targets.SqsQueue(queue), cross_stack_scope=kept)
    add_job(stack, provider=provider)

    assert len(rules(kept)) == 1
    assert stack.dependencies == [kept]


def test_providers_deep_in_the_construct_tree_have_different_names() -> None:
    stack = new_stack("Shop")
    nested = cdk.NestedStack(stack, "Nested")
    for scope in (Construct(stack, "A"), Construct(stack, "B"), nested):
        DatasetImportProvider(scope, "Imports").on_failed("Failed")

    names = [rule["EventPattern"]["detail"]["provider"][0] for rule in (*rules(stack), *rules(nested))]
    assert names[:2] == ["Shop/A/Imports", "Shop/B/Imports"]
    assert re.fullmatch("Shop/ShopNested[0-9A-F]{8}/Imports", names[2])
