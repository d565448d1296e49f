"""A FULL import of all users, and an INCREMENTAL import of new users after it."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetImportJob, DatasetSchema, DataSource, ImportMode

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeIncremental")
schema = DatasetSchema.users().field("MEMBERSHIP", categorical=True)
group = personalize.CfnDatasetGroup(stack, "Group", name="incremental")
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="users",
    dataset_type=schema.dataset_type,
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.to_cfn_schema(stack, "Schema").attr_schema_arn,
)
full = DatasetImportJob(stack, "Full", dataset=dataset, data_source=DataSource.from_asset(str(HERE / "users.csv")))
DatasetImportJob(
    stack,
    "Increments",
    dataset=dataset,
    data_source=DataSource.from_asset(str(HERE / "increments")),
    import_mode=ImportMode.INCREMENTAL,
    after=full,
)
app.synth()
