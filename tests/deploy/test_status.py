"""`personalize-import status` during deployments to the local AWS."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aws_cdk as cdk
import boto3
import pytest

from personalize_import import Reimport
from personalize_import_cli.app import run
from personalize_import_cli.commands import status as command
from tests.cli.support.recorder import Recorder
from tests.cli.support.runs import Ended
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.local_aws.support.server_setup import make_dataset, make_import_role, start_job
from tests.support.until import until

pytestmark = pytest.mark.deploy

Status = Callable[..., Ended]


@pytest.fixture
def status(stack: StackUnderTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Status:
    """Run the command in this process, every second."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would keep other credentials
    monkeypatch.setattr(command, "_WATCH_SECONDS", 1)
    for name, value in stack.cloud.aws.environment.items():
        monkeypatch.setenv(name, value)

    def run_here(*options: str) -> Ended:
        capsys.readouterr()  # drop what the CDK printed
        code = run(["status", stack.name, *options])
        return Ended(code, *capsys.readouterr())

    return run_here


def imports_of(line: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(line)["imports"]
    return found


def states_of(ended: Ended) -> list[str]:
    """The states of the only import, without repetition."""
    states = [each["state"] for line in ended.output.splitlines() for each in imports_of(line)]
    return list(dict.fromkeys(states))


def put(stack: StackUnderTest, key: str, content: str) -> str:
    stack.cloud.s3.put_object(Bucket=stack.name.lower(), Key=key, Body=content)
    return f"s3://{stack.name.lower()}/{key}"


@contextmanager
def held(stack: StackUnderTest) -> Iterator[None]:
    """Hold all jobs meanwhile."""
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    try:
        yield
    finally:
        stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})


def test_watch_follows_an_import_to_its_end(stack: StackUnderTest, status: Status) -> None:
    stack.begin()
    ended = status("--watch", "--json")
    (job,) = stack.cloud.jobs(stack.name)
    assert (ended.code, ended.stderr) == (0, "")
    last = json.loads(ended.output.splitlines()[-1])
    assert (last["stack_status"], last["in_progress"], last["failed"]) == ("CREATE_COMPLETE", False, False)
    (found,) = last["imports"]
    assert (found["state"], found["job_status"], found["elapsed_seconds"]) == ("imported", "ACTIVE", 240)
    assert found["dataset_import_job_arn"] == job["dataset_import_job_arn"]
    assert job["job_name"] in status().output


@pytest.mark.slow
def test_failed_imports_are_shown_with_their_reasons_until_the_next_deploy_succeeds(
    stack: StackUnderTest, status: Status
) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    (job,) = stack.cloud.jobs(stack.name)
    location = put(stack, "a-value-is-missing.csv", "USER_ID,CLASS\n,gold\n")
    stack.begin(location)
    ended = status("--watch", "--json")
    assert ended.code == 1
    *_, failed_job = stack.cloud.jobs(stack.name)
    last = ended.output.splitlines()[-1]
    assert json.loads(last)["stack_status"] == "UPDATE_ROLLBACK_COMPLETE"
    failed, restored = imports_of(last)
    assert (failed["rollback"], failed["state"], failed["job_status"]) == (False, "failed", "CREATE FAILED")
    assert failed["dataset_import_job_arn"] == failed_job["dataset_import_job_arn"]
    assert failed["reason"].startswith(failed_job["failure_reason"])
    assert failed["reason"].endswith(f"run: personalize-import check {location} --schema FILE")
    assert restored["rollback"]
    assert restored["dataset_import_job_arn"] == job["dataset_import_job_arn"]

    stack.deploy(put(stack, "a-column-is-missing.csv", "USER_ID\na\n"))
    failed, _restored = imports_of(status("--json").output)
    assert failed["reason"].startswith("Input csv is missing the following columns: [CLASS].")
    assert failed["dataset_import_job_arn"] is None

    assert stack.deploy(tags={"stage": "test"}) == "UPDATE_COMPLETE"
    after = status("--json")
    assert after.code == 0
    (unchanged,) = imports_of(after.output)
    assert unchanged["reason"] is None


@pytest.mark.slow
def test_an_import_without_capacity_is_queued_also_where_its_name_depends_on_the_data(
    stack: StackUnderTest, status: Status
) -> None:
    name = stack.name.lower()
    role = make_import_role(stack.cloud, name)
    others = [make_dataset(stack.cloud, f"{name}{number}") for number in range(5)]
    with held(stack):
        for number, dataset in enumerate(others):
            start_job(stack.cloud.personalize, f"{name}-other-{number}", dataset, stack.location, role)
        stack.begin(reimport=Reimport.when_data_changes())
        calls = "calls?operation=CreateDatasetImportJob"
        until(
            lambda: any(
                call["outcome"] == "LimitExceededException" for call in stack.cloud.aws.control("GET", calls)["calls"]
            )
        )
        (queued,) = imports_of(status("--json").output)
    assert (queued["state"], queued["job_status"]) == ("queued", None)
    assert queued["reason"] == "waiting for capacity: 5 jobs are running in the account"
    ended = status("--watch", "--json")
    assert ended.code == 0
    assert states_of(ended)[-1] == "imported"


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_ends_watch_alone_and_restores_the_cursor(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    role = make_import_role(stack.cloud, stack.name.lower())
    with held(stack):
        start_job(stack.cloud.personalize, f"{stack.name}-by-hand", stack.dataset_arn, stack.location, role)
        stack.begin(stack.put("d"))
        watching = Recorder("status", stack.name, "--watch", columns=200, env=stack.cloud.aws.environment)
        reason = f"waiting for {stack.name}-by-hand, which imports into the same dataset"
        watching.read_until_shown(lambda screen: reason in screen)
        assert watching.cursor_is_hidden
        watching.interrupt()
        ended = watching.ended()
    assert ended.code == 130
    assert ended.output.splitlines()[-1] == f"Stopped watching {stack.name}; its imports continue"
    assert not watching.cursor_is_hidden
    assert stack.end() == "UPDATE_COMPLETE"
    assert stack.users == ["d"]


@pytest.mark.slow
def test_a_wait_chain_is_one_import_and_throttled_reads_are_retried(stack: StackUnderTest, status: Status) -> None:
    with held(stack):
        stack.begin(timeout=cdk.Duration.hours(2))
        stack.cloud.aws.control("POST", "clock", {"speed": 1000})
        until(
            lambda: any(event.get("ResourceType", "").endswith("JobWait") for event in stack.cloud.events(stack.name))
        )
        stack.cloud.aws.control("POST", "clock", {"speed": 100})
        (running,) = imports_of(status("--json").output)
        assert running["state"] == "running"
    # More errors than the client retries: the next read succeeds. The first read isn't retried.
    throttled = {"operation": "ListDatasetImportJobs", "error_code": "ThrottlingException", "times": 2}
    stack.cloud.aws.control("POST", "faults", throttled)
    ended = status("--watch", "--json")
    assert ended.code == 0
    assert states_of(ended)[-1] == "imported"
    assert {each["logical_id"] for line in ended.output.splitlines() for each in imports_of(line)} == {
        running["logical_id"]
    }
