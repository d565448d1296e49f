"""The stacks of the contenders: each imports into one dataset again, on a schedule or after uploads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

from personalize_import import DatasetImportJob, DataSource

POLL_SECONDS: Final = 30
"""The interval of the state machine that is written by hand."""


class Trigger(Enum):
    """The trigger of a refresh."""

    SCHEDULE = "Schedule"
    UPLOAD = "Upload"


@dataclass(frozen=True)
class RefreshedDataset:
    """A dataset and the folder from which it is imported again."""

    dataset_arn: str
    bucket: str
    prefix: str
    role_arn: str
    """The import role for the refresher that creates none."""
    hour: int
    """The hour of each day, in UTC, at which a schedule starts a refresh."""

    @property
    def location(self) -> str:
        """The location of the data."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def schedule(self) -> scheduler.ScheduleExpression:
        """The expression of the schedule."""
        return scheduler.ScheduleExpression.cron(minute="0", hour=str(self.hour), time_zone=cdk.TimeZone.ETC_UTC)


@dataclass(frozen=True)
class Refresher:
    """One way to refresh a dataset."""

    key: str
    name: str
    add: Callable[[cdk.Stack, RefreshedDataset, Trigger], None]
    """Adds the resources for one dataset and one trigger to a stack."""

    def stack_name(self, trigger: Trigger) -> str:
        """Return the name of the stack for a trigger."""
        return f"{self.key}{trigger.value}"


def synthesize(folder: Path, datasets: Mapping[tuple[Refresher, Trigger], RefreshedDataset]) -> Path:
    """Write the stacks, one for each refresher and trigger, and return the folder of the assembly."""
    app = cdk.App(outdir=str(folder / "assembly"))
    for (refresher, trigger), dataset in datasets.items():
        refresher.add(cdk.Stack(app, refresher.stack_name(trigger)), dataset, trigger)
    return Path(app.synth().directory)


def _ours(stack: cdk.Stack, dataset: RefreshedDataset, trigger: Trigger) -> None:
    job = DatasetImportJob(
        stack, "Import", dataset=dataset.dataset_arn, data_source=DataSource.from_s3_uri(dataset.location)
    )
    if trigger is Trigger.SCHEDULE:
        job.refresh_on_schedule("Daily", schedule=dataset.schedule)
    else:
        job.refresh_on_upload("Uploads")


def _by_hand(stack: cdk.Stack, dataset: RefreshedDataset, trigger: Trigger) -> None:
    machine = _state_machine(stack, dataset)
    if trigger is Trigger.SCHEDULE:
        target = scheduler_targets.StepFunctionsStartExecution(machine)
        scheduler.Schedule(stack, "Daily", schedule=dataset.schedule, target=target)
    else:
        uploads = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [dataset.bucket]}, "object": {"key": [{"prefix": dataset.prefix}]}},
        )
        events.Rule(stack, "Uploads", event_pattern=uploads, targets=[events_targets.SfnStateMachine(machine)])


def _state_machine(stack: cdk.Stack, dataset: RefreshedDataset) -> sfn.StateMachine:
    """Create a state machine that creates a job, and polls it until it has ended."""
    create = tasks.CallAwsService(
        stack,
        "Create",
        service="personalize",
        action="createDatasetImportJob",
        parameters={
            "JobName": sfn.JsonPath.format("refresh-{}", sfn.JsonPath.uuid()),
            "DatasetArn": dataset.dataset_arn,
            "DataSource": {"DataLocation": dataset.location},
            "RoleArn": dataset.role_arn,
            "ImportMode": "FULL",
        },
        iam_resources=["*"],
    )
    wait = sfn.Wait(stack, "Wait", time=sfn.WaitTime.duration(cdk.Duration.seconds(POLL_SECONDS)))
    describe = tasks.CallAwsService(
        stack,
        "Describe",
        service="personalize",
        action="describeDatasetImportJob",
        parameters={"DatasetImportJobArn": sfn.JsonPath.string_at("$.DatasetImportJobArn")},
        result_path="$.Described",
        iam_resources=["*"],
    )
    status = "$.Described.DatasetImportJob.Status"
    has_ended = sfn.Choice(stack, "HasEnded")
    has_ended.when(sfn.Condition.string_equals(status, "ACTIVE"), sfn.Succeed(stack, "Imported"))
    has_ended.when(sfn.Condition.string_equals(status, "CREATE FAILED"), sfn.Fail(stack, "Failed"))
    has_ended.otherwise(wait)
    definition = create.next(wait).next(describe).next(has_ended)
    machine = sfn.StateMachine(stack, "Refresh", definition_body=sfn.DefinitionBody.from_chainable(definition))
    machine.add_to_role_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=[dataset.role_arn]))
    return machine


OURS: Final = Refresher("Ours", "this construct", _ours)
BY_HAND: Final = Refresher("ByHand", "a state machine written by hand", _by_hand)
REFRESHERS: Final = (OURS, BY_HAND)
