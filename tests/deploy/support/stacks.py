"""The stacks of most deploys: a dataset of users and its import."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetImportJob, DataSource
from personalize_import.provider.provider import DatasetImportProvider
from tests.secrets import DATA_VALUE


def users_schema(*more: dict[str, object]) -> str:
    """Return a schema of users, with additional fields."""
    return json.dumps(
        {
            "type": "record",
            "name": "Users",
            "namespace": "com.amazonaws.personalize.schema",
            "fields": [
                {"name": "USER_ID", "type": "string"},
                {"name": "CLASS", "type": "string", "categorical": True},
                *more,
            ],
            "version": "1.0",
        }
    )


def users_csv(*users: str) -> str:
    """Return a CSV file of users, all of one class."""
    return "USER_ID,CLASS\n" + "".join(f"{user},{DATA_VALUE}\n" for user in users)


class UsersStack(cdk.Stack):
    """A schema, a dataset group, a dataset of users, and the job."""

    def __init__(
        self,
        app: cdk.App,
        name: str,
        data: str | DataSource,
        *,
        schema: str | None = None,
        provider: Callable[[cdk.Stack], Any] = lambda _stack: None,
        dataset_name: str | None = None,
        dataset_tags: dict[str, str] | None = None,
        passes_arn: bool = False,
        appended: str | None = None,
        **job: Any,
    ) -> None:
        super().__init__(app, name)
        schema = schema or users_schema()
        digest = sum(schema.encode())
        group = personalize.CfnDatasetGroup(self, "Group", name=name)
        schema_arn = personalize.CfnSchema(self, "Schema", name=f"{name}-{digest}", schema=schema).attr_schema_arn
        dataset = personalize.CfnDataset(
            self,
            "Dataset",
            name=dataset_name or name,
            dataset_type="Users",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=schema_arn,
        )
        data_source = DataSource.from_s3_uri(data) if isinstance(data, str) else data
        given = dataset.attr_dataset_arn if passes_arn else dataset
        self.job = DatasetImportJob(
            self, "Import", dataset=given, data_source=data_source, provider=provider(self), **job
        )
        for key, value in (dataset_tags or {}).items():
            cdk.Tags.of(dataset).add(key, value)
        if appended:
            self.last_job = DatasetImportJob(
                self,
                "Append",
                dataset=given,
                data_source=DataSource.from_s3_uri(appended),
                import_mode="INCREMENTAL",
                after=self.job,
            )
        else:
            self.last_job = self.job
        cdk.CfnOutput(self, "DatasetArn", value=dataset.attr_dataset_arn)
        cdk.CfnOutput(self, "JobArn", value=self.job.dataset_import_job_arn)
        cdk.CfnOutput(self, "JobName", value=self.job.dataset_import_job_name)
        cdk.CfnOutput(self, "Status", value=self.job.dataset_import_job_status)
        cdk.CfnOutput(self, "Duration", value=self.job.get_att_string("DurationSeconds"))


class FaultStack(UsersStack):
    """A stack in which another resource can fail after the import, or between two imports."""

    def __init__(
        self,
        app: cdk.App,
        name: str,
        data: str | DataSource,
        *,
        name_in_use: str | None = None,
        fails_between: bool = False,
        **job: Any,
    ) -> None:
        super().__init__(app, name, data, **job)
        retain_history(self)
        if name_in_use:
            failing = personalize.CfnDatasetGroup(self, "AnotherResource", name=name_in_use)
            failing.node.add_dependency(self.job if fails_between else self.last_job)
            if fails_between:
                self.last_job.node.add_dependency(failing)


class ImportStack(cdk.Stack):
    """An import into a dataset outside the stack."""

    def __init__(self, app: cdk.App, name: str, location: str, **job: Any) -> None:
        super().__init__(app, name)
        DatasetImportJob(self, "Import", data_source=DataSource.from_s3_uri(location), **job)
        retain_history(self)


def retain_history(stack: cdk.Stack) -> None:
    """Retain log and executions when the stack is deleted, so that tests can check them."""
    provider = DatasetImportProvider.get_or_create(stack)
    waiter = provider.node.find_child("Waiter")
    assert isinstance(waiter, cdk.CfnResource)
    waiter.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    provider.log_group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
