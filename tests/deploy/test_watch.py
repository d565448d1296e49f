"""`personalize-import watch` and `explain` beside deployments to the local AWS."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import Reimport
from tests.cli.recorder import Recorder
from tests.cli.runs import Ended, OnTerminal, run
from tests.deploy.direct import Row, until
from tests.local_aws.support.server_setup import make_dataset, make_import_role, start_job

pytestmark = pytest.mark.deploy

LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (\w+): (.*)$")


def command(row: Row, name: str, *arguments: str) -> Ended:
    return run(name, row.name, *arguments, env=row.cloud.aws.environment)


def watch(row: Row, *arguments: str) -> Ended:
    return command(row, "watch", "--every", "1", *arguments)


def told(ended: Ended, row: Row) -> list[str]:
    """The lines without their times, and without the import's logical id."""
    lines = [LINE.match(line) for line in ended.output.splitlines()]
    assert all(line and line[1] == row.name for line in lines), ended
    return [re.sub(r"^Import[0-9A-F]{8}", "Import", line[2]) for line in lines if line]


def put(row: Row, key: str, content: str) -> str:
    row.cloud.s3.put_object(Bucket=row.name.lower(), Key=key, Body=content)
    return f"s3://{row.name.lower()}/{key}"


def explained(row: Row) -> list[dict[str, Any]]:
    ended = command(row, "explain", "--json")
    assert ended.code == 1
    failures: list[dict[str, Any]] = json.loads(ended.output)["failures"]
    return failures


def looks(ended: Ended) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.output.splitlines()]


@contextmanager
def held(row: Row) -> Iterator[None]:
    """Let no job end meanwhile."""
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    try:
        yield
    finally:
        row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})


def test_an_import_is_watched_to_its_end(row: Row) -> None:
    row.begin()
    ended = watch(row)
    (job,) = row.cloud.jobs(row.name)
    assert ended.code == 0, ended
    assert ended.said == ""
    assert told(ended, row)[0] == "CREATE_IN_PROGRESS"
    assert told(ended, row)[-2:] == ["CREATE_COMPLETE", f"Import: ACTIVE, 4 min 00 s, {job['job_name']}"]
    well = command(row, "explain")
    assert well.code == 0
    assert well.output == f"{row.name}: no import has failed in the last operation (CREATE_COMPLETE)\n"


