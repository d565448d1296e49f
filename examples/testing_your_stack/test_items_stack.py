"""Tests of a stack with an import, deployed to the local AWS."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import import DatasetSchema, DataSource, ImportedDataset
from personalize_local.testing import CdkError, LocalCloud


class ItemsStack(cdk.Stack):
    """The stack under test; import yours from your own package."""

    def __init__(self, scope: Construct, id: str, *, data: Path) -> None:
        super().__init__(scope, id)
        films = ImportedDataset(
            self,
            "Items",
            dataset_group=personalize.CfnDatasetGroup(self, "Group", name=f"{id}-films"),
            schema=DatasetSchema.items().field("GENRE", categorical=True),
            data_source=DataSource.from_asset(str(data)),
        )
        cdk.CfnOutput(self, "DatasetArn", value=films.import_job.dataset_arn)
        cdk.CfnOutput(self, "Status", value=films.import_job.dataset_import_job_status)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text("ITEM_ID,GENRE\nalien,horror\nheat,crime\n")
    return path


def test_after_the_deploy_the_items_are_in_the_dataset(local_cloud: LocalCloud, data: Path) -> None:
    app = cdk.App()
    ItemsStack(app, "Films", data=data)

    local_cloud.deploy(app)

    outputs = local_cloud.outputs("Films")
    assert outputs["Status"] == "ACTIVE"
    assert local_cloud.rows(outputs["DatasetArn"])["rows"] == [
        {"ITEM_ID": "alien", "GENRE": "horror"},
        {"ITEM_ID": "heat", "GENRE": "crime"},
    ]


def test_an_import_that_fails_fails_the_deploy_with_its_reason(local_cloud: LocalCloud, data: Path) -> None:
    app = cdk.App()
    ItemsStack(app, "FilmsThatFail", data=data)

    with local_cloud.fail_imports("The item table is on fire."), pytest.raises(CdkError):
        local_cloud.deploy(app)

    assert local_cloud.failures("FilmsThatFail")[0].startswith("The item table is on fire.")
