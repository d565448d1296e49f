"""A server that is killed loses nothing that it has acknowledged."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_csv
from tests.local_aws.support.load import BUCKET, STATUSES, TAG, Acknowledged, Clients, Load
from tests.local_aws.support.server_setup import make_dataset, make_import_role

KILLS = 50
LONGEST_SECONDS = 1.5


@pytest.mark.nightly
def test_everything_acknowledged_is_there_after_kills_at_random_moments_under_load(tmp_path: Path) -> None:
    options = Options(speed=100, import_seconds=20, state=tmp_path / "state")
    acknowledged, moments = Acknowledged(), random.Random(KILLS)
    target: dict[str, str] = {}
    for number in range(KILLS):
        with LocalAws(options) as aws:
            cloud = Cloud(aws, tmp_path)
            target = target or prepared(cloud)
            require_all(cloud, target["dataset_arn"], acknowledged)
            with Load(f"run-{number}", cloud, target, acknowledged) as load:
                time.sleep(moments.uniform(0, LONGEST_SECONDS))
                assert aws.pid
                os.kill(aws.pid, signal.SIGKILL)
            assert load.errors == []
    with LocalAws(options) as aws:
        require_all(Cloud(aws, tmp_path), target["dataset_arn"], acknowledged)
    assert {kind for kind, _ in acknowledged.present} == {"schema", "object", "parameter", "role", "stack"}
    assert "ACTIVE" in acknowledged.jobs.values()
    assert acknowledged.absent
    assert acknowledged.tag > KILLS


def prepared(cloud: Cloud) -> dict[str, str]:
    """Create a dataset, its data and the import role; return the arguments of a job."""
    location = cloud.put(BUCKET, "users.csv", users_csv("a", "b", "c"))
    return {
        "dataset_arn": make_dataset(cloud, "kept"),
        "location": location,
        "role_arn": make_import_role(cloud, BUCKET),
    }


def require_all(cloud: Cloud, dataset_arn: str, acknowledged: Acknowledged) -> None:
    """Fail if anything that was acknowledged is not there."""
    existing = Clients(cloud).existing()
    assert acknowledged.present - existing == set()
    assert acknowledged.absent & existing == set()
    tags = cloud.personalize.list_tags_for_resource(resourceArn=dataset_arn)["tags"]
    numbers = [int(tag["tagValue"]) for tag in tags if tag["tagKey"] == TAG]
    assert max(numbers, default=-1) >= acknowledged.tag
    statuses = {job["dataset_import_job_arn"]: job["status"] for job in cloud.jobs()}
    for arn, status in acknowledged.jobs.items():
        assert STATUSES.index(statuses[arn]) >= STATUSES.index(status), arn
    if "ACTIVE" in acknowledged.jobs.values():
        assert cloud.rows(dataset_arn)["count"] == 3
