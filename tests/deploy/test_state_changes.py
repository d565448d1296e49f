"""State change events of real deploys, received by a queue."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from personalize_import import ImportDashboard
from personalize_import.provider.provider import DatasetImportProvider
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

PUT_EVENTS = "events:PutEvents"
"""The action that these deploys need."""


def is_each_status_once(changes: list[dict[str, Any]], last: str) -> bool:
    """On a busy machine, the first poll may come after the job has begun, so its first status isn't published."""
    statuses = [change["detail"]["status"] for change in changes]
    return statuses in (["CREATE PENDING", "CREATE IN_PROGRESS", last], ["CREATE IN_PROGRESS", last])


class EventStack(UsersStack):
    """An import whose state change events are sent to queues in a stack that a rollback keeps."""

    def __init__(self, app: cdk.App, name: str, location: str, **job: Any) -> None:
        kept = cdk.Stack(app, f"{name}Kept")
        super().__init__(app, name, location, **job)
        of_all_jobs = DatasetImportProvider.get_or_create(self).on_state_change
        rules = {"States": self.job.on_state_change, "Failed": self.job.on_failed, "All": of_all_jobs}
        for which, on in rules.items():
            queue = sqs.Queue(kept, f"{which}Queue", queue_name=f"{name}{which}")
            on(which, target=targets.SqsQueue(queue), cross_stack_scope=kept)


@pytest.fixture
def events(cloud: Cloud, name: str) -> Callable[[str], Iterator[dict[str, Any]]]:
    """Return a function that receives the messages of a queue, oldest first."""
    client = cloud.client("sqs")

    def received(which: str) -> Iterator[dict[str, Any]]:
        url = client.get_queue_url(QueueName=f"{name}{which}")["QueueUrl"]
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(message["Body"])

    return received


def test_a_wait_chain_publishes_each_status_of_an_import_once(cloud: Cloud, name: str, events: Any) -> None:
    location = cloud.put(name.lower(), "users.csv", users_csv("a", "b"))

    def build(app: cdk.App) -> None:
        stack = EventStack(app, name, location, timeout=cdk.Duration.hours(2))
        stack.job.add_alarms("Alarms", longest_execution_time=cdk.Duration.hours(1))
        ImportDashboard(stack, "Dashboard", jobs=[stack.job])

    deployed = cloud.deploy(build)

    assert deployed.succeeded, deployed.output
    changes = list(events("States"))
    outputs = cloud.outputs(name)
    assert is_each_status_once(changes, "ACTIVE")
    assert {change["source"] for change in changes} == {"cdk-personalize-import"}
    assert {tuple(change["resources"]) for change in changes} == {(outputs["JobArn"], outputs["DatasetArn"])}
    assert list(events("Failed")) == []
    assert {change["detail"]["provider"] for change in events("All")} == {f"{name}/DatasetImportProvider"}
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=name)["MetricAlarms"]
    assert len(alarms) == 9
    # ministack counts errors of any function for each function, so the states of the provider's alarms are random.
    of_job = [alarm["StateValue"] for alarm in alarms if not alarm.get("MetricName")]
    assert of_job == ["INSUFFICIENT_DATA"] * 2
    assert len(alarms) == 9


def test_a_failed_first_deploy_is_published_to_a_rule_that_the_rollback_keeps(
    cloud: Cloud, name: str, events: Any
) -> None:
    location = cloud.put(name.lower(), "users.csv", users_csv("a", ""))

    def build(app: cdk.App) -> None:
        EventStack(app, name, location)

    deployed = cloud.deploy(build)

    assert not deployed.succeeded
    (failed,) = events("Failed")
    assert failed["detail"]["status"] == "CREATE FAILED"
    assert failed["detail"]["failureReason"] in " ".join(deployed.output.split())
    assert is_each_status_once(list(events("States")), "CREATE FAILED")


def test_an_error_of_eventbridge_is_logged_and_does_not_affect_the_import(cloud: Cloud, name: str, events: Any) -> None:
    location = cloud.put(name.lower(), "users.csv", users_csv("a", "b"))

    def build(app: cdk.App) -> None:
        stack = EventStack(app, name, location)
        denied = iam.PolicyStatement(effect=iam.Effect.DENY, actions=[PUT_EVENTS], resources=["*"])
        role = DatasetImportProvider.get_or_create(stack).preflight_role
        stack.job.node.add_dependency(iam.Policy(stack, "Denied", roles=[role], statements=[denied]))

    deployed = cloud.deploy(build)

    assert deployed.succeeded, deployed.output
    assert list(events("States")) == []
    refused = [line for line in cloud.log_lines() if "was not published to EventBridge" in line]
    assert len(refused) == 1
    assert PUT_EVENTS in refused[0]
