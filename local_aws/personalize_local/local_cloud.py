"""A local AWS to test stacks with: the CDK CLI, boto3 clients, and a look into Personalize."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

import boto3

from personalize_local.cdk_cli import CdkCli, CdkFailed
from personalize_local.personalize.faults import EVERY
from personalize_local.server.configuration import ACCOUNT
from personalize_local.server.launcher import LocalAws

if TYPE_CHECKING:
    import aws_cdk as cdk
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_personalize import PersonalizeClient
    from mypy_boto3_s3 import S3Client

_FAILED: Final = "_FAILED"


@dataclass(frozen=True)
class Deployed:
    """How a run of the CDK CLI ended."""

    succeeded: bool
    output: str


class Rows(TypedDict):
    """What is in a dataset."""

    count: int
    """How many records there are."""
    rows: list[dict[str, Any]]
    """Some of them, by the names of the schema's fields."""


class LocalCloud:
    """A local AWS with the tools to use it. The pytest fixture `local_cloud` is one."""

    def __init__(self, aws: LocalAws, folder: Path, account: str | None = None) -> None:
        """Use a local AWS that runs.

        Args:
            aws: The server.
            folder: Where the CDK CLI runs; one without a cdk.json.
            account: Twelve digits; clients are those of this account's root. By default, the account of the server.
        """
        self._account = account
        self.aws = aws
        self.folder = folder
        self.cdk = CdkCli(aws.process_environment(), folder)

    def bootstrap(self) -> None:
        """Make what the CDK needs before anything can be deployed; raises `CdkFailed`."""
        self.cdk.run("bootstrap", f"aws://{ACCOUNT}/{self.aws.environment['AWS_REGION']}")

    def deploy(self, app: "cdk.App", *arguments: str, check: bool = True) -> Deployed:
        """Deploy all stacks of an app with the CDK CLI, and wait for the end.

        Args:
            app: The app. Its stacks have no account and Region of their own, or those of the local AWS.
            arguments: More arguments of `cdk deploy`, as `--parameters`.
            check: Whether a failure raises `CdkFailed`, with the CLI's output; else the result tells it.
        """
        return self._run("deploy", app, "--all", "--require-approval", "never", *arguments, check=check)

    def destroy(self, app: "cdk.App", *, check: bool = True) -> Deployed:
        """Destroy all stacks of an app; `check` as for `deploy`."""
        return self._run("destroy", app, "--all", "--force", check=check)

    def _run(self, command: str, app: "cdk.App", *arguments: str, check: bool) -> Deployed:
        assembly = app.synth().directory
        try:
            return Deployed(succeeded=True, output=self.cdk.run(command, "--app", assembly, *arguments))
        except CdkFailed as failure:
            if check:
                raise
            return Deployed(succeeded=False, output=failure.output)

    @cached_property
    def session(self) -> boto3.Session:
        """Credentials and Region, for clients of one's own; these want `endpoint_url` and `verify`, see `client`."""
        environment = self.aws.environment
        return boto3.Session(
            aws_access_key_id=self._account or environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )

    def client(self, service: str) -> Any:  # noqa: ANN401 - each service has a type of its own
        """Make a boto3 client of any service, as the account's root."""
        return self.session.client(
            service,  # type: ignore[call-overload]  # any name
            endpoint_url=self.aws.endpoint_url,
            verify=self.aws.environment["AWS_CA_BUNDLE"],
        )

    @cached_property
    def s3(self) -> "S3Client":
        """A client of S3."""
        client: S3Client = self.client("s3")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """A client of CloudFormation."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @cached_property
    def personalize(self) -> "PersonalizeClient":
        """A client of Personalize."""
        client: PersonalizeClient = self.client("personalize")
        return client

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def events(self, stack: str) -> "list[StackEventTypeDef]":
        """Return a stack's events, the oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    def failures(self, stack: str) -> list[str]:
        """Return why resources of a stack have failed, in the words of its events; the oldest first."""
        failed = [event for event in self.events(stack) if event.get("ResourceStatus", "").endswith(_FAILED)]
        return [event.get("ResourceStatusReason", "") for event in failed]

    def jobs(self, name_part: str = "") -> list[dict[str, Any]]:
        """Return the import jobs whose names have a part, with `status`, `failure_reason` and their `history`."""
        jobs = self.aws.switchboard("GET", "jobs")["jobs"]
        return [job for job in jobs if name_part in job["job_name"]]

    def rows(self, dataset_arn: str, limit: int = 100) -> Rows:
        """Read back what has been imported into a dataset: the count, and so many records."""
        answer = self.aws.switchboard("GET", f"rows?dataset_arn={dataset_arn}&limit={limit}")
        return {"count": answer["count"], "rows": answer["rows"]}

    @contextmanager
    def imports_fail(self, reason: str) -> Iterator[None]:
        """Let import jobs end as CREATE FAILED as long as the block runs, with this reason."""
        self.aws.switchboard("POST", "jobs/end", {"job_name": EVERY, "failure_reason": reason})
        try:
            yield
        finally:
            self.aws.switchboard("DELETE", "jobs/end", {"job_name": EVERY})

    @contextmanager
    def imports_go_on(self) -> Iterator[None]:
        """Let no import job end as long as the block runs."""
        self.aws.switchboard("POST", "jobs/hold", {"job_name": EVERY})
        try:
            yield
        finally:
            self.aws.switchboard("POST", "jobs/release", {"job_name": EVERY})
