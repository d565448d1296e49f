"""The testbed: a local AWS with data, a dataset for each import, and the shared resources of each contender."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from bench.waiting.contenders import Contender, Import
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

_BUCKET: Final = "bench-data"
_PROVIDERS: Final = "Providers"
_SCHEMA: Final = {
    "type": "record",
    "name": "Users",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "CLASS", "type": "string", "categorical": True},
    ],
    "version": "1.0",
}
_DATA: Final = "USER_ID,CLASS\nuser-1,first\nuser-2,second\n"
_PERSONALIZE_READS: Final = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": [f"arn:aws:s3:::{_BUCKET}", f"arn:aws:s3:::{_BUCKET}/*"],
}
_SERVICE: Final = {"Service": "personalize.amazonaws.com"}


@dataclass(frozen=True)
class PlannedImport:
    """An import to run: its contender, and the number of its dataset."""

    name: str
    contender: Contender
    dataset: int
    long: bool = False


@dataclass(frozen=True)
class Testbed:
    """A local AWS that is ready for imports."""

    cloud: LocalCloud
    assembly: Path

    def template(self, name: str) -> str:
        """Return the template of one import's stack."""
        return json.dumps(json.loads((self.assembly / f"{name}.template.json").read_text()))

    def resources(self, contender: Contender, resource_type: str) -> list[str]:
        """Return the physical ids of a contender's shared resources of a type."""
        pages = self.cloud.cloudformation.get_paginator("list_stack_resources").paginate(StackName=_PROVIDERS)
        return [
            str(resource["PhysicalResourceId"])
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == resource_type and resource["LogicalResourceId"].startswith(contender.key)
        ]

    def clock(self) -> dict[str, Any]:
        """Return the status of the service, with the simulated time and its speed."""
        return self.cloud.aws.control("GET", "status")

    def settings(self, **changes: float) -> None:
        """Change settings of the service."""
        self.cloud.aws.control("POST", "settings", changes)

    def speed(self, speed: float) -> None:
        """Set the speed of the simulated clock, in simulated seconds per real second."""
        self.cloud.aws.control("POST", "clock", {"speed": speed})


@contextmanager
def running_testbed(folder: Path, planned: Sequence[PlannedImport], log: Path) -> Iterator[Testbed]:
    """Start a local AWS with a fast clock, and deploy the shared resources of the contenders of these imports."""
    with log.open("wb") as file, LocalAws(Options(speed=1000, dataset_groups=1000), file) as aws:
        cloud = LocalCloud(aws, folder)
        cloud.bootstrap()
        datasets = _create_datasets(cloud, 1 + max(each.dataset for each in planned))
        assembly = _synthesize(folder, planned, datasets, _create_role(cloud))
        cloud.cdk.run("deploy", _PROVIDERS, "--app", str(assembly), "--require-approval", "never")
        yield Testbed(cloud, assembly)


def _synthesize(folder: Path, planned: Sequence[PlannedImport], datasets: Sequence[str], role_arn: str) -> Path:
    app = cdk.App(outdir=str(folder / "assembly"))
    providers = cdk.Stack(app, _PROVIDERS)
    add = {
        each: each.provide(Construct(providers, each.key), folder)
        for each in dict.fromkeys(one.contender for one in planned)
    }
    for each in planned:
        location = f"s3://{_BUCKET}/users.csv"
        one = Import(each.name, datasets[each.dataset], location, role_arn, each.long)
        add[each.contender](cdk.Stack(app, each.name), one)
    return Path(app.synth().directory)


def _create_role(cloud: LocalCloud) -> str:
    """Create the bucket, and the import role for the contenders that create none."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_PERSONALIZE_READS]})
    trust = {"Effect": "Allow", "Principal": _SERVICE, "Action": "sts:AssumeRole"}
    region = cloud.aws.environment["AWS_REGION"]
    cloud.s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    allowed = {"Version": "2012-10-17", "Statement": [{**_PERSONALIZE_READS, "Principal": _SERVICE}]}
    cloud.s3.put_bucket_policy(Bucket=_BUCKET, Policy=json.dumps(allowed))
    cloud.s3.put_object(Bucket=_BUCKET, Key="users.csv", Body=_DATA)
    iam = cloud.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="import", Path="/bench/", AssumeRolePolicyDocument=document)["Role"]
    iam.put_role_policy(RoleName="import", PolicyName="ReadData", PolicyDocument=policy)
    return str(role["Arn"])


def _create_datasets(cloud: LocalCloud, count: int) -> list[str]:
    personalize = cloud.personalize
    schema = personalize.create_schema(name="users", schema=json.dumps(_SCHEMA))["schemaArn"]
    groups = [personalize.create_dataset_group(name=f"group-{each}")["datasetGroupArn"] for each in range(count)]
    for group in groups:
        until(partial(_is_active_group, cloud, group))
    datasets = [
        personalize.create_dataset(name=f"users-{each}", schemaArn=schema, datasetGroupArn=group, datasetType="Users")
        for each, group in enumerate(groups)
    ]
    arns = [each["datasetArn"] for each in datasets]
    for arn in arns:
        until(partial(_is_active, cloud, arn))
    return arns


def _is_active_group(cloud: LocalCloud, arn: str) -> bool:
    return cloud.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"


def _is_active(cloud: LocalCloud, arn: str) -> bool:
    return cloud.personalize.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE"


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Poll a condition in real time; raise `TimeoutError` if it doesn't become true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{seconds} s weren't enough")
        time.sleep(0.05)
