"""The calls of CloudFormation and Amazon Personalize with which a stack's imports are seen, all of them reading."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_import_cli.aws_errors import reported_aws_errors
from personalize_import_cli.stack.answers import event_of, listed_job, time_of
from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.operations import Event, begins_operation
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_personalize import PersonalizeClient

POLICY: Final = "docs/watch.md"
# Somebody waits for it: an endpoint that isn't there is told after seconds. Throttling passes quietly.
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
_SECONDS_BETWEEN_LISTS: Final = 1.0
"""ListDatasetImportJobs takes one request a second, the handler's included."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as CloudFormation describes it, and CloudFormation's time, in epoch seconds."""

    name: str
    id: str
    status: str
    now: float


@dataclass(frozen=True)
class StackResource:
    """A resource that a stack has."""

    logical_id: str
    resource_type: str
    physical_id: str


@dataclass(frozen=True)
class Schema:
    """The schema that a dataset has, and the domain that it is for."""

    arn: str
    domain: str | None


@dataclass
class Account:
    """An account in a Region, with the user's credentials; methods raise `CommandError`."""

    about: str
    """What failures are about: the name of the stack."""
    _sleep: Callable[[float], None] = time.sleep
    _listed_at: float = field(default=0.0, init=False)
    lists: int = field(default=0, init=False)
    """How many requests ListDatasetImportJobs has got."""

    def __post_init__(self) -> None:
        """Make the clients, which fails without a Region."""
        with reported_aws_errors(self.about, POLICY):
            self._cloudformation: CloudFormationClient = boto3.client("cloudformation", config=_CONFIG)
            self._personalize: PersonalizeClient = boto3.client("personalize", config=_CONFIG)

    @property
    def region(self) -> str:
        """The Region that is looked at."""
        return self._cloudformation.meta.region_name

    def stack(self, name_or_id: str) -> Stack | None:
        """Describe a stack; None if there is no such stack."""
        with reported_aws_errors(self.about, POLICY):
            try:
                answer = self._cloudformation.describe_stacks(StackName=name_or_id)
            except ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
        stack = answer["Stacks"][0]
        return Stack(name=stack["StackName"], id=stack["StackId"], status=stack["StackStatus"], now=time_of(answer))

    def events(self, stack_id: str, *, all_operations: bool = False) -> list[Event]:
        """Give the events of a stack's last operation, or of all of them, the oldest first."""
        events: list[Event] = []
        with reported_aws_errors(self.about, POLICY):
            for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
                for told in page["StackEvents"]:
                    events.append(event_of(told))
                    if begins_operation(events[-1]) and not all_operations:
                        return events[::-1]
        return events[::-1]

    def resources(self, stack_id: str) -> list[StackResource]:
        """List what a stack has."""
        with reported_aws_errors(self.about, POLICY):
            pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
            return [
                StackResource(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
                for page in pages
                for each in page["StackResourceSummaries"]
                if each["ResourceStatus"] != "DELETE_COMPLETE"
            ]

    def template(self, stack_id: str) -> Mapping[str, Any]:
        """Get a stack's template; empty if it isn't JSON, or there is none yet."""
        with reported_aws_errors(self.about, POLICY):
            try:
                body: object = self._cloudformation.get_template(StackName=stack_id)["TemplateBody"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationError":
                    return {}
                raise
        return body if isinstance(body, Mapping) else {}

    def jobs(self, dataset_arn: str | None = None) -> tuple[list[Job], float]:
        """List the jobs of a dataset, or of the account in this Region; and tell the service's time."""
        jobs: list[Job] = []
        more: dict[str, str] = {"datasetArn": dataset_arn} if dataset_arn else {}
        while True:
            self._wait_for_ones_turn()
            with reported_aws_errors(self.about, POLICY):
                page = self._personalize.list_dataset_import_jobs(maxResults=100, **more)
            jobs += [listed_job(each) for each in page["datasetImportJobs"]]
            if not (token := page.get("nextToken")):
                return jobs, time_of(page)
            more["nextToken"] = token

    def job(self, arn: str) -> DatasetImportJob | None:
        """Describe a job; None if there is none."""
        with reported_aws_errors(self.about, POLICY):
            try:
                return BotoPersonalize(self._personalize).describe_dataset_import_job(arn)
            except RefusedError as refused:
                raise (refused.__cause__ or refused) from refused

    def schema(self, dataset_arn: str) -> Schema | None:
        """Find the schema of a dataset; None if there is no such dataset."""
        with reported_aws_errors(self.about, POLICY):
            try:
                dataset = self._personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]
                schema = self._personalize.describe_schema(schemaArn=dataset["schemaArn"])["schema"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return None
                raise
        return Schema(dataset["schemaArn"], schema.get("domain"))

    def _wait_for_ones_turn(self) -> None:
        self._sleep(max(0.0, self._listed_at + _SECONDS_BETWEEN_LISTS - time.monotonic()))
        self._listed_at = time.monotonic()
        self.lists += 1
