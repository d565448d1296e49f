"""The stacks that scanners check: the demo, twenty jobs, a key, asset files, refreshes, and an insecure one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

from personalize_import import DataSource, ImportDashboard
from tests.constructs.support.stacks import add_dataset, add_job, new_app, new_stack

ROOT: Final = Path(__file__).parents[3]
GOLDEN: Final = ROOT / "tests/constructs/golden/stack.template.json"
JOBS: Final = 20
STACKS: Final = ("DemoData", "Demo", "TwentyJobs", "OwnKey", "OwnData", "Refreshed")


def security_app() -> cdk.App:
    """Create an app with the stacks that have no findings."""
    app = new_app()
    # Or else the CDK lets logs be delivered by an access control list: https://github.com/aws/aws-cdk/pull/23386
    app.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)
    data = DataStack(app, "DemoData")
    schema = DemoSchema.from_file(ROOT / "demo/interactions.schema.json")
    DemoStack(app, "Demo", schema=schema, data=data.bucket, reimport_token=None)
    twenty_jobs(app)
    own_key(app)
    own_data(app)
    refreshed(app)
    return app


def twenty_jobs(scope: Construct) -> cdk.Stack:
    """Create a stack of twenty jobs: folders and files of one bucket."""
    stack = new_stack("TwentyJobs", scope)
    bucket = _bucket(stack)
    for number in range(JOBS):
        key = f"folder-{number}/" if number % 2 else f"file-{number}.csv"
        add_job(stack, f"Job{number}", data_source=DataSource.from_bucket(bucket, key))
    return stack


def own_key(scope: Construct) -> cdk.Stack:
    """Create a stack of a job that reads a bucket with a key of the stack."""
    stack = new_stack("OwnKey", scope)
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    data_source = DataSource.from_bucket(_bucket(stack, encryption_key=key), "interactions/")
    add_job(stack, dataset=add_dataset(stack), data_source=data_source)
    return stack


def own_data(scope: Construct) -> cdk.Stack:
    """Create a stack of jobs with asset files: a folder with preflight, and a file.

    One is told of the second job, by all means there are.
    """
    stack = new_stack("OwnData", scope)
    with TemporaryDirectory() as folder:
        file = Path(folder, "users.csv")
        file.write_text("USER_ID\na\n")
        add_job(stack, "Folder", data_source=DataSource.from_asset(folder), preflight=True)
        file_job = add_job(stack, "File", data_source=DataSource.from_asset(str(file)))
    file_job.on_failed("Failed")
    file_job.add_alarms("Alarms")
    ImportDashboard(stack, "Dashboard", jobs=[file_job])
    return stack


def refreshed(scope: Construct) -> cdk.Stack:
    """Create a stack of a job that a schedule and uploads refresh."""
    stack = new_stack("Refreshed", scope)
    job = add_job(stack, data_source=DataSource.from_bucket(_bucket(stack), "interactions/"))
    job.refresh_on_schedule("Nightly", schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)))
    job.refresh_on_upload("Uploads")
    return stack


def faulty_app() -> cdk.App:
    """Create a stack in which every scanner must find problems: a role with all permissions that anyone may assume."""
    app = new_app()
    stack = new_stack("Faulty", app)
    anything = iam.PolicyStatement(actions=["*"], resources=["*"])
    iam.Role(
        stack,
        "Role",
        assumed_by=iam.AnyPrincipal(),
        inline_policies={"Anything": iam.PolicyDocument(statements=[anything])},
    )
    return app


def _bucket(scope: Construct, **arguments: Any) -> s3.Bucket:
    """Create a secure bucket, so that findings are about the additions of the library."""
    careful: dict[str, Any] = {
        "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
        "enforce_ssl": True,
        "versioned": True,
    }
    logs = s3.Bucket(scope, "AccessLogs", **careful)
    return s3.Bucket(scope, "Bucket", server_access_logs_bucket=logs, **careful, **arguments)


@dataclass(frozen=True)
class Synthesized:
    """An app after its synth, and its templates by the names of their stacks."""

    app: cdk.App
    templates: Mapping[str, dict[str, Any]]

    @classmethod
    def of(cls, app: cdk.App) -> Self:
        assembly = app.synth()
        return cls(app, {stack.stack_name: json.loads(json.dumps(stack.template)) for stack in assembly.stacks})

    def stack(self, name: str) -> cdk.Stack:
        stack = self.app.node.find_child(name)
        assert isinstance(stack, cdk.Stack)
        return stack

    def write(self, folder: Path) -> Path:
        """Write the templates into a folder, one file each."""
        for name, template in self.templates.items():
            (folder / f"{name}.json").write_text(json.dumps(template, indent=1))
        return folder


@cache
def sound() -> Synthesized:
    return Synthesized.of(security_app())


@cache
def faulty() -> Synthesized:
    return Synthesized.of(faulty_app())
