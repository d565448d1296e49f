"""The local AWS: time until it is ready, and time to import rows."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.data import SCHEMA, write_data
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

_STARTS: Final = 5
_STARTS_QUICK: Final = 1
_SIZES: Final = (20_000_000, 41_000_000, 82_000_000)
"""Sizes of the files in bytes; the second has a million rows."""
_SIZES_QUICK: Final = (2_000_000, 4_000_000)
_GOAL_ROWS: Final = 1_000_000
_READY_MAX: Final = 1.0
_IMPORT_MAX: Final = 10.0
_GROWTH_MAX: Final = 1.1
_BUCKET: Final = "bench-rows"
_ARN: Final = "arn:aws:personalize:eu-west-1:000000000000"


@dataclass(frozen=True)
class Imported:
    """An import from the request until ACTIVE, and the growth of the server's memory."""

    rows: int
    seconds: float
    megabytes: float

    @property
    def bytes_per_row(self) -> float:
        """Memory per row."""
        return self.megabytes * 1e6 / self.rows


def run(folder: Path, scale: Scale) -> Section:
    """Start servers, and import files of several sizes."""
    ready = [_seconds_to_ready(folder) for _ in range(_STARTS_QUICK if scale.quick else _STARTS)]
    imported = [_import(folder, size) for size in (_SIZES_QUICK if scale.quick else _SIZES)]
    memory = median(megabytes for _, megabytes in ready)
    facts = table(
        ["what", "seconds", "memory, MB"],
        [
            ("start to ready", f"{median(seconds for seconds, _ in ready):.1f}", f"{memory:.0f}"),
        ],
    )
    figures = table(
        ["rows", "seconds", "rows/s", "bytes of memory per row"],
        [
            (f"{each.rows:,}", f"{each.seconds:.1f}", f"{each.rows / each.seconds:,.0f}", f"{each.bytes_per_row:.0f}")
            for each in imported
        ],
    )
    return Section(f"{facts}\n{figures}\n{goals_table(_goals([seconds for seconds, _ in ready], imported))}")


@contextmanager
def _served(folder: Path, **options: float) -> Iterator[LocalAws]:
    with (folder / "local-aws.log").open("wb") as log, LocalAws(Options(**options), log) as aws:  # type: ignore[arg-type]
        yield aws


def _seconds_to_ready(folder: Path) -> tuple[float, float]:
    begin = time.perf_counter()
    with _served(folder) as aws:
        return time.perf_counter() - begin, _resident(aws)


def _import(folder: Path, size: int) -> Imported:
    data = folder / "rows.csv"
    write_data(data, size)
    with _served(folder, import_seconds=0) as aws:
        cloud = LocalCloud(aws, folder)
        _fill(cloud, data)
        before = _resident(aws)
        begin = time.perf_counter()
        job = cloud.personalize.create_dataset_import_job(
            jobName="rows",
            datasetArn=f"{_ARN}:dataset/bench/INTERACTIONS",
            dataSource={"dataLocation": f"s3://{_BUCKET}/rows.csv"},
            roleArn="arn:aws:iam::000000000000:role/bench",
        )["datasetImportJobArn"]
        _until_active(cloud, job)
        seconds = time.perf_counter() - begin
        rows = cloud.rows(f"{_ARN}:dataset/bench/INTERACTIONS")["count"]
        return Imported(rows, seconds, _resident(aws) - before)


def _fill(cloud: LocalCloud, data: Path) -> None:
    """Create a dataset, a bucket with data, and a role that can read it."""
    schema = cloud.personalize.create_schema(name="bench", schema=json.dumps(SCHEMA))["schemaArn"]
    group = cloud.personalize.create_dataset_group(name="bench")["datasetGroupArn"]
    while cloud.personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] != "ACTIVE":
        time.sleep(0.1)
    made = cloud.personalize.create_dataset(
        name="bench", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    while cloud.personalize.describe_dataset(datasetArn=made)["dataset"]["status"] != "ACTIVE":
        time.sleep(0.1)
    reads = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    service = {"Principal": {"Service": "personalize.amazonaws.com"}}
    cloud.s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    cloud.s3.put_bucket_policy(
        Bucket=_BUCKET,
        Policy=_policy({**reads, **service, "Resource": [f"arn:aws:s3:::{_BUCKET}", f"arn:aws:s3:::{_BUCKET}/*"]}),
    )
    cloud.s3.upload_file(str(data), _BUCKET, "rows.csv")
    iam = cloud.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", **service}
    iam.create_role(RoleName="bench", AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName="bench", PolicyName="Reads", PolicyDocument=_policy(reads))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _until_active(cloud: LocalCloud, job: str) -> None:
    while True:
        found = cloud.personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
        if found["status"] == "ACTIVE":
            return
        if "failureReason" in found:
            raise RuntimeError(found["failureReason"])
        time.sleep(0.05)


def _resident(aws: LocalAws) -> float:
    """Return the resident memory of the server in megabytes."""
    status = Path(f"/proc/{aws.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1000


def _goals(ready: list[float], imported: list[Imported]) -> Iterator[Goal]:
    yield Goal(f"ready in {_READY_MAX:.0f} second", f"{median(ready):.1f} seconds", median(ready) <= _READY_MAX)
    for each in imported:
        if abs(each.rows - _GOAL_ROWS) < _GOAL_ROWS * 0.1:
            goal = f"a million interactions imported in {_IMPORT_MAX:.0f} seconds"
            yield Goal(goal, f"{each.seconds:.1f} seconds", each.seconds <= _IMPORT_MAX)
    growth = imported[-1].bytes_per_row / imported[0].bytes_per_row
    goal = f"no more memory per row among {imported[-1].rows:,} than among {imported[0].rows:,}"
    yield Goal(goal, f"{growth:.2f} times", growth <= _GROWTH_MAX)
