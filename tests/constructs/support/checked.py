"""Jobs with asset files, and their annotations at synth."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match

from personalize_import import DatasetImportJob, DatasetSchema, DataSource
from tests.constructs.support.stacks import add_job

ITEMS = DatasetSchema.items().field("PRICE", "float").field("COLOUR", categorical=True, nullable=True)
_ANYTHING: Any = Match.any_value()
HEADER = "ITEM_ID,PRICE,COLOUR"
GOOD = f"{HEADER}\ni1,1.5,red\ni2,2.5,blue\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dataset_of(stack: cdk.Stack, schema_arn: str, dataset_type: str = "Items") -> personalize.CfnDataset:
    return personalize.CfnDataset(
        stack, "Dataset", name="data", dataset_type=dataset_type, dataset_group_arn="arn", schema_arn=schema_arn
    )


def add_asset_job(stack: cdk.Stack, path: Path, schema: DatasetSchema | None = ITEMS, **more: Any) -> DatasetImportJob:
    """Add a job for a dataset outside the app."""
    return add_job(stack, data_source=DataSource.from_asset(str(path), schema=schema), **more)


def errors_of(stack: cdk.Stack) -> list[str]:
    return [str(each.entry.data) for each in Annotations.from_stack(stack).find_error("*", _ANYTHING)]


def warnings_of(stack: cdk.Stack) -> list[str]:
    return [str(each.entry.data) for each in Annotations.from_stack(stack).find_warning("*", _ANYTHING)]


def infos_of(stack: cdk.Stack) -> list[str]:
    return [str(each.entry.data) for each in Annotations.from_stack(stack).find_info("*", _ANYTHING)]
