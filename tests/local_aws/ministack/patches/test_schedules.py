"""Schedules of EventBridge Scheduler: properties, payloads and roles, on the simulated clock."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.queues import make_queue
from tests.local_aws.support.server_setup import ACCOUNT, REGION, Document, allow, make_role, trust
from tests.local_aws.support.stacks import Stack
from tests.support.until import until

SCHEDULER = {"Service": "scheduler.amazonaws.com"}
GROUPS = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/"
IN_GROUP = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{GROUPS}default"}}
EACH_MINUTE = "cron(* * * * ? *)"
SEND = allow("sqs:SendMessage")


def schedule(target: str, role: str, expression: str = EACH_MINUTE, text: str = "{}", **more: Any) -> Document:
    """Return the properties of a schedule, as in CloudFormation and in the API."""
    return {
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": target, "RoleArn": role, "Input": text},
        **more,
    }


def stack_of(**resources: Document) -> str:
    typed = {name: {"Type": "AWS::Scheduler::Schedule", "Properties": props} for name, props in resources.items()}
    return json.dumps({"Resources": typed})


def simulated(cloud: Cloud) -> float:
    return float(cloud.aws.control("GET", "status")["now"])


def test_a_schedule_sends_its_payload_with_the_keywords_replaced(cloud: Cloud, name: str) -> None:
    queue, role = make_queue(cloud, name), make_role(cloud, name, SEND, trusting=trust(SCHEDULER, IN_GROUP))
    keywords = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    text = json.dumps({keyword: f"<aws.scheduler.{keyword}>" for keyword in keywords})
    stack, created_at = Stack(cloud, name[-40:]), simulated(cloud)
    assert stack.create(stack_of(Schedule=schedule(queue.arn, role, text=text))) == "CREATE_COMPLETE"
    received, received_at = queue.first(2), simulated(cloud)
    stack.delete()

    first, second = received[:2]
    assert first["schedule-arn"].startswith(f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/")
    assert first["attempt-number"] == "1"
    assert first["execution-id"] != second["execution-id"]
    times = [datetime.strptime(each["scheduled-time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) for each in received]
    assert (times[1] - times[0]).total_seconds() == 60
    assert created_at <= times[0].timestamp() < times[1].timestamp() <= received_at


def test_a_stack_creates_and_updates_all_properties_of_a_schedule(cloud: Cloud, name: str) -> None:
    queue, role = make_queue(cloud, name), make_role(cloud, name, SEND, trusting=trust(SCHEDULER, {}))
    rare = "cron(0 3 1 1 ? *)"
    dates = {"StartDate": "2100-01-01T00:00:00Z", "EndDate": "2101-01-01T00:00:00Z"}
    before = schedule(queue.arn, role, rare, Name=name, ScheduleExpressionTimezone="Asia/Kolkata", **dates)
    after = schedule(queue.arn, role, rare, Name=name, ScheduleExpressionTimezone="Europe/Berlin", State="DISABLED")
    stack, scheduler = Stack(cloud, name[-40:]), cloud.client("scheduler")

    assert stack.create(stack_of(Schedule=before)) == "CREATE_COMPLETE"
    created = scheduler.get_schedule(Name=name)
    assert stack.update(stack_of(Schedule=after)) == "UPDATE_COMPLETE"
    updated = scheduler.get_schedule(Name=name)

    assert created["ScheduleExpressionTimezone"] == "Asia/Kolkata"
    assert (created["StartDate"].year, created["EndDate"].year) == (2100, 2101)
    assert (updated["ScheduleExpressionTimezone"], updated["State"]) == ("Europe/Berlin", "DISABLED")
    assert "StartDate" not in updated
    assert created["CreationDate"] == updated["CreationDate"] < updated["LastModificationDate"]


def test_a_schedule_whose_role_allows_nothing_sends_nothing(cloud: Cloud, name: str) -> None:
    allowed = make_role(cloud, f"{name}-1", SEND, trusting=trust(SCHEDULER, IN_GROUP))
    denied = make_role(cloud, f"{name}-2", trusting=trust(SCHEDULER, IN_GROUP))
    queue, scheduler = make_queue(cloud, name), cloud.client("scheduler")
    for number, role in enumerate([denied, allowed], start=1):
        scheduler.create_schedule(Name=f"{name}-{number}", **schedule(queue.arn, role, text=str(number)))
    received = queue.first(2)
    for number in (1, 2):
        scheduler.delete_schedule(Name=f"{name}-{number}")

    assert set(received) == {2}


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        pytest.param({"Service": "events.amazonaws.com"}, {}, id="service"),
        pytest.param(SCHEDULER, {"StringEquals": {"aws:SourceAccount": "111122223333"}}, id="account"),
        pytest.param(SCHEDULER, {"StringEquals": {"aws:SourceArn": f"{GROUPS}another"}}, id="group"),
    ],
)
def test_a_schedule_needs_a_role_that_the_service_may_assume(
    cloud: Cloud, name: str, principal: Document, condition: Document
) -> None:
    role = make_role(cloud, name, SEND, trusting=trust(principal, condition))
    stack = Stack(cloud, name[-40:])

    status = stack.create(stack_of(Schedule=schedule(f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue", role)))

    assert status == "ROLLBACK_COMPLETE"
    assert "must allow AWS EventBridge Scheduler to assume the role" in stack.reason()


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        pytest.param({"expression": "cron(0 3 * * * *)"}, "Invalid Schedule Expression cron", id="expression"),
        pytest.param({"ScheduleExpressionTimezone": "Europe/Atlantis"}, "Timezone Europe/Atlantis", id="time-zone"),
    ],
)
def test_an_invalid_schedule_is_refused(cloud: Cloud, name: str, properties: Document, problem: str) -> None:
    role = make_role(cloud, name, trusting=trust(SCHEDULER, {}))
    with pytest.raises(ClientError, match=problem):
        cloud.client("scheduler").create_schedule(Name=name, **schedule("arn:aws:sqs:::q", role, **properties))


def test_a_schedule_that_fires_once_can_be_deleted_afterwards(cloud: Cloud, name: str) -> None:
    queue, role = make_queue(cloud, name), make_role(cloud, name, SEND, trusting=trust(SCHEDULER, {}))
    scheduler, soon = cloud.client("scheduler"), datetime.fromtimestamp(simulated(cloud) + 30, UTC)
    once = schedule(queue.arn, role, f"at({soon:%Y-%m-%dT%H:%M:%S})", '"<aws.scheduler.scheduled-time>"')
    scheduler.create_schedule(Name=name, ActionAfterCompletion="DELETE", **once)
    until(lambda: not scheduler.list_schedules(NamePrefix=name)["Schedules"])
    time.sleep(0.1)

    assert queue.received() == [f"{soon:%Y-%m-%dT%H:%M:%SZ}"]
