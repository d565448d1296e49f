"""The event that a trigger sends, and its limits."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob, Reimport
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.contract.refresh_event import UNUSED_PROPERTIES
from personalize_import_handler.refresh.refresh_events import parse_refresh
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.refresh_request import parse_refresh_request
from tests.constructs.support.checked import errors_of
from tests.constructs.support.cloudformation import ACCOUNT, REGION, STACK_FOLDER, STACK_NAME
from tests.constructs.support.refreshes import EVERY_NIGHT, add_rule, event_of_rule, event_of_schedule, refreshed_job
from tests.constructs.support.stacks import DATASET_ARN, add_job, logical_id, properties_of

STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK_NAME}/{STACK_FOLDER}"


def nightly(**arguments: Any) -> DatasetImportJob:
    job = refreshed_job(**arguments)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    return job


def test_the_event_names_the_resource_that_imports_as_cloudformation_does() -> None:
    job = nightly(timeout=cdk.Duration.hours(2))
    event = event_of_schedule(job)
    del event["ResourceProperties"]

    assert event == {
        "RequestType": "Refresh",
        "ResourceType": "Custom::PersonalizeDatasetImportJob",
        "StackId": STACK_ID,
        "LogicalResourceId": logical_id(job.node.find_child("Resource")),
        "PhysicalResourceId": logical_id(job.node.find_child("Resource")).lower(),
        "RequestedAt": "2026-11-28T03:00:00Z",
        "QuietSeconds": 0,
        "Always": False,
        "TimeoutSeconds": 7200,
    }


ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"import_mode": "FULL", "job_name_prefix": "shop", "tags": {"team": "a"}, "timeout": cdk.Duration.hours(5)},
    {"import_mode": "INCREMENTAL", "publish_attribution_metrics_to_s3": True, "preflight": True, "wait": False},
    {"reimport": Reimport.when_value_changes("2026-11")},
    {"reimport": Reimport.when_data_changes("5f3c")},
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_the_event_has_the_properties_of_the_resource_except_those_that_a_refresh_does_not_use(
    arguments: dict[str, Any],
) -> None:
    job = nightly(**arguments)

    used = {name: value for name, value in properties_of(job).items() if name not in UNUSED_PROPERTIES}
    assert event_of_schedule(job)["ResourceProperties"] == used
    assert {"DatasetArn", "DataLocation", "RoleArn"} <= used.keys()


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_the_handler_accepts_the_event_as_a_request_for_the_same_import(arguments: dict[str, Any]) -> None:
    job = nightly(**arguments)
    event = event_of_schedule(job)
    assert parse_refresh(event) == event
    request = parse_refresh_request(event, Provider(STACK_ID))

    deployed_with = parse(properties_of(job))
    assert names_of(request.properties, request.resource) == names_of(deployed_with, request.resource)
    assert request.properties.job_tags("") == deployed_with.job_tags("")
    assert (request.resource.stack_id, request.resource.logical_id) == (STACK_ID, logical_id(job))
    assert request.quiet_seconds == 0
    assert request.execution_name.endswith("-refresh-0-1795834800")


def test_properties_that_change_after_the_trigger_was_created_are_in_the_event() -> None:
    job = nightly()
    stack = cdk.Stack.of(job)
    follower = add_job(stack, "Follower", import_mode="INCREMENTAL", after=job)
    job.on_failed("Failed")
    cdk.Tags.of(stack).add("team", "a")

    sent = event_of_schedule(job)["ResourceProperties"]
    assert sent["FollowedBy"] == [{"LogicalId": logical_id(follower)}]
    assert sent["PublishStateChanges"] is True
    assert sent["Tags"] == [{"Key": "team", "Value": "a"}]


def test_properties_that_change_after_a_rule_was_created_are_in_its_event_too() -> None:
    job = refreshed_job()
    add_rule(job)
    cdk.Tags.of(job).add("team", "a")

    assert event_of_rule(job)["ResourceProperties"]["Tags"] == [{"Key": "team", "Value": "a"}]


def test_values_that_are_known_at_deploy_time_are_in_the_event() -> None:
    job = refreshed_job()
    stack = cdk.Stack.of(job)
    dataset = cdk.CfnParameter(stack, "Dataset").value_as_string
    timeout = cdk.Duration.seconds(cdk.CfnParameter(stack, "Timeout", type="Number").value_as_number)
    other = add_job(stack, "Other", dataset=dataset, timeout=timeout)
    other.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    event = event_of_schedule(other, Dataset=DATASET_ARN, Timeout="600")
    assert event["ResourceProperties"]["DatasetArn"] == DATASET_ARN
    assert event["TimeoutSeconds"] == timedelta(minutes=10).total_seconds()


@pytest.mark.parametrize("sign", ["<", ">"])
def test_a_placeholder_of_eventbridge_in_a_property_is_an_error_for_a_rule_only(sign: str) -> None:
    job = refreshed_job(reimport=Reimport.when_value_changes(f"version{sign}2"))
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    assert errors_of(cdk.Stack.of(job)) == []

    add_rule(refreshed := refreshed_job(reimport=Reimport.when_value_changes(f"version{sign}2")))
    (error,) = errors_of(cdk.Stack.of(refreshed))
    assert "must not contain < or >, which mark the placeholders of EventBridge" in error
    assert f"version{sign}2" in error


def tags(count: int, length: int) -> dict[str, str]:
    return {f"{'k' * 60}{number}": "v" * length for number in range(count)}


def test_twenty_long_tags_fit_into_the_input_of_a_rule() -> None:
    add_rule(job := refreshed_job(tags=tags(20, 100)))

    assert errors_of(cdk.Stack.of(job)) == []


def test_more_than_eventbridge_allows_in_the_input_of_a_rule_is_an_error() -> None:
    add_rule(job := refreshed_job(tags=tags(40, 200)))

    (error,) = errors_of(cdk.Stack.of(job))
    assert "characters; EventBridge allows 8,192. Use fewer or shorter tags, or a schedule" in error


def test_the_input_of_a_schedule_has_no_such_limit() -> None:
    assert errors_of(cdk.Stack.of(nightly(tags=tags(40, 200)))) == []