@pytest.mark.slow
def test_imports_that_fail_are_watched_and_explained_and_past_when_the_next_deploy_goes_well(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    (job,) = row.cloud.jobs(row.name)
    location = put(row, "a-value-is-missing.csv", "USER_ID,CLASS\n,gold\n")
    row.begin(location)
    ended = watch(row, "--json")
    assert ended.code == 1
    assert ended.said == f"`personalize-import explain {row.name}` says why, and what to do\n"
    *_, failed = row.cloud.jobs(row.name)
    last = {look["rollback"]: look for look in looks(ended) if "state" in look}
    assert (last[False]["state"], last[False]["status"]) == ("failed", "CREATE FAILED")
    assert last[False]["usual_seconds"] == 240
    assert last[False]["dataset_import_job_arn"] == failed["dataset_import_job_arn"]
    assert last[False]["reason"].startswith(failed["failure_reason"])
    assert last[True]["dataset_import_job_arn"] == job["dataset_import_job_arn"]
    assert looks(ended)[-1]["stack_status"] == "UPDATE_ROLLBACK_COMPLETE"
    (failure,) = explained(row)
    assert failure["why"] == failed["failure_reason"]
    fetch, check = failure["commands"]
    assert fetch.startswith("aws personalize describe-schema --schema-arn arn:")
    assert check == f"personalize-import check {location} --schema schema.json"

    row.deploy(put(row, "a-column-is-missing.csv", "USER_ID\na\n"))
    (failure,) = explained(row)
    assert failure["why"] == "Input csv is missing the following columns: [CLASS]."
    assert failure["what_to_do"].endswith(
        "was not started: CreateDatasetImportJob failed with InvalidInputException. Name the columns in the "
        "header row and deploy again."
    )
    assert failure["dataset_import_job_arn"] is None

    assert row.deploy(tags={"stage": "test"}) == "UPDATE_COMPLETE"
    past = command(row, "explain")
    assert past.code == 0
    assert past.output.endswith("; that is past\n")


@pytest.mark.slow
def test_what_waits_for_room_says_how_many_jobs_run_and_the_data_that_decides_on_the_name_is_no_hindrance(
    row: Row,
) -> None:
    name = row.name.lower()
    role = make_import_role(row.cloud, name)
    others = [make_dataset(row.cloud, f"{name}{number}") for number in range(5)]
    with held(row):
        for number, dataset in enumerate(others):
            start_job(row.cloud.personalize, f"{name}-other-{number}", dataset, row.location, role)
        row.begin(reimport=Reimport.when_data_changes())
        until(lambda: any(call["outcome"] == "LimitExceededException" for call in _creations(row)))
        watching = OnTerminal("watch", row.name, "--every", "1", "--json", env=row.cloud.aws.environment)
        seen = watching.read_until('"waiting"')
        row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})
        ended = watching.ended()
    assert ended.code == 0, (seen, ended)
    states = [look for line in (seen + ended.output).splitlines() if (look := json.loads(line)) and "state" in look]
    waiting = next(look for look in states if look["state"] == "waiting")
    assert (waiting["jobs_running"], waiting["position"], waiting["waiting"]) == (5, 1, 1)
    assert waiting["status"] is None
    assert states[-1]["state"] == "imported"


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_ends_the_watching_alone_and_leaves_the_terminal_clean(row: Row) -> None:
    assert row.deploy() == "CREATE_COMPLETE"
    role = make_import_role(row.cloud, row.name.lower())
    with held(row):
        start_job(row.cloud.personalize, f"{row.name}-by-hand", row.dataset_arn, row.location, role)
        row.begin(row.put("d"))
        watching = Recorder("watch", row.name, "--every", "1", columns=200, env=row.cloud.aws.environment)
        cause = f"waits for {row.name}-by-hand, which imports into the same dataset"
        watching.read_until_shown(lambda screen: cause in screen)
        assert watching.cursor_is_hidden
        watching.interrupt()
        ended = watching.ended()
    assert ended.code == 130
    assert ended.output.splitlines()[-1] == f"{row.name} is no longer watched; its imports go on"
    assert cause in ended.output
    assert not watching.cursor_is_hidden
    assert row.end() == "UPDATE_COMPLETE"
    assert row.users == ["d"]


@pytest.mark.slow
def test_a_relay_is_one_import(row: Row) -> None:
    with held(row):
        row.begin(timeout=cdk.Duration.hours(2))
        row.cloud.aws.control("POST", "clock", {"speed": 1000})
        until(lambda: any(event.get("ResourceType", "").endswith("JobWait") for event in row.cloud.events(row.name)))
        row.cloud.aws.control("POST", "clock", {"speed": 100})
        seen = OnTerminal("watch", row.name, "--every", "1", "--json", env=row.cloud.aws.environment)
        first = seen.read_until('"running"')
        # More than are tried again at once: the next look goes on.
        throttled = {"operation": "ListDatasetImportJobs", "error_code": "ThrottlingException", "times": 4}
        row.cloud.aws.control("POST", "faults", throttled)
        until(lambda: not row.cloud.aws.control("GET", "status")["faults"])
    ended = seen.ended()
    assert ended.code == 0, (first, ended)
    states = [look for line in (first + ended.output).splitlines() if "state" in (look := json.loads(line))]
    assert [look["state"] for look in states] == ["running", "imported"]
    assert len({look["logical_id"] for look in states}) == 1


def _creations(row: Row) -> Any:
    return row.cloud.aws.control("GET", "calls?operation=CreateDatasetImportJob")["calls"]
