"""A file that is checked three times: on the command line, at synth, and before the job starts."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetImportJob, DatasetSchema, DataSource

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeChecked")
schema = DatasetSchema.from_file(str(HERE / "interactions.schema.json"))
group = personalize.CfnDatasetGroup(stack, "Group", name="checked")
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="interactions",
    dataset_type=schema.dataset_type,
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.to_cfn_schema(stack, "Schema").attr_schema_arn,
)
DatasetImportJob(
    stack,
    "Import",
    dataset=dataset,
    data_source=DataSource.from_asset(str(HERE / "interactions.csv")),
    preflight=True,
)
app.synth()
