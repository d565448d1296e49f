"""Read-only calls to CloudFormation and Amazon Personalize, with the credentials of the user."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_import_cli.stack.stack_events import Event
from personalize_import_cli.stack.trigger_client import TriggerClient
from personalize_import_handler.aws.personalize import DatasetImportJob, is_running
from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_personalize import PersonalizeClient

# Fail within seconds if the endpoint can't be reached, and retry throttled calls.
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
_SECONDS_BETWEEN_LISTS: Final = 1.0
"""ListDatasetImportJobs is limited to one request per second, shared with the provider's functions."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack, and CloudFormation's time when it described it, in epoch seconds."""

    name: str
    id: str
    status: str
    now: float

    @property
    def is_in_progress(self) -> bool:
        """True while CloudFormation creates, updates or deletes it."""
        return self.status.endswith("_IN_PROGRESS")


class Job(NamedTuple):
    """A dataset import job in a list. Times are epoch seconds of the service's clock."""

    arn: str
    name: str
    status: str
    created_at: float
    updated_at: float


class JobList(NamedTuple):
    """Jobs, and the service's time when it listed them."""

    jobs: Sequence[Job]
    now: float

    @property
    def running(self) -> list[Job]:
        """The jobs that are CREATE PENDING or CREATE IN_PROGRESS."""
        return [job for job in self.jobs if is_running(job.status)]


class StackResource(NamedTuple):
    """A resource of a stack."""

    logical_id: str
    resource_type: str
    physical_id: str


class StackClient:
    """The calls. They raise the errors of botocore."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._listed_at = 0.0
        self._events: dict[str, list[Event]] = {}
        self._cloudformation: CloudFormationClient = boto3.client("cloudformation", config=_CONFIG)
        self._personalize: PersonalizeClient = boto3.client("personalize", config=_CONFIG)

    @cached_property
    def triggers(self) -> TriggerClient:
        """The calls for refreshes."""
        return TriggerClient(_CONFIG)

    @property
    def region(self) -> str:
        """The Region of the calls."""
        return self._cloudformation.meta.region_name

    def stack(self, name_or_id: str) -> Stack | None:
        """Return a stack; None if it doesn't exist."""
        try:
            response = self._cloudformation.describe_stacks(StackName=name_or_id)
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        stack = response["Stacks"][0]
        return Stack(name=stack["StackName"], id=stack["StackId"], status=stack["StackStatus"], now=_time_of(response))

    def events(self, stack_id: str) -> Sequence[Event]:
        """Return all events of a stack, the oldest first. Events that were read before are not read again."""
        known = self._events.setdefault(stack_id, [])
        last = known[-1].id if known else None
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        events = (event for page in pages for event in page["StackEvents"])
        new = [Event.from_api(event) for event in takewhile(lambda event: event["EventId"] != last, events)]
        known += reversed(new)
        return known

    def resources(self, stack_id: str) -> list[StackResource]:
        """Return the resources of a stack that exist."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        return [
            StackResource(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] != "DELETE_COMPLETE"
        ]

    def template(self, stack_id: str) -> Mapping[str, Any]:
        """Return the template of a stack; empty if there is none yet, or if it is YAML."""
        try:
            body: object = self._cloudformation.get_template(StackName=stack_id)["TemplateBody"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return {}
            raise
        return body if isinstance(body, Mapping) else {}

    def jobs(self, dataset_arn: str | None = None) -> JobList:
        """Return the jobs of a dataset, by default all of the account in this Region."""
        jobs: list[Job] = []
        parameters: dict[str, str] = {"datasetArn": dataset_arn} if dataset_arn else {}
        while True:
            self._sleep(max(0.0, self._listed_at + _SECONDS_BETWEEN_LISTS - time.monotonic()))
            self._listed_at = time.monotonic()
            page = self._personalize.list_dataset_import_jobs(maxResults=100, **parameters)
            jobs += [
                Job(
                    arn=each["datasetImportJobArn"],
                    name=each["jobName"],
                    status=each["status"],
                    created_at=each["creationDateTime"].timestamp(),
                    updated_at=each["lastUpdatedDateTime"].timestamp(),
                )
                for each in page["datasetImportJobs"]
            ]
            if not (token := page.get("nextToken")):
                return JobList(jobs, _time_of(page))
            parameters["nextToken"] = token

    def job(self, arn: str) -> DatasetImportJob | None:
        """Return a job; None if it doesn't exist."""
        try:
            return BotoPersonalize(self._personalize).describe_dataset_import_job(arn)
        except RefusedError as refused:
            raise (refused.__cause__ or refused) from refused


def _time_of(response: Mapping[str, Any]) -> float:
    """Return the time in a response's Date header: its other times are of the same clock."""
    try:
        return parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
    except (KeyError, ValueError):  # a proxy may have changed or removed the header
        return time.time()
