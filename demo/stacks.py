"""The demo's two stacks: a bucket for the data, and Personalize with the data imported."""

from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from demo.schema import DemoSchema
from personalize_import import DatasetImportJob, DatasetSchema, DataSource, Reimport, suppressions


class DataStack(cdk.Stack):
    """A bucket for the data; it is there before anything else, for the data has to be."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        reason = "A bucket to try things out with: a log of its readers would need a second bucket to clean up."
        suppressions.suppress(cast("cdk.CfnResource", self.bucket.node.default_child), "AwsSolutions-S1", reason)
        cdk.CfnOutput(self, "BucketName", value=self.bucket.bucket_name)


class DemoStack(cdk.Stack):
    """Schema, dataset group, dataset, the import job, and a solution that waits for it.

    The data is in a bucket, below a folder named after the dataset's type, or it is of this machine.
    """

    def __init__(
        self, scope: Construct, id: str, *, schema: DemoSchema, data: s3.IBucket | Path, reimport_token: str | None
    ) -> None:
        super().__init__(scope, id)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name=f"{id}-group")
        dataset = personalize.CfnDataset(
            self,
            "Dataset",
            name=f"{id}-dataset",
            dataset_type=schema.dataset_type,
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=DatasetSchema.from_json(schema.text).create(self, "Schema").attr_schema_arn,
        )
        self.job = job = DatasetImportJob(
            self,
            "Import",
            dataset=dataset,
            data_source=DataSource.from_asset(str(data))
            if isinstance(data, Path)
            else DataSource.from_bucket(data, f"{schema.dataset_type.lower()}/"),
            reimport=Reimport.when_value_changes(reimport_token) if reimport_token else None,
        )
        if schema.dataset_type == "Interactions":  # no other dataset makes a solution
            solution = personalize.CfnSolution(
                self, "Solution", name=f"{id}-solution", dataset_group_arn=group.attr_dataset_group_arn
            )
            solution.node.add_dependency(job)
        cdk.CfnOutput(self, "JobName", value=job.dataset_import_job_name)
        cdk.CfnOutput(self, "JobArn", value=job.dataset_import_job_arn)
        cdk.CfnOutput(self, "Status", value=job.dataset_import_job_status)
        cdk.CfnOutput(self, "DurationSeconds", value=job.get_att_string("DurationSeconds"))
        cdk.CfnOutput(self, "DatasetArn", value=dataset.attr_dataset_arn)
