"""The two stacks of the demo: the bucket for the data, and the Personalize resources with the import."""

from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from demo.schema import DemoSchema
from personalize_import import DatasetImportJob, DatasetSchema, DataSource, Reimport, suppressions


class DataStack(cdk.Stack):
    """A bucket for the data, deployed first, because the data must exist before the import."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        reason = "A bucket of a demo: access logs would need a second bucket, which would have to be removed too."
        suppressions.suppress(cast("cdk.CfnResource", self.bucket.node.default_child), {"AwsSolutions-S1": reason})
        cdk.CfnOutput(self, "BucketName", value=self.bucket.bucket_name)


class DemoStack(cdk.Stack):
    """Schema, dataset group, dataset, import job, and a solution that depends on the job.

    The data is in a bucket, under a prefix named after the dataset type, or in local files.
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
            schema_arn=DatasetSchema.from_json(schema.text).to_cfn_schema(self, "Schema").attr_schema_arn,
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
        if schema.dataset_type == "Interactions":  # a solution requires interactions
            solution = personalize.CfnSolution(
                self,
                "Solution",
                name=f"{id}-solution",
                dataset_group_arn=group.attr_dataset_group_arn,
                recipe_arn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
            )
            solution.node.add_dependency(job)
        cdk.CfnOutput(self, "JobName", value=job.dataset_import_job_name)
        cdk.CfnOutput(self, "JobArn", value=job.dataset_import_job_arn)
        cdk.CfnOutput(self, "Status", value=job.dataset_import_job_status)
        cdk.CfnOutput(self, "DurationSeconds", value=job.get_att_string("DurationSeconds"))
        cdk.CfnOutput(self, "DatasetArn", value=dataset.attr_dataset_arn)
