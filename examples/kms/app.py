"""Data that is encrypted with a customer managed key: role, bucket and key policies allow Personalize to read it."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetSchema, DataSource, ImportedDataset, Reimport

app = cdk.App()

data = cdk.Stack(app, "PersonalizeKmsData")
bucket = s3.Bucket(
    data,
    "Bucket",
    encryption=s3.BucketEncryption.KMS,
    encryption_key=kms.Key(data, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.DESTROY),
    enforce_ssl=True,
    removal_policy=cdk.RemovalPolicy.DESTROY,
)
cdk.CfnOutput(data, "BucketName", value=bucket.bucket_name)

models = cdk.Stack(app, "PersonalizeKms")
ImportedDataset(
    models,
    "Users",
    dataset_group=personalize.CfnDatasetGroup(models, "Group", name="kms"),
    schema=DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    # from_bucket uses the key of the bucket. For a bucket outside the app, pass `encryption_key` to from_s3_uri.
    data_source=DataSource.from_bucket(bucket, "users/"),
    reimport=Reimport.when_value_changes(app.node.try_get_context("data_version") or "1"),
)
app.synth()
