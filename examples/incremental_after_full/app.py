"""A FULL import of all users, and an INCREMENTAL import of new users after it."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetImportJob, DatasetSchema, DataSource, ImportedDataset, ImportMode

HERE = Path(__file__).parent

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeIncremental")
users = ImportedDataset(
    stack,
    "Users",
    dataset_group=personalize.CfnDatasetGroup(stack, "Group", name="incremental"),
    schema=DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    data_source=DataSource.from_asset(str(HERE / "users.csv")),
)
DatasetImportJob(
    stack,
    "Increments",
    dataset=users.dataset,
    data_source=DataSource.from_asset(str(HERE / "increments")),
    import_mode=ImportMode.INCREMENTAL,
    after=users.import_job,
)
app.synth()
