"""The way from the native property, deployed as docs/migration.md shows it: no data is lost, no dataset replaced."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.docs.support.blocks import BEFORE, text_of

PROPERTY = re.compile(r"    dataset_import_job=\{.*?^    \},\n", re.DOTALL | re.MULTILINE)
OURS_BEGINS = "docs/migration.md: from personalize_import"
NATIVE, OURS = BEFORE[OURS_BEGINS], text_of(OURS_BEGINS)
ITEMS = "ITEM_ID,GENRE\nalien,horror\nheat,crime\n"


def app(code: str) -> cdk.App:
    space: dict[str, Any] = {}
    exec(code, space)
    made: cdk.App = space["app"]
    return made


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("migration"), Options(speed=100, import_seconds=60)) as cloud:
        cloud.put("my-items", "items/items.csv", ITEMS)
        yield cloud


def jobs_and_rows(cloud: Cloud) -> tuple[int, int, str]:
    """Return how many jobs there were, how many records there are, and since when there is the dataset."""
    (dataset,) = cloud.personalize.list_datasets()["datasets"]
    return len(cloud.jobs()), cloud.rows(dataset["datasetArn"])["count"], str(dataset["creationDateTime"])


@pytest.mark.slow
@pytest.mark.deploy
def test_the_native_property_is_replaced_in_two_deploys_with_one_import(cloud: Cloud) -> None:
    cloud.deploy(app(NATIVE), check=True)
    first_jobs, first_rows, since = jobs_and_rows(cloud)
    assert (first_jobs, first_rows) == (1, 2)

    cloud.deploy(app(NATIVE + OURS), check=True)
    assert jobs_and_rows(cloud) == (2, 2, since)

    without, removed = PROPERTY.subn("", NATIVE)
    assert removed == 1
    cloud.deploy(app(without + OURS), check=True)
    assert jobs_and_rows(cloud) == (2, 2, since)


@pytest.mark.slow
@pytest.mark.deploy
def test_in_one_deploy_a_failure_is_not_rolled_back(tmp_path: Path) -> None:
    with running_cloud(tmp_path, Options(speed=100, import_seconds=60)) as cloud:
        cloud.put("my-items", "items/items.csv", ITEMS)
        cloud.deploy(app(NATIVE), check=True)
        with cloud.fail_imports("It fails."):
            assert not cloud.deploy(app(PROPERTY.sub("", NATIVE) + OURS)).succeeded
        (stack,) = [
            each for each in cloud.cloudformation.describe_stacks()["Stacks"] if each["StackName"] != "CDKToolkit"
        ]
        assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
