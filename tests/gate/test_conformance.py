"""The conformance tests on a local AWS, as developers start them, and against one that only the environment names."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.conformance.support.assumptions import all_assumptions
from tests.conformance.support.recording import CONFIRMED
from tests.conformance.support.resources import Resources
from tests.conformance.support.target import PREFIX, Target
from tests.local_aws.support.processes import accept_ctrl_c
from tests.package.support.builds import ROOT

ASSUMPTIONS: Final = all_assumptions()
ENOUGH: Final = 9
"""The number of results after which a run is interrupted, while a stack is being updated."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    with LocalAws(Options(speed=10, import_seconds=10)) as aws:
        yield LocalCloud(aws, tmp_path)


def make(target: str, recording: Path, environment: Mapping[str, str], *variables: str) -> subprocess.Popen[str]:
    """Start a target with this environment's programs, in a new process group."""
    installed = recording.with_name("installed")
    installed.touch()
    binaries = f"BIN={Path(sys.executable).parent}"
    return subprocess.Popen(
        [
            "make",
            "--silent",
            target,
            f"INSTALLED={installed}",
            binaries,
            f"CONFORMANCE=--recording {recording}",
            *variables,
        ],
        cwd=ROOT,
        env={**environment, "CONFORMANCE_POLL_SECONDS": "0.2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=accept_ctrl_c,
    )


def results(recording: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recording.read_text()) if recording.exists() else {}
    return found


def what_is_left(cloud: LocalCloud) -> list[str]:
    """Return the resources in the account, except records of import jobs, which can't be deleted."""
    personalize, iam = cloud.personalize, cloud.client("iam")
    stacks = cloud.cloudformation.describe_stacks()["Stacks"]
    return [
        *[group["name"] for group in personalize.list_dataset_groups()["datasetGroups"]],
        *[dataset["name"] for dataset in personalize.list_datasets()["datasets"]],
        *[schema["name"] for schema in personalize.list_schemas()["schemas"]],
        *[bucket["Name"] for bucket in cloud.s3.list_buckets()["Buckets"]],
        *[role["RoleName"] for role in iam.list_roles()["Roles"]],
        *[function["FunctionName"] for function in cloud.client("lambda").list_functions()["Functions"]],
        *[group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]],
        *[stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"],
    ]


@pytest.mark.slow
def test_the_local_aws_conforms_to_every_assumption(tmp_path: Path) -> None:
    recording = tmp_path / "recording.json"

    run = make("conformance", recording, os.environ)
    output, _ = run.communicate(timeout=300)

    assert run.returncode == 0, output
    assert {name: result["outcome"] for name, result in results(recording).items()} == dict.fromkeys(
        ASSUMPTIONS, CONFIRMED
    )


@pytest.mark.nightly
def test_a_run_leaves_nothing_behind_also_after_ctrl_c_and_is_resumed(cloud: LocalCloud, tmp_path: Path) -> None:
    recording, environment = tmp_path / "recording.json", cloud.aws.process_environment()
    before = what_is_left(cloud)

    interrupted = make("conformance-aws", recording, environment, "YES=1")
    assert interrupted.stdout
    lines = []
    while len(results(recording)) < ENOUGH:
        lines.append(interrupted.stdout.read(1))
        assert lines[-1], "".join(lines)
    os.killpg(interrupted.pid, signal.SIGINT)
    output = "".join([*lines, interrupted.communicate(timeout=300)[0]])
    recorded = results(recording)

    assert f"Account:      {Options().account}" in output
    assert f"Endpoint:     {cloud.aws.endpoint_url}" in output
    assert "Import jobs:  at most" in output
    assert interrupted.returncode != 0
    assert ENOUGH <= len(recorded) < len(ASSUMPTIONS)
    assert what_is_left(cloud) == before

    resumed = make("conformance-aws", recording, environment, "YES=1")
    output, _ = resumed.communicate(timeout=300)

    assert resumed.returncode == 0, output
    assert f"{len(ASSUMPTIONS) - len(recorded)} passed" in output
    assert output.count("| never |") == 0
    assert all(f"| {assumption.text} |" in output for assumption in ASSUMPTIONS.values())
    assert recorded.items() <= results(recording).items()
    assert Options().account not in recording.read_text()
    assert what_is_left(cloud) == before


@pytest.mark.slow
def test_cleaning_removes_the_resources_of_every_run_and_no_others(
    cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cloud.aws.process_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONFORMANCE_POLL_SECONDS", "0.2")
    cloud.s3.create_bucket(
        Bucket=f"{PREFIX}abcdef-untagged", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    Resources(Target("other")).dataset_group("not-a-run")
    before = what_is_left(cloud)
    for run in ("abcdef", "012345"):
        resources = Resources(Target(run))
        schema = resources.schema("users", "Users")
        resources.dataset(resources.dataset_group("shared"), "Users", schema)
        resources.put(resources.bucket("data"), "users.csv", "")
        resources.role("import")
    assert len(what_is_left(cloud)) == len(before) + 10

    cleaning = make("conformance-clean", tmp_path / "recording.json", cloud.aws.process_environment())
    output, _ = cleaning.communicate(timeout=120)

    assert cleaning.returncode == 0, output
    assert "Removed 10 resources." in output
    assert what_is_left(cloud) == before


@pytest.mark.slow
def test_nothing_is_created_without_confirmation(cloud: LocalCloud, tmp_path: Path) -> None:
    run = make("conformance-aws", tmp_path / "recording.json", cloud.aws.process_environment())
    output, _ = run.communicate(timeout=60)

    assert "Continue?" in output
    assert run.returncode != 0
    assert not (tmp_path / "recording.json").exists()
