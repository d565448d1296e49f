"""The two commands of the demo: their output, the state that they keep, and the processes and files that they leave."""

import os
import signal
import time
from pathlib import Path

import pytest
from demo.sample import SCHEMA, write_sample

from tests.demo.support.runs import ProcessResult, Run, run
from tests.deploy.support.stacks import users_csv, users_schema
from tests.local_aws.support.processes import is_alive
from tests.support.until import until

pytestmark = pytest.mark.deploy

QUICKLY = ("--import-seconds", "2")
# Longer than a run may take, so that a run that waits for its import fails.
SLOWLY = ("--import-seconds", "600")


@pytest.mark.slow
def test_a_deploy_reports_its_job_and_leaves_no_process(folder: Path, temporary: Path) -> None:
    started = Run("deploy", folder, *QUICKLY)
    before = started.read_until("deploying...")  # written by the CLI, which is running then
    processes = started.processes()
    ended = started.ended()
    assert ended.code == 0, before + ended.output
    assert len(processes) > 2, "the server and the CLI were running"
    until(lambda: not any(map(is_alive, processes)))
    _assert_reported(ended, records=6000)
    assert ended.value("Duration").startswith("60 s")
    # Node's own, and that of the jsii kernel, are not ours to clean up.
    assert list(temporary.glob("personalize-local-*")) == []
    assert (folder / "state").is_dir()


@pytest.mark.nightly
def test_each_run_imports_only_changed_data(folder: Path, tmp_path: Path) -> None:
    data = write_sample(tmp_path / "data.csv")
    given = (*QUICKLY, "--data", str(data), "--schema", str(SCHEMA))
    first = run("deploy", folder, *given)
    again = run("deploy", folder, *given)
    assert again.code == 0, again.output
    assert "no changes" in again.output
    assert again.value("ARN") == first.value("ARN")
    lines = data.read_text().splitlines(keepends=True)
    data.write_text("".join(lines[:2001]))
    changed = run("deploy", folder, *given)
    _assert_reported(changed, records=2000)
    assert changed.value("ARN") != first.value("ARN")
    destroyed = run("destroy", folder)
    assert destroyed.code == 0, destroyed.output
    assert destroyed.output.endswith("The demo has been removed.\n")
    assert not folder.exists()


@pytest.mark.nightly
def test_a_wrong_value_is_reported_and_the_next_run_can_succeed(folder: Path, tmp_path: Path) -> None:
    data = write_sample(tmp_path / "data.csv")
    good = data.read_text()
    data.write_text(good + "user-0001,item-0001,yesterday,view,\n")
    given = (*QUICKLY, "--data", str(data))
    failed = run("deploy", folder, *given)
    assert failed.code == 2
    assert f"{data}:6002: error: " in failed.output
    assert "Traceback" not in failed.output
    data.write_text(good)
    corrected = run("deploy", folder, *given)
    _assert_reported(corrected, records=6000)


@pytest.mark.nightly
def test_the_schemas_name_determines_the_dataset_type_and_data_can_be_a_folder(folder: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(users_schema())
    data = tmp_path / "users"
    data.mkdir()
    for user in ("a", "b"):
        (data / f"{user}.csv").write_text(users_csv(user))
    ended = run("deploy", folder, *QUICKLY, "--data", str(data), "--schema", str(schema))
    _assert_reported(ended, records=2)


@pytest.mark.slow
@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.nightly), signal.SIGTERM])
def test_an_interrupted_deploy_ends_soon_and_the_next_one_continues_with_the_earlier_stacks(
    folder: Path, temporary: Path, tmp_path: Path, number: signal.Signals
) -> None:
    earlier = run("deploy", folder, *QUICKLY)
    changed = write_sample(tmp_path / "data.csv")
    changed.write_text("".join(changed.read_text().splitlines(keepends=True)[:2001]))
    started = Run("deploy", folder, *SLOWLY, "--data", str(changed), "--schema", str(SCHEMA))
    started.read_until("UPDATE_IN_PROGRESS      | Custom::PersonalizeDatasetImportJob")
    processes = started.processes()
    if number == signal.SIGINT:
        started.interrupt()
        time.sleep(0.2)
        started.interrupt()  # pressed twice
    else:
        os.kill(started.process.pid, number)
    ended = started.ended()
    assert ended.code == 130
    assert ended.output.endswith("Interrupted.\nThe next run starts with the stacks as they were before this run.\n")
    assert "Traceback" not in ended.output
    until(lambda: not any(map(is_alive, processes)))
    assert list(temporary.glob("personalize-local-*")) == []
    again = run("deploy", folder, *QUICKLY)
    assert "The previous run was interrupted; its changes are undone." in again.output
    assert "no changes" in again.output
    assert again.value("ARN") == earlier.value("ARN")
    _assert_reported(again, records=6000)


@pytest.mark.nightly
def test_the_server_of_a_killed_deploy_ends_and_the_demo_can_be_destroyed(folder: Path, temporary: Path) -> None:
    started = Run("deploy", folder, *SLOWLY)
    started.read_until("CREATE_IN_PROGRESS      | Custom::PersonalizeDatasetImportJob")
    server = [pid for pid in started.processes() if b"personalize_local" in _command_line(pid)]
    assert len(server) == 1
    started.process.kill()
    started.process.wait()
    until(lambda: not is_alive(server[0]))
    destroyed = run("destroy", folder)
    assert (destroyed.code, destroyed.output) == (0, "The demo has been removed.\n")
    assert not folder.exists()


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _assert_reported(ended: ProcessResult, *, records: int) -> None:
    assert ended.code == 0, ended.output
    assert ended.value("Status") == "ACTIVE"
    assert ended.value("ARN").endswith(f":dataset-import-job/{ended.value('Job')}")
    assert ended.value("Records") == str(records)
