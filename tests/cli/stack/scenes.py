"""Events, jobs and clients for tests of a stack's status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personalize_import_cli.stack.client import Job, JobList, Stack, StackClient, StackResource
from personalize_import_cli.stack.imports import ImportRequest, import_requests
from personalize_import_cli.stack.stack_events import Event, Operation, operations
from personalize_import_cli.stack.trigger_client import TriggerClient
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import RESOURCE_TYPE, WAIT_RESOURCE_TYPE, ImportMode
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.resource import Resource

ARN = "arn:aws:personalize:eu-west-1:123456789012"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1"
NESTED_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop-Data-1/2"
DATASET_ARN = f"{ARN}:dataset/shop/USERS"
PROPERTIES: dict[str, object] = {
    "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:any",
    "DatasetArn": DATASET_ARN,
    "DataLocation": "s3://shop-data/users/",
    "RoleArn": "arn:aws:iam::123456789012:role/import",
    "Wait": "true",
}
TEMPLATE = {
    "Resources": {
        "Import": {"Type": RESOURCE_TYPE, "Metadata": {"aws:cdk:path": "Shop/Users/Import/Resource/Default"}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
}
STACK_NOW, JOBS_NOW = 150.0, 200.0


def of_stack(status: str, at: float) -> Event:
    return Event(
        logical_id="Shop",
        resource_type="AWS::CloudFormation::Stack",
        status=status,
        at=at,
        physical_id=STACK_ID,
        is_of_stack=True,
    )


def of_import(status: str, at: float, *, logical_id: str = "Import", more: Any = None, **fields: Any) -> Event:
    properties = {**PROPERTIES, **(more or {})}
    return Event(
        **{
            "logical_id": logical_id,
            "resource_type": RESOURCE_TYPE,
            "status": status,
            "at": at,
            "properties": properties,
            **fields,
        }
    )


def of_wait(status: str, at: float, arn: str, **fields: Any) -> Event:
    more = {"DatasetImportJobArn": arn, **fields.pop("more", {})}
    return of_import(status, at, logical_id="ImportWait2", resource_type=WAIT_RESOURCE_TYPE, more=more, **fields)


def of_nested_stack(status: str, at: float) -> Event:
    return Event(
        logical_id="Data", resource_type="AWS::CloudFormation::Stack", status=status, at=at, physical_id=NESTED_ID
    )


def last(*events: Event) -> Operation:
    return operations(events)[-1]


def requested(*events: Event, is_over: bool = False) -> list[ImportRequest]:
    return import_requests(last(*events), STACK_ID, is_over=is_over)


def job_name(attempt: int = 1, logical_id: str = "Import", **more: object) -> str:
    return names_of(parse({**PROPERTIES, **more}), Resource(STACK_ID, logical_id)).name(attempt)


def job(name: str, status: str = "CREATE IN_PROGRESS", created_at: float = 10, updated_at: float = 20) -> Job:
    arn = f"{ARN}:dataset-import-job/{name}"
    return Job(arn=arn, name=name, status=status, created_at=created_at, updated_at=updated_at)


@dataclass
class FakeClient(StackClient):
    """A client whose answers are given, by stack id or by dataset; it records the listed datasets."""

    stack_events: Mapping[str, Sequence[Event]]
    statuses: Mapping[str, str] = field(default_factory=lambda: {STACK_ID: "CREATE_IN_PROGRESS"})
    stack_resources: Sequence[StackResource] = ()
    body: Mapping[str, Any] = field(default_factory=lambda: TEMPLATE)
    listed_jobs: Mapping[str | None, Sequence[Job]] = field(default_factory=dict)
    listed: list[str | None] = field(default_factory=list)
    trigger_client: TriggerClient | None = None

    @property
    def triggers(self) -> TriggerClient:
        assert self.trigger_client, "no refresh, no call"
        return self.trigger_client

    def stack(self, name_or_id: str) -> Stack | None:
        stack_id = STACK_ID if name_or_id == "Shop" else name_or_id
        if stack_id not in self.statuses:
            return None
        return Stack(name=stack_id.split("/")[1], id=stack_id, status=self.statuses[stack_id], now=STACK_NOW)

    def events(self, stack_id: str) -> Sequence[Event]:
        return self.stack_events[stack_id]

    def resources(self, stack_id: str) -> list[StackResource]:
        return list(self.stack_resources) if stack_id == STACK_ID else []

    def template(self, stack_id: str) -> Mapping[str, Any]:
        return self.body if stack_id == STACK_ID else {}

    def jobs(self, dataset_arn: str | None = None) -> JobList:
        self.listed.append(dataset_arn)
        return JobList(self.listed_jobs.get(dataset_arn, ()), JOBS_NOW)

    def job(self, arn: str) -> DatasetImportJob | None:
        return DatasetImportJob(
            dataset_import_job_arn=arn,
            status="CREATE FAILED",
            import_mode=ImportMode.FULL,
            creation_date_time=110,
            job_name=arn.rpartition("/")[2],
            dataset_arn=DATASET_ARN,
            data_location="s3://shop-data/users/",
            role_arn="arn:aws:iam::123456789012:role/import",
            publish_attribution_metrics_to_s3=False,
            last_updated_date_time=150,
            failure_reason="Too few.",
        )
