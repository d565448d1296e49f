"""An application team's app: a job that uses the platform team's provider. The app has no Lambda function."""

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm

from personalize_import import DatasetImportProvider, DatasetSchema, DataSource, ImportedDataset, Reimport

app = cdk.App()
data = cdk.Stack(app, "PersonalizeShopData")
bucket = s3.Bucket(data, "Bucket", enforce_ssl=True, removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.CfnOutput(data, "BucketName", value=bucket.bucket_name)

stack = cdk.Stack(app, "PersonalizeShop")
provider = DatasetImportProvider.from_provider_attributes(
    stack,
    "Provider",
    service_token=ssm.StringParameter.value_for_string_parameter(stack, "/personalize-imports/service-token"),
    import_role_path="/personalize-teams/",
    preflight_role_arn=ssm.StringParameter.value_for_string_parameter(stack, "/personalize-imports/preflight-role-arn"),
)
ImportedDataset(
    stack,
    "Users",
    dataset_group=personalize.CfnDatasetGroup(stack, "Group", name="shop"),
    schema=DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    data_source=DataSource.from_bucket(bucket, "users/"),
    preflight=True,
    reimport=Reimport.when_value_changes(app.node.try_get_context("data_version") or "1"),
    provider=provider,
)
app.synth()
