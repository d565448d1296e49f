"""Jobs with triggers of refreshes, and the events that the triggers send."""

import json
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from personalize_import import DatasetImportJob, DataSource, ImportTarget
from tests.constructs.support.stacks import add_job, deployed, new_stack

EVERY_NIGHT: Final = scheduler.ScheduleExpression.cron(minute="0", hour="3", time_zone=cdk.TimeZone.EUROPE_BERLIN)
EVERY_HOUR: Final = events.Schedule.rate(cdk.Duration.hours(1))


def refreshed_job(**arguments: Any) -> DatasetImportJob:
    """Create a stack of a job that reads a folder in a bucket of the stack."""
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    return add_job(stack, **{"data_source": DataSource.from_bucket(bucket, "interactions/"), **arguments})


def bucket_of(job: DatasetImportJob) -> s3.Bucket:
    bucket = cdk.Stack.of(job).node.find_child("Bucket")
    assert isinstance(bucket, s3.Bucket)
    return bucket


def add_rule(job: DatasetImportJob, **arguments: Any) -> events.Rule:
    """Add a rule of the app that refreshes the job."""
    return events.Rule(cdk.Stack.of(job), "Rule", schedule=EVERY_HOUR, targets=[ImportTarget(job, **arguments)])


def event_of_schedule(job: DatasetImportJob, **parameters: str) -> dict[str, Any]:
    """Return the event that the only schedule of the job's stack sends."""
    schedule = deployed(cdk.Stack.of(job), **parameters).only("AWS::Scheduler::Schedule")
    return _parsed(schedule["Target"]["Input"], "<aws.scheduler.scheduled-time>")


def event_of_rule(job: DatasetImportJob, **parameters: str) -> dict[str, Any]:
    """Return the event that the only rule of the job's stack sends."""
    (target,) = deployed(cdk.Stack.of(job), **parameters).only("AWS::Events::Rule")["Targets"]
    transformer = target["InputTransformer"]
    assert transformer["InputPathsMap"] == {"time": "$.time"}
    return _parsed(transformer["InputTemplate"], "<time>")


def _parsed(text: str, time: str) -> dict[str, Any]:
    assert text.count("<") == text.count(time) == 1
    event = json.loads(text.replace(time, "2026-11-28T03:00:00Z"))
    assert isinstance(event, dict)
    return event
