"""The local AWS: time until it is ready, and time to import rows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.data import SCHEMA, write_data
from bench.local_resources import create_bucket, create_datasets, create_import_role
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

_STARTS: Final = 5
_STARTS_QUICK: Final = 1
_SIZES: Final = (18_500_000, 37_000_000)
"""Sizes of the files in bytes: half a million rows, and a million."""
_SIZES_QUICK: Final = (2_000_000, 4_000_000)
_READY_MAX: Final = 1.0
_MILLION_MAX: Final = 10.0
"""Seconds in which a million rows should be imported."""
_GROWTH_MAX: Final = 1.1
_SPEED: Final = 1000
"""Datasets are created in milliseconds; an import takes as long as its rows, in real time."""
_POLL_SECONDS: Final = 0.25
"""Polls take time of the server that is reading the rows."""
_BUCKET: Final = "bench-rows"
_FILE: Final = "rows.csv"


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
    with _served(folder, import_seconds=0, speed=_SPEED) as aws:
        cloud = LocalCloud(aws, folder)
        create_bucket(cloud, _BUCKET)
        cloud.s3.upload_file(str(data), _BUCKET, _FILE)
        (dataset_arn,) = create_datasets(cloud, 1, SCHEMA, "Interactions")
        role_arn = create_import_role(cloud, _BUCKET)
        before = _resident(aws)
        begin = time.perf_counter()
        job = cloud.personalize.create_dataset_import_job(
            jobName="rows",
            datasetArn=dataset_arn,
            dataSource={"dataLocation": f"s3://{_BUCKET}/{_FILE}"},
            roleArn=role_arn,
        )["datasetImportJobArn"]
        _until_active(cloud, job)
        seconds = time.perf_counter() - begin
        rows = cloud.rows(dataset_arn)["count"]
        return Imported(rows, seconds, _resident(aws) - before)


def _until_active(cloud: LocalCloud, job: str) -> None:
    while True:
        found = cloud.personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
        if found["status"] == "ACTIVE":
            return
        if "failureReason" in found:
            raise RuntimeError(found["failureReason"])
        time.sleep(_POLL_SECONDS)


def _resident(aws: LocalAws) -> float:
    """Return the resident memory of the server in megabytes."""
    status = Path(f"/proc/{aws.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1000


def _goals(ready: list[float], imported: list[Imported]) -> Iterator[Goal]:
    yield Goal(f"ready in {_READY_MAX:.0f} second", f"{median(ready):.1f} seconds", median(ready) <= _READY_MAX)
    last = imported[-1]
    most = _MILLION_MAX * last.rows / 1_000_000
    yield Goal(
        f"{last.rows:,} interactions imported in {most:.2g} seconds",
        f"{last.seconds:.1f} seconds",
        last.seconds <= most,
    )
    growth = imported[-1].bytes_per_row / imported[0].bytes_per_row
    goal = f"no more memory per row among {imported[-1].rows:,} than among {imported[0].rows:,}"
    yield Goal(goal, f"{growth:.2f} times", growth <= _GROWTH_MAX)
