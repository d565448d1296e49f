"""`refresh_on_upload`: a rule for uploads to the location, and the events of the bucket."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3_notifications
from aws_cdk import aws_sns as sns

from personalize_import import DatasetImportJob, DataSource
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.checked import warnings_of
from tests.constructs.support.refreshes import EVERY_NIGHT, bucket_of, event_of_rule, refreshed_job
from tests.constructs.support.stacks import (
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
)

ENABLED = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
OF_CUSTOM_RESOURCE = "Custom::S3BucketNotifications"


def bucket_properties(job: DatasetImportJob) -> dict[str, Any]:
    return deployed(cdk.Stack.of(job)).only("AWS::S3::Bucket")


def test_the_rule_matches_uploads_to_the_location_and_invokes_the_provider() -> None:
    job = refreshed_job()
    rule = job.refresh_on_upload("Uploads", description="new data", rule_name="uploads")

    template = deployed(cdk.Stack.of(job))
    properties = template.only("AWS::Events::Rule")
    on_event = template.value(cdk.Stack.of(job).resolve(job.provider.service_token))
    assert properties["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [logical_id(bucket_of(job)).lower()]},
            "object": {"key": [{"prefix": "interactions/"}]},
        },
    }
    assert (properties["Description"], properties["Name"]) == ("new data", "uploads")
    assert [each["Arn"] for each in properties["Targets"]] == [on_event]
    assert template.only("AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": on_event,
        "Principal": "events.amazonaws.com",
        "SourceArn": f"arn:aws:events:eu-west-1:123456789012:rule/{logical_id(rule).lower()}",
    }


@pytest.mark.parametrize(
    ("object_key", "matched"),
    [
        ("a/b/", {"key": [{"prefix": "a/b/"}]}),
        ("interactions.csv", {"key": ["interactions.csv"]}),
        ("INTERACTIONS.CSV", {"key": ["INTERACTIONS.CSV"]}),
        ("a/b", {"key": ["a/b", {"prefix": "a/b/"}]}),
        ("", None),
        (cdk.Fn.import_value("key"), None),
    ],
    ids=["a folder", "a file", "a file in capitals", "no slash", "the bucket", "a token"],
)
def test_the_rule_matches_the_key_if_it_is_known_at_synth(object_key: str, matched: object) -> None:
    stack = new_stack()
    job = add_job(stack, data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket"), object_key))
    job.refresh_on_upload("Uploads")

    detail = deployed(stack).only("AWS::Events::Rule")["EventPattern"]["detail"]
    assert detail.get("object") == matched


@pytest.mark.parametrize(
    ("uri", "detail"),
    [
        ("s3://data/a/", {"bucket": {"name": ["data"]}, "object": {"key": [{"prefix": "a/"}]}}),
        ("{token}", {"bucket": {"name": ["data"]}}),
    ],
)
def test_the_rule_matches_a_location_outside_the_app(uri: str, detail: dict[str, Any]) -> None:
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Uri").value_as_string
    job = add_job(stack, data_source=DataSource.from_s3_uri(uri.format(token=parameter)))
    job.refresh_on_upload("Uploads")

    assert deployed(stack, Uri="s3://data/a/").only("AWS::Events::Rule")["EventPattern"]["detail"] == detail


def test_rule_and_permission_are_created_after_the_import_and_deleted_before_it() -> None:
    job = refreshed_job(timeout=cdk.Duration.hours(2))
    job.refresh_on_upload("Uploads")

    template = deployed(cdk.Stack.of(job))
    triggers = {**template.of_type("AWS::Events::Rule"), **template.of_type("AWS::Lambda::Permission")}
    last = logical_id(job.node.find_child("Wait3"))
    assert [each["DependsOn"] for each in triggers.values()] == [[last], [last]]


@pytest.mark.parametrize(("quiet_period", "seconds"), [(None, 60), (10, 10), (21_600, 21_600)])
def test_the_event_contains_the_quiet_period(quiet_period: int | None, seconds: int) -> None:
    job = refreshed_job()
    job.refresh_on_upload("Uploads", quiet_period=None if quiet_period is None else cdk.Duration.seconds(quiet_period))

    assert event_of_rule(job)["QuietSeconds"] == seconds


def test_a_bucket_of_the_app_sends_events_without_another_resource() -> None:
    job = refreshed_job()
    job.refresh_on_upload("Uploads")

    assert bucket_properties(job)["NotificationConfiguration"] == ENABLED
    assert own_warnings(cdk.Stack.of(job)) == []


def test_a_bucket_of_another_stack_sends_events() -> None:
    app = new_app()
    data, models = new_stack("Data", app), new_stack("Models", app)
    job = add_job(models, data_source=DataSource.from_bucket(s3.Bucket(data, "Bucket"), "a/"))
    job.refresh_on_upload("Uploads")

    assert deployed(data).only("AWS::S3::Bucket")["NotificationConfiguration"] == ENABLED


def test_a_bucket_of_level_one_keeps_its_notifications() -> None:
    stack = new_stack()
    topic = s3.CfnBucket.TopicConfigurationProperty(event="s3:ObjectRemoved:*", topic="arn:aws:sns:eu-west-1:1:t")
    notifications = s3.CfnBucket.NotificationConfigurationProperty(topic_configurations=[topic])
    bucket = s3.CfnBucket(stack, "Bucket", notification_configuration=notifications)
    add_job(stack, data_source=DataSource.from_bucket(bucket, "a/")).refresh_on_upload("Uploads")

    configuration = deployed(stack).only("AWS::S3::Bucket")["NotificationConfiguration"]
    assert configuration == {"TopicConfigurations": [{"Event": topic.event, "Topic": topic.topic}], **ENABLED}


def add_cdk_notification(job: DatasetImportJob) -> None:
    topic = sns.Topic(cdk.Stack.of(job), "Topic")
    bucket_of(job).add_event_notification(s3.EventType.OBJECT_REMOVED, s3_notifications.SnsDestination(topic))


@pytest.mark.parametrize("is_before", [True, False])
def test_notifications_of_the_cdk_are_kept_before_and_after_the_refresh_is_added(is_before: bool) -> None:
    job = refreshed_job()
    if is_before:
        add_cdk_notification(job)
    job.refresh_on_upload("Uploads")
    if not is_before:
        add_cdk_notification(job)

    configuration = deployed(cdk.Stack.of(job)).only(OF_CUSTOM_RESOURCE)["NotificationConfiguration"]
    assert configuration["EventBridgeConfiguration"] == {}
    assert len(configuration["TopicConfigurations"]) == 1


def test_a_warning_contains_the_command_for_a_bucket_outside_the_app() -> None:
    stack = new_stack()
    add_job(stack, data_source=DataSource.from_s3_uri("s3://their-data/a/")).refresh_on_upload("Uploads")

    (warning,) = own_warnings(stack, "refresh-of-the-bucket:their-data")
    command, _, configuration = warning.partition("--notification-configuration ")
    assert "aws s3api put-bucket-notification-configuration --bucket their-data" in command
    assert json.loads(configuration.split("'")[1]) == {"EventBridgeConfiguration": {}}
    assert "replaces all notifications" in warning


def test_the_warning_can_be_acknowledged() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=DataSource.from_s3_uri("s3://their-data/a/"))
    job.refresh_on_upload("Uploads")
    cdk.Annotations.of(stack).acknowledge_warning("cdk-personalize-import:refresh-of-the-bucket:their-data")

    assert [each for each in warnings_of(stack) if "refresh-of-the-bucket" in each] == []


def test_no_warning_is_needed_for_an_imported_bucket_whose_events_the_cdk_enables() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "their-data")
    bucket.enable_event_bridge_notification()
    add_job(stack, data_source=DataSource.from_bucket(bucket, "a/")).refresh_on_upload("Uploads")

    assert own_warnings(stack, "refresh-of-the-bucket") == []
    assert "EventBridgeConfiguration" in deployed(stack).only(OF_CUSTOM_RESOURCE)["NotificationConfiguration"]


def test_a_bucket_of_another_account_is_rejected_because_it_sends_its_events_there() -> None:
    stack = new_stack(env=cdk.Environment(account="123456789012", region="eu-west-1"))
    bucket = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="their-data", account="999999999999")
    job = add_job(stack, data_source=DataSource.from_bucket(bucket, "a/"))

    with pytest.raises(ValidationError, match=r"the bucket of data_source is in account 999999999999 .*their-data"):
        job.refresh_on_upload("Uploads")


@pytest.mark.parametrize("is_scheduled", [True, False])
def test_without_a_refresh_on_upload_the_bucket_is_unchanged(is_scheduled: bool) -> None:
    job = refreshed_job()
    if is_scheduled:
        job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    assert "NotificationConfiguration" not in bucket_properties(job)
