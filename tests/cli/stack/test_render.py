"""The status of a stack as text and as JSON."""

import json
from dataclasses import replace

import pytest

from personalize_import_cli.stack.render import as_json, as_text, duration
from personalize_import_cli.stack.status import ImportStatus, RefreshState, RefreshStatus, StackStatus, State
from tests.cli.stack.scenes import DATASET_ARN, job

RUNNING = ImportStatus(
    name="Import",
    logical_id="Import1",
    state=State.RUNNING,
    job=job("shop-1"),
    dataset_arn=DATASET_ARN,
    data_location="s3://shop-data/",
    started_at=0,
    elapsed_seconds=65,
)
FAILED = replace(RUNNING, state=State.FAILED, job=None, elapsed_seconds=3, reason="Too few.")
RESTORED = replace(RUNNING, state=State.UNCHANGED, is_rollback=True, job=job("shop-0", "ACTIVE"))
PENDING = ImportStatus(name="Items/Import", logical_id="Import2", state=State.PENDING)


REFRESHED = RefreshStatus(
    name="Import",
    logical_id="Import1",
    state=RefreshState.IMPORTED,
    requested_at=0,
    job_arn=job("shop-2").arn,
    imported_files=3,
    next_refreshes=["1970-01-02T00:00:00Z", "after uploads"],
)
SKIPPED = RefreshStatus(
    name="Items/Import", logical_id="Import2", state=RefreshState.SKIPPED, requested_at=60, reason="the files are equal"
)


def status_of(*imports: ImportStatus) -> StackStatus:
    return StackStatus(name="Shop", status="UPDATE_IN_PROGRESS", is_in_progress=True, imports=imports)


def test_text_is_a_table_with_the_reasons_below_it() -> None:
    assert as_text(status_of(RUNNING, FAILED, RESTORED, PENDING)).splitlines() == [
        "Shop  UPDATE_IN_PROGRESS",
        "import             state      job status          started               elapsed     job",
        "Import             running    CREATE IN_PROGRESS  1970-01-01T00:00:00Z  1 min 05 s  shop-1",
        "Import             failed                         1970-01-01T00:00:00Z  3 s",
        "Import (rollback)  unchanged  ACTIVE              1970-01-01T00:00:00Z  1 min 05 s  shop-0",
        "Items/Import       pending",
        "Import failed: Too few.",
    ]


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_a_failed_first_deploy_ends_with_the_command_to_run(status: str) -> None:
    failed = replace(status_of(FAILED), status=status, is_in_progress=False)

    last = as_text(failed).splitlines()[-1]

    assert last.startswith(
        "The first deploy failed, and the stack can't be updated. Fix the problem, and run: cdk deploy"
    )
    assert last.endswith("first run: aws cloudformation delete-stack --stack-name Shop")
    assert json.loads(as_json(failed))["next_step"] == last


@pytest.mark.parametrize(
    ("status", "command"),
    [("CREATE_FAILED", "cdk deploy"), ("UPDATE_ROLLBACK_FAILED", "cdk rollback"), ("REVIEW_IN_PROGRESS", "cdk deploy")],
)
def test_other_states_that_need_a_command_end_with_it_too(status: str, command: str) -> None:
    assert as_text(replace(status_of(FAILED), status=status)).endswith(f" {command}\n")


def test_json_is_one_line_with_every_field() -> None:
    text = as_json(status_of(RUNNING, PENDING))
    assert text.endswith("}\n")
    assert "\n" not in text[:-1]
    document = json.loads(text)
    running, pending = document.pop("imports")
    assert document.pop("refreshes") == []
    assert document == {
        "version": 1,
        "stack": "Shop",
        "stack_status": "UPDATE_IN_PROGRESS",
        "in_progress": True,
        "failed": False,
        "next_step": None,
    }
    assert running == {
        "import": "Import",
        "logical_id": "Import1",
        "rollback": False,
        "state": "running",
        "dataset_import_job_arn": job("shop-1").arn,
        "job_status": "CREATE IN_PROGRESS",
        "dataset_arn": DATASET_ARN,
        "data_location": "s3://shop-data/",
        "started_at": "1970-01-01T00:00:00Z",
        "elapsed_seconds": 65,
        "reason": None,
    }
    assert pending["started_at"] is None
    assert pending["elapsed_seconds"] is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (605, "10 min 05 s"),
        (3600, "1 h 00 min"),
        (90061, "25 h 01 min"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_refreshes_are_a_second_table_with_their_reasons_below_it() -> None:
    status = replace(status_of(RUNNING), refreshes=[REFRESHED, SKIPPED])

    assert as_text(status).splitlines()[3:] == [
        "import        last refresh          state     job     next refresh",
        "Import        1970-01-01T00:00:00Z  imported  shop-2  1970-01-02T00:00:00Z, after uploads",
        "Items/Import  1970-01-01T00:01:00Z  skipped",
        "Refresh of Items/Import skipped: the files are equal",
    ]


def test_json_has_every_field_of_a_refresh() -> None:
    imported, skipped = json.loads(as_json(replace(status_of(), refreshes=[REFRESHED, SKIPPED])))["refreshes"]

    assert imported == {
        "import": "Import",
        "logical_id": "Import1",
        "state": "imported",
        "requested_at": "1970-01-01T00:00:00Z",
        "dataset_import_job_arn": job("shop-2").arn,
        "imported_files": 3,
        "reason": None,
        "next_refreshes": ["1970-01-02T00:00:00Z", "after uploads"],
    }
    assert (skipped["reason"], skipped["dataset_import_job_arn"], skipped["next_refreshes"]) == (
        "the files are equal",
        None,
        [],
    )
