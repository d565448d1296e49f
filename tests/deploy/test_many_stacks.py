"""Many stacks at once: each has an import, the account has room for five, and all of them get through."""

from collections.abc import Callable, Iterator

import aws_cdk as cdk
import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import LOG, Cloud, running_cloud
from tests.deploy.support.most_at_once import most_at_once
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

STACKS = 20
ROOM = 5
"""So many jobs an account may have PENDING or IN_PROGRESS in a Region."""
# Slow enough for the requests of twenty stacks to be a small part of an import's time, on two cores.
OPTIONS = Options(speed=20, import_seconds=240)


@pytest.fixture
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An account of this test's own: nobody else's jobs take its room."""
    with running_cloud(tmp_path_factory.mktemp("many"), OPTIONS) as cloud:
        yield cloud


def test_twenty_stacks_deployed_at_once_import_five_at_a_time(
    cloud: Cloud, record_property: Callable[[str, object], None]
) -> None:
    location = cloud.put("many-stacks", "users.csv", users_csv("a", "b", "c"))
    names = [f"Shop{number:02}" for number in range(STACKS)]

    def build(app: cdk.App) -> None:
        for name in names:
            UsersStack(app, name, location)

    deployed = cloud.deploy(build, "--concurrency", str(STACKS))

    assert deployed.succeeded, deployed.output
    jobs = cloud.aws.control("GET", "jobs")["jobs"]
    record_property("many stacks", f"{len(jobs)} jobs, at most {most_at_once(jobs)} of them at once")
    assert len({job["dataset_arn"] for job in jobs}) == len(jobs) == STACKS
    for job in jobs:
        assert [change["status"] for change in job["history"]] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
        assert cloud.rows(job["dataset_arn"])["count"] == 3
    # The limit was kept, and it was reached: there were jobs that had to wait for room.
    assert most_at_once(jobs) == ROOM
    assert "Traceback" not in (cloud.folder / LOG).read_text()
