"""Interactions, users and items in one stack, and a solution that is created after all of them are imported."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema, DataSource, ImportedDataset

DATA = Path(__file__).parent / "data"
SCHEMAS = {
    "interactions": DatasetSchema.interactions().field("EVENT_TYPE"),
    "users": DatasetSchema.users().field("MEMBERSHIP", categorical=True),
    "items": DatasetSchema.items().field("GENRE", categorical=True).field("PRICE", "float"),
}

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeThreeDatasets")
group = personalize.CfnDatasetGroup(stack, "Group", name="three-datasets")
solution = personalize.CfnSolution(
    stack,
    "Solution",
    name="for-you",
    dataset_group_arn=group.attr_dataset_group_arn,
    recipe_arn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
)
for name, schema in SCHEMAS.items():
    dataset = ImportedDataset(
        stack, name, dataset_group=group, schema=schema, data_source=DataSource.from_asset(str(DATA / f"{name}.csv"))
    )
    solution.node.add_dependency(dataset)
app.synth()
