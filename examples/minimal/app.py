"""A file in the app, imported into a dataset that the app creates."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema, DataSource, ImportedDataset

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeMinimal")

interactions = ImportedDataset(
    stack,
    "Interactions",
    dataset_group=personalize.CfnDatasetGroup(stack, "Group", name="minimal"),
    schema=DatasetSchema.interactions().field("EVENT_TYPE"),
    data_source=DataSource.from_asset(str(HERE / "interactions.csv")),
)
cdk.CfnOutput(stack, "Status", value=interactions.import_job.dataset_import_job_status)
app.synth()
