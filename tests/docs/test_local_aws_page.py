"""docs/local-aws.md is correct: its tables are those of the local AWS."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from docs.local_aws_tables import operation_names, tables, written

from personalize_local.personalize.service import OPERATIONS
from tests.cli.support.runs import ROOT
from tests.local_aws.support.fakes import new_world

PAGE = (ROOT / "docs" / "local-aws.md").read_text()


def support() -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| ([a-z ]+) \|", tables(), re.MULTILINE))


def test_the_tables_are_up_to_date() -> None:
    assert written(PAGE) == PAGE


def test_the_table_has_every_operation_of_the_api() -> None:
    assert set(support()) == set(operation_names())


@pytest.mark.parametrize(
    ("operation", "level"),
    [
        ("CreateDatasetImportJob", "complete"),
        ("UpdateDataset", "complete"),
        ("CreateDatasetExportJob", "complete"),
        ("CreateDataDeletionJob", "complete"),
        ("ListRecipes", "complete"),
        ("CreateSolution", "record only"),
        ("StopSolutionVersionCreation", "record only"),
        ("GetSolutionMetrics", "record only"),
        ("CreateBatchSegmentJob", "record only"),
    ],
)
def test_an_operation_has_its_level_of_support(operation: str, level: str) -> None:
    assert support()[operation] == level


def test_an_operation_that_is_missing_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATIONS, "CreateCampaign")
    assert support()["CreateCampaign"] == "unsupported"


def test_quotas_and_durations_are_changed_as_the_page_shows() -> None:
    world = new_world()
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

    def control(method: str, path: str, body: dict[str, Any]) -> Any:
        return world.control(method, path, **body)

    exec(block, {"local_cloud": SimpleNamespace(aws=SimpleNamespace(control=control))})
    settings = world.service.store.settings
    assert (settings.dataset_groups, settings.training_seconds) == (20, 600)
