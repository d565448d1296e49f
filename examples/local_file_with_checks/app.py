"""A file that is checked three times: on the command line, at synth, and before the job starts."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema, DataSource, ImportedDataset

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeChecked")
ImportedDataset(
    stack,
    "Interactions",
    dataset_group=personalize.CfnDatasetGroup(stack, "Group", name="checked"),
    schema=DatasetSchema.from_file(str(HERE / "interactions.schema.json")),
    data_source=DataSource.from_asset(str(HERE / "interactions.csv")),
    preflight=True,
)
app.synth()
