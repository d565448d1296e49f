"""A stack of an earlier version is updated to this one without importing its data a second time."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from personalize_local.cdk_cli import CdkError
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_csv, users_schema

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

ROOT: Final = Path(__file__).parents[2]
EARLIER: Final = "18ac5e38fa538f9b994393e1b4d50615db934814"
"""The last commit in which the physical id was the job's ARN, and import roles had no Region in their path."""
ROOTS: Final = ("constructs", "lambda_handler", "cli")
APP: Final = """
import os
import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "UpgradedShop")
group = personalize.CfnDatasetGroup(stack, "Group", name="upgraded")
schema = personalize.CfnSchema(stack, "Schema", name="upgraded", schema=os.environ["SCHEMA"])
dataset = personalize.CfnDataset(stack, "Dataset", name="users", dataset_type="Users",
                                 dataset_group_arn=group.attr_dataset_group_arn, schema_arn=schema.attr_schema_arn)
job = DatasetImportJob(stack, "Import", dataset=dataset, data_source=DataSource.from_asset(os.environ["DATA"]),
                       timeout=cdk.Duration.hours(2), tags={"stage": os.environ["STAGE"]})
cdk.CfnOutput(stack, "DatasetArn", value=dataset.attr_dataset_arn)
cdk.CfnOutput(stack, "JobArn", value=job.dataset_import_job_arn)
if os.environ.get("FAILS"):
    failing = personalize.CfnDatasetGroup(stack, "AnotherResource", name="!")
    failing.node.add_dependency(job)
app.synth()
"""

Deploy = Callable[..., bool]


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Unpack the sources of the earlier version."""
    archive = tmp_path / "earlier.zip"
    git = shutil.which("git")
    command = [str(git), "-C", str(ROOT), "archive", "-o", str(archive), EARLIER, *ROOTS]
    if git is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("the history of this checkout doesn't reach back to the earlier version")
    with zipfile.ZipFile(archive) as sources:
        sources.extractall(tmp_path / "earlier")
    return tmp_path / "earlier"


@pytest.fixture
def deploy(cloud: Cloud, tmp_path: Path) -> Deploy:
    script = tmp_path / "app.py"
    script.write_text(APP)
    data = tmp_path / "users.csv"

    def deploy(sources: Path, *users: str, stage: str = "dev", fails: bool = False) -> bool:
        data.write_text(users_csv(*users))
        outdir = tmp_path / f"assembly-{len(list(tmp_path.glob('assembly-*')))}"
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(sources / root) for root in ROOTS),
            "CDK_OUTDIR": str(outdir),
            "SCHEMA": users_schema(),
            "DATA": str(data),
            "STAGE": stage,
            "FAILS": "yes" if fails else "",
        }
        subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True)
        try:
            cloud.cdk.run("deploy", "--app", str(outdir), "--all", "--require-approval", "never")
        except CdkError:
            return False
        return True

    return deploy


def test_a_stack_of_an_earlier_version_is_updated_without_a_second_import(
    cloud: Cloud, earlier: Path, deploy: Deploy
) -> None:
    def users() -> list[str]:
        return [row["USER_ID"] for row in cloud.rows(cloud.outputs("UpgradedShop")["DatasetArn"])["rows"]]

    def physical_ids() -> list[str]:
        resources = cloud.cloudformation.list_stack_resources(StackName="UpgradedShop")["StackResourceSummaries"]
        return [each["PhysicalResourceId"] for each in resources]

    def jobs() -> int:
        return len(cloud.jobs("UpgradedShop"))

    assert deploy(earlier, "a", "b", "c")
    first = cloud.outputs("UpgradedShop")["JobArn"]
    assert first in physical_ids(), "the earlier version's id is the job's ARN"

    # With this version: nothing else, other tags, and an update that fails.
    assert deploy(ROOT, "a", "b", "c")
    assert deploy(ROOT, "a", "b", "c", stage="prod")
    assert not deploy(ROOT, "a", "b", "c", stage="test", fails=True)
    assert cloud.outputs("UpgradedShop")["JobArn"] == first
    assert first in physical_ids(), "an id never changes"
    assert (users(), jobs()) == (["a", "b", "c"], 1)

    # Other data is imported, and the old data again by a rollback.
    assert deploy(ROOT, "d", stage="prod")
    assert (users(), jobs()) == (["d"], 2)
    assert not deploy(ROOT, "e", stage="prod", fails=True)
    assert (users(), jobs()) == (["d"], 4)
