"""The demo's stacks: a bucket of the app's own, whose policy the construct extends, and a solution after the data."""

import aws_cdk as cdk
import pytest
from demo.sample import SCHEMA, write_sample
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

from tests.deploy.cloud import Cloud

pytestmark = pytest.mark.deploy


def test_the_solution_is_made_after_the_job_is_active(cloud: Cloud) -> None:
    schema = DemoSchema.from_file(SCHEMA)

    def build(app: cdk.App, *, with_data: bool) -> None:
        data = DataStack(app, schema.data_stack_name)
        if with_data:
            DemoStack(app, schema.stack_name, schema=schema, bucket=data.bucket, reimport_token=None)

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
