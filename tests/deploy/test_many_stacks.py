"""Many stacks are deployed at once; all imports succeed, with at most five running."""

from collections.abc import Callable, Iterator

import aws_cdk as cdk
import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import LOG, Cloud, running_cloud
from tests.deploy.support.concurrency import max_concurrent
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

STACKS = 20
LIMIT = 5
"""Limit of PENDING and IN_PROGRESS jobs per account and Region."""
# Slow enough that on two cores the requests of twenty stacks take only a small part of the time of an import.
OPTIONS = Options(speed=20, import_seconds=240)


@pytest.fixture
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A separate local AWS, so that jobs of other tests don't count towards the limit."""
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
    record_property("many stacks", f"{len(jobs)} jobs, at most {max_concurrent(jobs)} of them at once")
    assert len({job["dataset_arn"] for job in jobs}) == len(jobs) == STACKS
    for job in jobs:
        assert [change["status"] for change in job["history"]] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
        assert cloud.rows(job["dataset_arn"])["count"] == 3
    # The limit was reached and not exceeded, so some imports were queued.
    assert max_concurrent(jobs) == LIMIT
    assert "Traceback" not in (cloud.folder / LOG).read_text()
