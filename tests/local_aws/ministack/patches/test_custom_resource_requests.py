"""A function that fails on a CloudFormation request fails the stack with a reason, instead of an hour without one."""

import json
from pathlib import Path
from typing import Any

import pytest

from personalize_local.javascript_sdk.installation import INSTALL_COMMAND
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import make_custom_resource_function
from tests.local_aws.support.stacks import Stack

NODE = {"runtime": "nodejs22.x", "file": "index_js"}


def created(cloud: Cloud, name: str, code: str, **function: Any) -> tuple[str, str]:
    """Create a stack with a custom resource, and return the stack's status and the resource's reason."""
    token = make_custom_resource_function(cloud, name, code, **function)
    stack = Stack(cloud, name)
    resource = {"Type": "Custom::Any", "Properties": {"ServiceToken": token}}
    status = stack.create(json.dumps({"Resources": {"Any": resource}}))
    return status, stack.reason()


def invocations(cloud: Cloud, function: str) -> int:
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}", filterPattern="START")
    return len(events["events"])


@pytest.mark.parametrize(
    ("code", "function", "problem"),
    [
        pytest.param("import pandas_of_a_layer", {}, "No module named 'pandas_of_a_layer'", id="missing-module"),
        pytest.param("def handle(event, context): ...", {}, "no attribute 'handler'", id="no-handler"),
        pytest.param("import os; print('exits', flush=True); os._exit(3)", {}, "exits", id="exits"),
        pytest.param(
            "require('lodash'); exports.handler = () => {}", NODE, "find module 'lodash'", id="missing-package"
        ),
        pytest.param("", {"runtime": "java21"}, "the local AWS runs functions in Python and Node", id="java"),
    ],
)
def test_a_function_that_cannot_start_fails_the_stack_without_a_retry(
    cloud: Cloud, name: str, code: str, function: dict[str, str], problem: str
) -> None:
    status, reason = created(cloud, name, code, **function)

    assert status == "ROLLBACK_COMPLETE"
    assert reason.startswith(f"Any: the function {name} could not be started: ")
    assert problem in reason
    assert invocations(cloud, name) == 1


def test_a_missing_package_of_the_sdk_is_reported_with_the_command_that_installs_it(cloud: Cloud, name: str) -> None:
    _, reason = created(cloud, name, "require('@aws-sdk/client-braket'); exports.handler = () => {}", **NODE)

    assert "The local AWS has no '@aws-sdk/client-braket'" in reason
    assert INSTALL_COMMAND in reason


def test_a_function_that_fails_each_time_fails_the_resource_with_its_error(
    cloud: Cloud, name: str, tmp_path: Path
) -> None:
    notes = tmp_path / "requests"
    code = f"""
def handler(event, context):
    with open({str(notes)!r}, "a") as file:
        file.write(event["RequestType"] + " ")
    raise ValueError("no such table")
"""
    status, reason = created(cloud, name, code)

    # The rollback's Delete fails too: CloudFormation sends one, because the function may have created something.
    assert status == "ROLLBACK_FAILED"
    assert reason == f"Any: the function {name} failed and sent no response: no such table"
    assert notes.read_text().split() == ["Create"] * 3 + ["Delete"] * 3
