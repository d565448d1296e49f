"""Real deploys with the CDK CLI to a local AWS."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from personalize_import_handler.contract import TAG_KEY_PREFIX
from personalize_local.local_cloud import CdkResult, LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.secrets import lines_with_secrets

logger = logging.getLogger(__name__)

LOG = "local-aws.log"
SERVICE_PRINCIPAL_READS = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service":
"personalize.amazonaws.com"}, "Action": ["s3:GetObject", "s3:ListBucket"],
"Resource": ["arn:aws:s3:::%(bucket)s", "arn:aws:s3:::%(bucket)s/*"]}}"""

Build = Callable[[cdk.App], None]


class Cloud(LocalCloud):
    """A local AWS for tests; a failed deploy is reported in its result."""

    def put(self, bucket: str, key: str, content: bytes | str) -> str:
        """Put data into a bucket that Personalize may read, and return its location."""
        self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.s3.put_bucket_policy(Bucket=bucket, Policy=SERVICE_PRINCIPAL_READS % {"bucket": bucket})
        self.s3.put_object(Bucket=bucket, Key=key, Body=content)
        return f"s3://{bucket}/{key}"

    def deploy(self, app: cdk.App | Build, *arguments: str, check: bool = False) -> CdkResult:
        deployed = super().deploy(self._app(app), *arguments, check=check)
        if not deployed.succeeded:  # pytest shows it if the test fails
            logger.warning("the local AWS has logged: %s", "\n".join(self.server_log()))
        return deployed

    def destroy(self, app: cdk.App | Build, *, check: bool = False) -> CdkResult:
        return super().destroy(self._app(app), check=check)

    def synthesize(self, build: Build) -> Path:
        """Synthesize an app in this process, which is faster than in a subprocess."""
        return Path(self._app(build).synth().directory)

    def server_log(self) -> list[str]:
        """Return all log lines of the local AWS."""
        return (self.folder / LOG).read_text(errors="replace").splitlines()

    def _app(self, app: cdk.App | Build) -> cdk.App:
        if isinstance(app, cdk.App):
            return app
        built = cdk.App(outdir=str(self.folder / f"assembly-{len(list(self.folder.glob('assembly-*')))}"))
        app(built)
        return built

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a job without the ones that the provider adds."""
        found = self.personalize.list_tags_for_resource(resourceArn=arn)["tags"]
        tags = {tag["tagKey"]: tag["tagValue"] for tag in found}
        return {key: value for key, value in tags.items() if not key.startswith(TAG_KEY_PREFIX)}

    def when(self, stack: str, resource_type: str, status: str) -> int:
        """Return the position in a stack's events at which a resource reached a status."""
        return next(
            position
            for position, event in enumerate(self.events(stack))
            if (event.get("ResourceType"), event.get("ResourceStatus")) == (resource_type, status)
        )

    def log_lines(self) -> list[str]:
        """Return all log lines of all functions."""
        logs = self.client("logs")
        return [
            event["message"]
            for group in logs.describe_log_groups()["logGroups"]
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for event in page["events"]
        ]


@contextmanager
def running_cloud(folder: Path, options: Options, *, bootstrapped: bool = True) -> Iterator[Cloud]:
    """Run a local AWS with a high quota of dataset groups, and check at the end that no log line contains a secret."""
    options = replace(options, dataset_groups=1000)
    with (folder / LOG).open("wb") as log, LocalAws(options, log) as aws:
        cloud = Cloud(aws, folder)
        if bootstrapped:
            cloud.bootstrap()
        yield cloud
        lines = cloud.log_lines()
    lines += cloud.server_log()
    assert lines_with_secrets(lines) == []
