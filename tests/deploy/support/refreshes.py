"""Stacks with refreshes, the refreshes that have run, and the time that passes meanwhile."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import aws_cdk as cdk
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import FaultStack
from tests.support.until import until

# Seconds before the moment until which the clock runs at a speed, fast at first and then more precisely.
_SPEEDS: Final = ((600, 10_000), (0, 600))


class RefreshStack(FaultStack):
    """A stack whose last import is refreshed on a schedule, on uploads, or both, and sends failures to a queue."""

    def __init__(
        self,
        app: cdk.App,
        name: str,
        data: str,
        *,
        schedule: scheduler.ScheduleExpression | None = None,
        quiet_period: cdk.Duration | None = None,
        **job: Any,
    ) -> None:
        super().__init__(app, name, data, **job)
        failures = sqs.Queue(self, "Failures", queue_name=f"{name}Failures")
        self.last_job.on_failed("Failed", target=targets.SqsQueue(failures))
        if schedule:
            self.last_job.refresh_on_schedule("Schedule", schedule=schedule)
        if quiet_period:
            self.last_job.refresh_on_upload("Uploads", quiet_period=quiet_period)


class Refresh(NamedTuple):
    """The execution of a refresh."""

    status: str
    """The status of the execution: `RUNNING`, `SUCCEEDED` or `FAILED`."""
    result: dict[str, Any]
    """`Outcome` and the other members of a refresh's result."""
    cause: str
    """The reason of a failure."""


class RefreshedStack(StackUnderTest):
    """A stack with refreshes; its bucket sends events for uploads."""

    stack_class = RefreshStack

    def __init__(self, cloud: Cloud, name: str) -> None:
        super().__init__(cloud, name)
        notifications: Any = {"EventBridgeConfiguration": {}}
        cloud.s3.put_bucket_notification_configuration(Bucket=name.lower(), NotificationConfiguration=notifications)

    def refreshes(self) -> list[Refresh]:
        """Return the refreshes, oldest first."""
        client = self.cloud.client("stepfunctions")
        machines = [m for m in client.list_state_machines()["stateMachines"] if self.name in m["name"]]
        executions = [
            execution
            for machine in machines
            for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
            if "-refresh-" in execution["name"]
        ]
        found = [client.describe_execution(executionArn=execution["executionArn"]) for execution in executions]
        found.sort(key=lambda each: each["startDate"])
        return [
            Refresh(each["status"], json.loads(each.get("output") or "{}").get("Refresh", {}), each.get("cause", ""))
            for each in found
        ]

    def ended_refreshes(self, count: int) -> list[Refresh]:
        """Wait until `count` refreshes have ended, and return them."""
        until(lambda: len([each for each in self.refreshes() if each.status != "RUNNING"]) >= count)
        return self.refreshes()

    def failures(self) -> list[dict[str, Any]]:
        """Return the details of the events in the queue of failures."""
        client = self.cloud.client("sqs")
        url = client.get_queue_url(QueueName=f"{self.name}Failures")["QueueUrl"]
        messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["detail"] for message in messages]

    def imported_locations(self) -> list[str]:
        """Return the location of each job that has succeeded, oldest job first, relative to the bucket."""
        start = f"s3://{self.name.lower()}/"
        jobs = [job for job in self.cloud.jobs(self.name) if job["status"] == "ACTIVE"]
        return [job["data_location"].removeprefix(start) for job in jobs]


def now(cloud: Cloud) -> float:
    """Return the simulated time."""
    return float(cloud.aws.control("GET", "status")["now"])


@contextmanager
def speed(cloud: Cloud, factor: float) -> Iterator[None]:
    """Run the clock at another speed."""
    before = cloud.aws.control("GET", "status")["speed"]
    cloud.aws.control("POST", "clock", {"speed": factor})
    try:
        yield
    finally:
        cloud.aws.control("POST", "clock", {"speed": before})


def pass_until(cloud: Cloud, moment: float) -> None:
    """Wait until a moment of simulated time, with a faster clock meanwhile."""
    for seconds_before, fast in _SPEEDS:
        with speed(cloud, fast):
            time.sleep(max(0, moment - seconds_before - now(cloud)) / fast)


def next_night(cloud: Cloud, hour: int, zone: str) -> float:
    """Return the next time at which it is `hour` o'clock in a time zone."""
    moment = datetime.fromtimestamp(now(cloud), ZoneInfo(zone))
    night = moment.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (night if night > moment else night + timedelta(days=1)).timestamp()
