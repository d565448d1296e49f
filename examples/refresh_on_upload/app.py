"""All users in a FULL import, and an INCREMENTAL import of each file that is uploaded afterwards."""

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportJob, DatasetSchema, DataSource, ImportedDataset, ImportMode

app = cdk.App()

data = cdk.Stack(app, "PersonalizeUploadsData")
bucket = s3.Bucket(data, "Bucket", enforce_ssl=True, removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.CfnOutput(data, "BucketName", value=bucket.bucket_name)

models = cdk.Stack(app, "PersonalizeUploads")
users = ImportedDataset(
    models,
    "Users",
    dataset_group=personalize.CfnDatasetGroup(models, "Group", name="uploads"),
    schema=DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    data_source=DataSource.from_bucket(bucket, "all/"),
)
new_users = DatasetImportJob(
    models,
    "NewUsers",
    dataset=users.dataset,
    data_source=DataSource.from_bucket(bucket, "new/"),
    import_mode=ImportMode.INCREMENTAL,
    after=users.import_job,
    preflight=True,
)
new_users.refresh_on_upload("Uploads", quiet_period=cdk.Duration.minutes(1))
app.synth()
