"""docs/events.md: its event is the handler's, its tables name all there is."""

import json
import re
from pathlib import Path
from typing import Any

from personalize_import_handler import contract
from personalize_import_handler.aws.personalize import _PHASES, DatasetImportJob
from personalize_import_handler.contract import StateChange
from personalize_import_handler.messages import failure_reasons
from tests.constructs.monitoring.test_metrics import OF_THE_PROVIDER

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
EVENT: dict[str, Any] = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0])


def first_cells(heading: str) -> list[list[str]]:
    table = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    return [re.findall(r"`([^`]+)`", row.split(" | ")[0]) for row in table.splitlines()[2:]]


def test_the_event_matches_the_contract() -> None:
    detail = EVENT["detail"]
    assert list(detail) == list(StateChange.__annotations__)
    assert (EVENT["source"], EVENT["detail-type"]) == (contract.EVENT_SOURCE, contract.EVENT_DETAIL_TYPE)
    assert EVENT["resources"] == [detail["datasetImportJobArn"], detail["datasetArn"]]


def test_the_reason_matches_the_handler() -> None:
    detail = EVENT["detail"]
    job = DatasetImportJob(
        dataset_import_job_arn=detail["datasetImportJobArn"],
        status=detail["status"],
        import_mode=contract.ImportMode.FULL,
        creation_date_time=0,
        job_name=detail["jobName"],
        dataset_arn=detail["datasetArn"],
        data_location=detail["dataLocation"],
        role_arn="",
        publish_attribution_metrics_to_s3=False,
        last_updated_date_time=0,
        failure_reason=detail["failureReason"].partition(" DatasetImportJob")[0],
    )
    assert detail["failureReason"] == failure_reasons.job_failed(job)


def test_every_field_is_described() -> None:
    assert [name for cell in first_cells("field") for name in cell] == list(StateChange.__annotations__)


def test_every_status_is_described_and_those_that_fail_a_deploy_are_marked() -> None:
    table = PAGE.partition("\n| status |")[2].partition("\n\n")[0].splitlines()[2:]
    marked = {row.split("`")[1]: row.endswith("| yes |") for row in table}

    assert set(marked) == {*_PHASES, contract.STATUS_NOT_STARTED, contract.STATUS_UNWATCHED}
    assert {status for status, fails in marked.items() if fails} == set(contract.FAILED_STATUSES)


def test_every_alarm_is_described() -> None:
    named = {name for cell in first_cells("alarm") for name in cell}
    assert named == {"Errors", "ExecutionTime", *OF_THE_PROVIDER}
