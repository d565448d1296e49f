"""Errors of functions: Lambda reports an exception's class, and state machines match it."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import make_function
from tests.local_aws.support.server_setup import ACCOUNT, allow, make_role, trust
from tests.local_aws.support.state_machines import execute, make_state_machine, one_task
from tests.support.until import until

PYTHON = """
import os
class NotYetError(Exception): ...
failures = []
def handler(event, context):
    if event.get("exits"):
        os._exit(1)
    failures.append(event)
    if len(failures) <= event["failures"]:
        raise NotYetError("the job is running")
    return len(failures)
"""
NODEJS = """
class NotYetError extends Error {
  constructor(message) { super(message); this.name = "NotYetError"; }
}
exports.handler = async (event) => {
  if (event.throws === "text") throw "only a text";
  throw new NotYetError("the job is running");
};
"""


def role_of_functions(cloud: Cloud, name: str) -> str:
    return make_role(cloud, name, trusting=trust({"Service": "lambda.amazonaws.com"}, {}))


def report(cloud: Cloud, function: str, **event: Any) -> Any:
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    assert answer["FunctionError"] == "Unhandled"
    return json.load(answer["Payload"])


def test_an_exception_in_python_is_reported_with_its_class_and_an_exit_as_such(cloud: Cloud, name: str) -> None:
    make_function(cloud, name, role_of_functions(cloud, name), PYTHON)
    found = report(cloud, name, failures=1)
    assert (found["errorType"], found["errorMessage"]) == ("NotYetError", "the job is running")
    assert 'raise NotYetError("the job is running")' in found["stackTrace"][-1]
    assert report(cloud, name, exits=True)["errorType"] == "Runtime.ExitError"


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        (
            "import no_such_module",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'no_such_module'",
        ),
        ("int('x')", "ValueError", "invalid literal for int() with base 10: 'x'"),
    ],
)
def test_an_error_while_the_code_is_loaded_is_reported(
    cloud: Cloud, name: str, code: str, error_type: str, message: str
) -> None:
    make_function(cloud, name, role_of_functions(cloud, name), code)
    found = report(cloud, name)
    assert (found["errorType"], found["errorMessage"]) == (error_type, message)


def test_an_exception_in_javascript_is_reported_with_its_name(cloud: Cloud, name: str) -> None:
    functions, content = cloud.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("index.js", NODEJS)
    functions.create_function(
        FunctionName=name,
        Runtime="nodejs22.x",
        Role=role_of_functions(cloud, name),
        Handler="index.handler",
        Code={"ZipFile": content.getvalue()},
    )
    until(lambda: functions.get_function(FunctionName=name)["Configuration"]["State"] == "Active")
    found, text = report(cloud, name), report(cloud, name, throws="text")
    assert (found["errorType"], found["errorMessage"]) == ("NotYetError", "the job is running")
    assert (text["errorType"], text["errorMessage"]) == ("string", "only a text")


def test_a_state_machine_retries_and_catches_an_exception_by_its_class(cloud: Cloud, name: str) -> None:
    function = make_function(cloud, name, role_of_functions(cloud, name), PYTHON)
    definition = one_task(
        "arn:aws:states:::lambda:invoke",
        {"FunctionName": function, "Payload.$": "$"},
        Retry=[{"ErrorEquals": ["NotYetError"], "MaxAttempts": 2, "IntervalSeconds": 1}],
        Catch=[{"ErrorEquals": ["NotYetError"], "Next": "Caught"}],
    )
    machine = make_state_machine(cloud, name, definition, allow("lambda:InvokeFunction"))
    assert execute(cloud, machine, failures=2)["output"]["Payload"] == 3
    caught = execute(cloud, machine, failures=100)["output"]
    assert caught["Error"] == "NotYetError"
    assert json.loads(caught["Cause"])["errorMessage"] == "the job is running"


def test_a_state_machine_invokes_a_function_by_its_name_or_partial_arn(cloud: Cloud, name: str) -> None:
    arn = make_function(cloud, name, role_of_functions(cloud, name), PYTHON)
    definition = one_task("arn:aws:states:::lambda:invoke", {"FunctionName.$": "$.function", "Payload.$": "$"})
    machine = make_state_machine(cloud, name, definition, allow("lambda:InvokeFunction", on=arn))
    for function in (name, f"{ACCOUNT}:function:{name}", arn):
        execution = execute(cloud, machine, function=function, failures=0)
        assert execution["status"] == "SUCCEEDED", execution.get("cause")
