"""State between two runs of the server."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from personalize_local.server.launcher import LocalAws, LocalAwsError
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import finished, make_import_role, put_users, start_job
from tests.local_aws.support.stacks import Stack, template
from tests.support.until import until


@pytest.mark.slow
def test_the_next_run_continues_with_the_state_of_the_last_one(temporary: Path, tmp_path: Path) -> None:
    options = Options(speed=100, import_seconds=10, state=tmp_path / "kept" / "state")
    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        assert Stack(cloud, "kept").create(template("kept")) == "CREATE_COMPLETE"
        outputs, location, role = cloud.outputs("kept"), put_users(cloud, "kept"), make_import_role(cloud, "kept")
        finished(cloud, start_job(cloud.personalize, "first", outputs["DatasetArn"], location, role))
        jobs, rows = cloud.jobs("first"), cloud.rows(outputs["DatasetArn"], limit=10)
        time_before = aws.control("GET", "status")["now"]
    assert list(temporary.iterdir()) == []

    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        assert aws.control("GET", "status")["now"] >= time_before
        assert cloud.jobs("first") == jobs
        assert cloud.rows(outputs["DatasetArn"], limit=10) == rows
        assert cloud.outputs("kept") == outputs
        # The bucket, its policy and the role are there too: a second job reads with them.
        again = start_job(cloud.personalize, "second", outputs["DatasetArn"], location, role)
        assert finished(cloud, again)["status"] == "ACTIVE"
        Stack(cloud, "kept").delete()
        assert cloud.personalize.list_datasets()["datasets"] == []


@pytest.mark.slow
def test_without_a_folder_no_state_is_kept(temporary: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with LocalAws(Options(speed=100)) as aws:
            personalize = Cloud(aws, tmp_path).personalize
            assert personalize.list_dataset_groups()["datasetGroups"] == []
            personalize.create_dataset_group(name="forgotten")


@pytest.mark.slow
def test_a_stack_whose_operation_was_killed_can_be_deleted_or_rolled_back(tmp_path: Path) -> None:
    options = Options(speed=100, state=tmp_path / "state")
    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        assert Stack(cloud, "updated").create(stack_with("updated")) == "CREATE_COMPLETE"
        cloud.cloudformation.update_stack(StackName="updated", TemplateBody=stack_with("updated", waits=True))
        cloud.cloudformation.create_stack(StackName="created", TemplateBody=stack_with("created", waits=True))
        until(lambda: is_waiting(cloud, "updated") and is_waiting(cloud, "created"))
        kill(aws)

    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        created, updated = Stack(cloud, "created"), Stack(cloud, "updated")
        assert (created.status(), updated.status()) == ("ROLLBACK_FAILED", "UPDATE_FAILED")
        reason = cloud.cloudformation.describe_stacks(StackName="created")["Stacks"][0]["StackStatusReason"]
        assert reason == "The local AWS was stopped during the operation"
        created.delete()
        cloud.cloudformation.rollback_stack(StackName="updated")
        assert updated.settled() == "UPDATE_ROLLBACK_COMPLETE"
        assert updated.update(stack_with("updated", more="Parameter")) == "UPDATE_COMPLETE"
        updated.delete()
        assert cloud.client("ssm").describe_parameters()["Parameters"] == []


@pytest.mark.slow
def test_a_damaged_file_is_reported_at_the_start_and_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_text("x" * 10_000)
    with pytest.raises(LocalAwsError) as error, LocalAws(Options(state=tmp_path)):
        pass
    assert str(error.value) == (
        f"{tmp_path / 'state.sqlite'} can't be read: file is not a database; "
        f"delete {tmp_path} to start without its state"
    )


def stack_with(name: str, *, waits: bool = False, more: str = "") -> str:
    """Return a template with parameters of Systems Manager, and a condition that waits until it is killed."""
    resources: dict[str, Any] = {
        f"{kind}{name}": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": kind}}
        for kind in ("First", more)
        if kind
    }
    if waits:
        resources["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
        properties = {"Handle": {"Ref": "Handle"}, "Timeout": "3600", "Count": 1}
        condition = {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": f"First{name}",
            "Properties": properties,
        }
        resources["Condition"] = condition
    return json.dumps({"Resources": resources})


def is_waiting(cloud: Cloud, stack: str) -> bool:
    return any(event["LogicalResourceId"] == "Condition" for event in cloud.events(stack))


def kill(aws: LocalAws) -> None:
    assert aws.pid
    os.kill(aws.pid, signal.SIGKILL)
