"""Real deploys: the CDK CLI against a local AWS, and what is found there afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import boto3
from demo.cdk_cli import CdkCli, CdkFailed

from personalize_local.configuration import ACCOUNT, Options
from personalize_local.server import LocalAws
from tests.secrets import lines_with_secrets

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_personalize import PersonalizeClient
    from mypy_boto3_s3 import S3Client

LOG = "local-aws.log"
SERVICE_PRINCIPAL_READS = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service":
"personalize.amazonaws.com"}, "Action": ["s3:GetObject", "s3:ListBucket"],
"Resource": ["arn:aws:s3:::%(bucket)s", "arn:aws:s3:::%(bucket)s/*"]}}"""


@dataclass(frozen=True)
class Deployed:
    """How a run of the CLI ended."""

    succeeded: bool
    output: str


class Cloud:
    """A local AWS with the tools to use it."""

    def __init__(self, aws: LocalAws, folder: Path, account: str | None = None) -> None:
        """Use a local AWS as its account's root; or as that of another account, whose access key id is its number."""
        self._account = account
        self.aws = aws
        self.folder = folder
        self.cdk = CdkCli(aws.process_environment(), folder)

    def client(self, service: str) -> Any:
        """Make a client of the account's root."""
        environment = self.aws.environment
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.aws.endpoint_url,
            region_name=environment["AWS_REGION"],
            aws_access_key_id=self._account or environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            verify=environment["AWS_CA_BUNDLE"],
        )

    @cached_property
    def s3(self) -> "S3Client":
        client: S3Client = self.client("s3")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @cached_property
    def personalize(self) -> "PersonalizeClient":
        client: PersonalizeClient = self.client("personalize")
        return client

    def put(self, bucket: str, key: str, content: bytes | str) -> str:
        """Put data into a bucket that Personalize may read, and return its location."""
        self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.s3.put_bucket_policy(Bucket=bucket, Policy=SERVICE_PRINCIPAL_READS % {"bucket": bucket})
        self.s3.put_object(Bucket=bucket, Key=key, Body=content)
        return f"s3://{bucket}/{key}"

    def deploy(self, build: Callable[[cdk.App], None], *arguments: str) -> Deployed:
        """Synthesize an app and deploy all of it."""
        return self._run("deploy", self.synthesize(build), "--all", "--require-approval", "never", *arguments)

    def destroy(self, build: Callable[[cdk.App], None]) -> Deployed:
        """Destroy all stacks of an app."""
        return self._run("destroy", self.synthesize(build), "--all", "--force")

    def synthesize(self, build: Callable[[cdk.App], None]) -> Path:
        """Synthesize an app in this process, which is faster than in one of its own."""
        folder = self.folder / f"assembly-{len(list(self.folder.glob('assembly-*')))}"
        app = cdk.App(outdir=str(folder))
        build(app)
        app.synth()
        return folder

    def _run(self, command: str, assembly: Path, *arguments: str) -> Deployed:
        try:
            return Deployed(succeeded=True, output=self.cdk.run(command, "--app", str(assembly), *arguments))
        except CdkFailed as failure:
            return Deployed(succeeded=False, output=failure.output)

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def events(self, stack: str) -> "list[StackEventTypeDef]":
        """Return a stack's events, the oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    def when(self, stack: str, resource_type: str, status: str) -> int:
        """Return the position in a stack's events at which a resource took on a status."""
        return next(
            position
            for position, event in enumerate(self.events(stack))
            if (event.get("ResourceType"), event.get("ResourceStatus")) == (resource_type, status)
        )

    def jobs(self, name_part: str) -> list[dict[str, Any]]:
        """Return the import jobs whose names have a part, with their status history."""
        jobs = self.aws.switchboard("GET", "jobs")["jobs"]
        return [job for job in jobs if name_part in job["job_name"]]

    def rows(self, dataset_arn: str, limit: int = 0) -> dict[str, Any]:
        """Read a dataset's records back."""
        return self.aws.switchboard("GET", f"rows?dataset_arn={dataset_arn}&limit={limit}")

    def log_lines(self) -> list[str]:
        """Return every line that any function has logged."""
        logs = self.client("logs")
        return [
            event["message"]
            for group in logs.describe_log_groups()["logGroups"]
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for event in page["events"]
        ]


@contextmanager
def running_cloud(folder: Path, options: Options, *, bootstrapped: bool = True) -> Iterator[Cloud]:
    """Run a local AWS, and in the end read every line that its functions and it have logged, for secrets."""
    with (folder / LOG).open("wb") as log, LocalAws(options, log) as aws:
        cloud = Cloud(aws, folder)
        if bootstrapped:
            cloud.cdk.run("bootstrap", f"aws://{ACCOUNT}/{options.region}")
        yield cloud
        lines = cloud.log_lines()
    lines += (folder / LOG).read_text(errors="replace").splitlines()
    assert lines_with_secrets(lines) == []
