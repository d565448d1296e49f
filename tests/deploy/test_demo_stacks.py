"""The demo's stacks: data in a bucket of the app's own, or in a folder, and a solution after it."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from demo.sample import SCHEMA, write_sample
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

from tests.deploy.support.cloud import Cloud

pytestmark = pytest.mark.deploy


@pytest.mark.slow
def test_the_solution_is_created_after_the_job_is_active(cloud: Cloud) -> None:
    schema = DemoSchema.from_file(SCHEMA)

    def build(app: cdk.App, *, with_data: bool) -> None:
        data = DataStack(app, schema.data_stack_name)
        if with_data:
            DemoStack(app, schema.stack_name, schema=schema, data=data.bucket, reimport_token=None)

    assert cloud.deploy(lambda app: build(app, with_data=False)).succeeded
    bucket = cloud.outputs(schema.data_stack_name)["BucketName"]
    sample = write_sample(cloud.folder / "sample.csv")
    cloud.s3.upload_file(str(sample), bucket, "interactions/data.csv")
    deployed = cloud.deploy(lambda app: build(app, with_data=True))
    assert deployed.succeeded, deployed.output

    imported = cloud.when(schema.stack_name, "Custom::PersonalizeDatasetImportJob", "CREATE_COMPLETE")
    assert imported < cloud.when(schema.stack_name, "AWS::Personalize::Solution", "CREATE_IN_PROGRESS")
    (job,) = cloud.jobs(schema.stack_name)
    (solution,) = cloud.personalize.list_solutions()["solutions"]
    assert job["history"][-1]["status"] == "ACTIVE"
    assert job["history"][-1]["at"] < solution["creationDateTime"].timestamp()


@pytest.mark.slow
def test_a_changed_folder_of_the_demo_is_imported_again_and_a_rollback_imports_the_previous_one(
    cloud: Cloud, name: str, tmp_path: Path
) -> None:
    lines = write_sample(tmp_path / "sample.csv").read_text().splitlines(keepends=True)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("".join(lines[:3000]))
    (folder / "b.csv").write_text("".join([lines[0], *lines[3000:]]))
    cloud.personalize.create_dataset_group(name=f"{name}-taken")

    def demo(app: cdk.App, *, another_resource_fails: bool = False) -> None:
        stack = DemoStack(app, name, schema=DemoSchema.from_file(SCHEMA), data=folder, reimport_token=None)
        if another_resource_fails:
            taken = personalize.CfnDatasetGroup(stack, "Taken", name=f"{name}-taken")
            taken.node.add_dependency(stack.job)

    def first_item() -> str:
        return str(cloud.rows(cloud.outputs(name)["DatasetArn"], limit=1)["rows"][0]["ITEM_ID"])

    def edit(item: str) -> None:
        user, _, rest = lines[1].split(",", 2)
        (folder / "a.csv").write_text("".join([lines[0], f"{user},{item},{rest}", *lines[2:3000]]))

    assert cloud.deploy(demo).succeeded
    assert cloud.rows(cloud.outputs(name)["DatasetArn"])["count"] == len(lines) - 1
    edit("item-edited")
    assert cloud.deploy(demo).succeeded
    assert first_item() == "item-edited"
    assert cloud.deploy(demo).succeeded
    assert [job["status"] for job in cloud.jobs(name)] == ["ACTIVE"] * 2

    edit("item-of-a-deploy-that-fails")
    assert not cloud.deploy(lambda app: demo(app, another_resource_fails=True)).succeeded
    assert first_item() == "item-edited"
    assert [job["status"] for job in cloud.jobs(name)] == ["ACTIVE"] * 4
