"""The testbed: a local AWS with data, a dataset for each import, and the shared resources of each contender."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from bench.local_resources import create_bucket, create_datasets, create_import_role
from bench.usage import Used, used_since
from bench.waiting.contenders import Contender, Import
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

_BUCKET: Final = "bench-data"
_PROVIDERS: Final = "Providers"
_DATA: Final = "USER_ID,CLASS\nuser-1,first\nuser-2,second\n"


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

    def used_since(self, contender: Contender, started_at: datetime) -> Used:
        """Return the usage of a contender's shared resources since a real time."""
        return used_since(self.cloud, _PROVIDERS, started_at, contender.key)

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
        create_bucket(cloud, _BUCKET)
        cloud.s3.put_object(Bucket=_BUCKET, Key="users.csv", Body=_DATA)
        datasets = create_datasets(cloud, 1 + max(each.dataset for each in planned))
        assembly = _synthesize(folder, planned, datasets, create_import_role(cloud, _BUCKET))
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
