"""The testbed: a local AWS with a dataset and a stack for each refresher and trigger."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

from bench import usage
from bench.local_resources import create_bucket, create_datasets, create_import_role, until
from bench.refresh.stacks import OURS, REFRESHERS, RefreshedDataset, Refresher, Trigger, synthesize
from bench.usage import Used
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

JOB_SECONDS: Final = 600
_BUCKET: Final = "bench-refresh"
_PATIENCE_SECONDS: Final = 240
_HALF_A_DAY: Final = timedelta(hours=12)
_APPROACH: Final = ((600, 10_000), (30, 100), (3, 10))
"""Until so many seconds before a scheduled time the clock runs at a speed: fast at first, then more precisely."""


@dataclass(frozen=True)
class Moment:
    """The beginning of a measurement: executions are dated by the real time, jobs by the simulated clock."""

    real: datetime
    simulated: float


@dataclass(frozen=True)
class RefreshTestbed:
    """A local AWS with data, and the stacks to deploy."""

    cloud: LocalCloud
    datasets: Mapping[tuple[Refresher, Trigger], RefreshedDataset]
    assembly: Path

    def deploy(self) -> Used:
        """Deploy all stacks, which import once; return the usage of one import of this construct."""
        since = Moment(datetime.now(UTC), _simulated_now(self.cloud))
        self.cloud.cdk.run(
            *("deploy", "--all", "--concurrency", str(len(self.datasets))),
            *("--app", str(self.assembly), "--require-approval", "never"),
        )
        return self.used_since(OURS, Trigger.SCHEDULE, since)

    def put_everywhere(self, trigger: Trigger, name: str) -> None:
        """Upload a file with one row for each refresher."""
        for refresher in REFRESHERS:
            key = f"{self.datasets[refresher, trigger].prefix}{name}"
            self.cloud.s3.put_object(Bucket=_BUCKET, Key=key, Body=f"USER_ID,CLASS\n{name},first\n")

    def set_speed(self, speed: float) -> Moment:
        """Set the speed of the simulated clock, and return the time."""
        self.cloud.aws.control("POST", "clock", {"speed": speed})
        return Moment(datetime.now(UTC), _simulated_now(self.cloud))

    def approach_schedule(self) -> Moment:
        """Wait until shortly before the scheduled time, set the clock to real time, and return the scheduled time."""
        now = datetime.fromtimestamp(_simulated_now(self.cloud), UTC)
        (hour,) = {each.hour for each in self.datasets.values()}
        today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        scheduled = (today if today > now else today + 2 * _HALF_A_DAY).timestamp()
        for seconds_before, speed in _APPROACH:
            time.sleep(max(0, scheduled - seconds_before - self.set_speed(speed).simulated) / speed)
        return Moment(self.set_speed(1).real, scheduled)

    def wait_for_reaction(self, trigger: Trigger, since: Moment) -> None:
        """Wait until each refresher has created a job, or has ended without one."""
        for refresher in REFRESHERS:
            until(partial(self._has_reacted, refresher, trigger, since), _PATIENCE_SECONDS)

    def wait_for_end(self, trigger: Trigger, since: Moment) -> None:
        """Wait until no execution is running."""
        for refresher in REFRESHERS:
            until(partial(self._has_ended, refresher, trigger, since), _PATIENCE_SECONDS)

    def executions(self, refresher: Refresher, trigger: Trigger, since: Moment) -> list[str]:
        """Return the statuses of the executions that have started since a moment."""
        found = usage.executions_since(self.cloud, refresher.stack_name(trigger), since.real)
        return [str(each["status"]) for each in found]

    def jobs_created(self, refresher: Refresher, trigger: Trigger, since: Moment) -> list[float]:
        """Return the simulated times at which the jobs since a moment were created, in order."""
        arn = self.datasets[refresher, trigger].dataset_arn
        times = [job["history"][0]["at"] for job in self.cloud.jobs() if job["dataset_arn"] == arn]
        return sorted(each for each in times if each >= since.simulated)

    def rows(self, refresher: Refresher, trigger: Trigger) -> int:
        """Return the number of rows in the dataset."""
        return self.cloud.rows(self.datasets[refresher, trigger].dataset_arn)["count"]

    def used_since(self, refresher: Refresher, trigger: Trigger, since: Moment) -> Used:
        """Return the usage of the stack since a moment."""
        return usage.used_since(self.cloud, refresher.stack_name(trigger), since.real)

    def _has_reacted(self, refresher: Refresher, trigger: Trigger, since: Moment) -> bool:
        return bool(self.jobs_created(refresher, trigger, since)) or self._has_ended(refresher, trigger, since)

    def _has_ended(self, refresher: Refresher, trigger: Trigger, since: Moment) -> bool:
        statuses = self.executions(refresher, trigger, since)
        return bool(statuses) and "RUNNING" not in statuses


@contextmanager
def running_refresh_testbed(folder: Path, speed: float) -> Iterator[RefreshTestbed]:
    """Start a local AWS, create a dataset for each refresher and trigger, and write their stacks."""
    planned = list(product(REFRESHERS, Trigger))
    options = Options(speed=speed, import_seconds=JOB_SECONDS, dataset_groups=len(planned))
    with (folder / "local-aws.log").open("wb") as log, LocalAws(options, log) as aws:
        cloud = LocalCloud(aws, folder)
        cloud.bootstrap()
        create_bucket(cloud, _BUCKET)
        role_arn = create_import_role(cloud, _BUCKET)
        # So that no schedule starts a refresh during the deploy.
        hour = (datetime.fromtimestamp(_simulated_now(cloud), UTC) + _HALF_A_DAY).hour
        datasets = {
            each: RefreshedDataset(arn, _BUCKET, f"{each[0].stack_name(each[1])}/", role_arn, hour)
            for each, arn in zip(planned, create_datasets(cloud, len(planned)), strict=True)
        }
        testbed = RefreshTestbed(cloud, datasets, synthesize(folder, datasets))
        for trigger in Trigger:
            testbed.put_everywhere(trigger, "users.csv")
        yield testbed


def _simulated_now(cloud: LocalCloud) -> float:
    return float(cloud.aws.control("GET", "status")["now"])
