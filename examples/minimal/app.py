"""A file in the app, imported into a dataset that the app creates."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetImportJob, DatasetSchema, DataSource

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeMinimal")

schema = DatasetSchema.interactions().field("EVENT_TYPE")
group = personalize.CfnDatasetGroup(stack, "Group", name="minimal")
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="interactions",
    dataset_type=schema.dataset_type,
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.to_cfn_schema(stack, "Schema").attr_schema_arn,
)
job = DatasetImportJob(
    stack,
    "Import",
    dataset=dataset,
    data_source=DataSource.from_asset(str(HERE / "interactions.csv")),
)
cdk.CfnOutput(stack, "Status", value=job.dataset_import_job_status)
app.synth()
