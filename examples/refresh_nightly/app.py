"""Users that are imported from a bucket, and again each night in which the files have changed."""

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_scheduler import ScheduleExpression

from personalize_import import DatasetSchema, DataSource, ImportedDataset

app = cdk.App()

data = cdk.Stack(app, "PersonalizeNightlyData")
bucket = s3.Bucket(data, "Bucket", enforce_ssl=True, removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.CfnOutput(data, "BucketName", value=bucket.bucket_name)

models = cdk.Stack(app, "PersonalizeNightly")
users = ImportedDataset(
    models,
    "Users",
    dataset_group=personalize.CfnDatasetGroup(models, "Group", name="nightly"),
    schema=DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    data_source=DataSource.from_bucket(bucket, "users/"),
    preflight=True,
)
users.import_job.refresh_on_schedule(
    "Nightly", schedule=ScheduleExpression.cron(minute="0", hour="3", time_zone=cdk.TimeZone.EUROPE_BERLIN)
)
app.synth()
