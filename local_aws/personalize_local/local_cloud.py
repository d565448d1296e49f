"""A local AWS for tests of stacks: the CDK CLI, boto3 clients, and the state of Personalize."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

import boto3

from personalize_local.cdk_cli import CdkCli, CdkError
from personalize_local.personalize.faults import ANY
from personalize_local.server.launcher import LocalAws

if TYPE_CHECKING:
    import aws_cdk as cdk
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_personalize import PersonalizeClient
    from mypy_boto3_s3 import S3Client

_FAILED: Final = "_FAILED"


@dataclass(frozen=True)
class CdkResult:
    """The result of a run of the CDK CLI."""

    succeeded: bool
    """True if the exit code was 0."""
    output: str
    """Standard output and standard error."""


class DatasetRows(TypedDict):
    """The records in a dataset."""

    count: int
    """The number of records."""
    rows: list[dict[str, Any]]
    """The first records, by the names of the schema's fields."""


class LocalCloud:
    """A local AWS with the CDK CLI and boto3 clients; the pytest fixture `local_cloud` is one."""

    def __init__(self, aws: LocalAws, folder: Path, account: str | None = None) -> None:
        """Use a running local AWS.

        Args:
            aws: The server.
            folder: The folder in which the CDK CLI runs, without a cdk.json.
            account: The account whose root the clients use, as twelve digits. Default: the account of the server.
        """
        self._account = account
        self.aws = aws
        self.folder = folder
        self.cdk = CdkCli(aws.process_environment(), folder)

    def bootstrap(self) -> None:
        """Bootstrap the environment for the CDK; raise `CdkError` if that fails."""
        environment = self.aws.environment
        self.cdk.run("bootstrap", f"aws://{environment['CDK_DEFAULT_ACCOUNT']}/{environment['AWS_REGION']}")

    def deploy(self, app: "cdk.App", *arguments: str, check: bool = True) -> CdkResult:
        """Deploy all stacks of an app with the CDK CLI, and wait until it exits.

        Args:
            app: The app. Its stacks must be environment-agnostic, or have the account and Region of the local AWS.
            arguments: Further arguments of `cdk deploy`, such as `--parameters`.
            check: If True, a failure raises `CdkError` with the CLI's output; if False, `succeeded` of the result is
                False. Default: True.
        """
        return self._run("deploy", app, "--all", "--require-approval", "never", *arguments, check=check)

    def destroy(self, app: "cdk.App", *, check: bool = True) -> CdkResult:
        """Destroy all stacks of an app; `check` as for `deploy`."""
        return self._run("destroy", app, "--all", "--force", check=check)

    def _run(self, command: str, app: "cdk.App", *arguments: str, check: bool) -> CdkResult:
        assembly = app.synth().directory
        try:
            return CdkResult(succeeded=True, output=self.cdk.run(command, "--app", assembly, *arguments))
        except CdkError as failure:
            if check:
                raise
            return CdkResult(succeeded=False, output=failure.output)

    @cached_property
    def session(self) -> boto3.Session:
        """A session with credentials and Region; its clients also need `endpoint_url` and `verify`, see `client`."""
        environment = self.aws.environment
        return boto3.Session(
            aws_access_key_id=self._account or environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )

    def client(self, service: str) -> Any:  # noqa: ANN401 - each service has its own type
        """Return a boto3 client of a service, with the credentials of the account's root."""
        return self.session.client(
            service,  # type: ignore[call-overload]  # any name
            endpoint_url=self.aws.endpoint_url,
            verify=self.aws.environment["AWS_CA_BUNDLE"],
        )

    @cached_property
    def s3(self) -> "S3Client":
        """A boto3 client of S3."""
        client: S3Client = self.client("s3")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """A boto3 client of CloudFormation."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @cached_property
    def personalize(self) -> "PersonalizeClient":
        """A boto3 client of Personalize."""
        client: PersonalizeClient = self.client("personalize")
        return client

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs by their keys."""
        described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def events(self, stack: str) -> "list[StackEventTypeDef]":
        """Return a stack's events, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    def failures(self, stack: str) -> list[str]:
        """Return the status reasons of a stack's failed resources, oldest first."""
        failed = [event for event in self.events(stack) if event.get("ResourceStatus", "").endswith(_FAILED)]
        return [event.get("ResourceStatusReason", "") for event in failed]

    def jobs(self, name_part: str = "") -> list[dict[str, Any]]:
        """Return the import jobs whose names contain `name_part`, with `status`, `failure_reason` and `history`."""
        jobs = self.aws.control("GET", "jobs")["jobs"]
        return [job for job in jobs if name_part in job["job_name"]]

    def rows(self, dataset_arn: str, limit: int = 100) -> DatasetRows:
        """Return the number of records in a dataset, and the first `limit` of them."""
        answer = self.aws.control("GET", f"rows?dataset_arn={dataset_arn}&limit={limit}")
        return {"count": answer["count"], "rows": answer["rows"]}

    @contextmanager
    def fail_imports(self, reason: str) -> Iterator[None]:
        """End all import jobs as CREATE FAILED with this reason, within a `with` block."""
        self.aws.control("POST", "jobs/end", {"job_name": ANY, "failure_reason": reason})
        try:
            yield
        finally:
            self.aws.control("DELETE", "jobs/end", {"job_name": ANY})

    @contextmanager
    def hold_imports(self) -> Iterator[None]:
        """Keep all import jobs in CREATE IN_PROGRESS, within a `with` block."""
        self.aws.control("POST", "jobs/hold", {"job_name": ANY})
        try:
            yield
        finally:
            self.aws.control("POST", "jobs/release", {"job_name": ANY})
