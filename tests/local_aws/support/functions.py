"""Lambda functions."""

import io
import json
import zipfile
from typing import Any

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import allow, make_role, trust
from tests.support.until import until

LOGS = allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
FAILS_TO_CREATE = """
import json, urllib.request
def handler(event, context):
    failed = event["RequestType"] == "Create" or event["PhysicalResourceId"] != "made-halfway"
    members = ("StackId", "RequestId", "LogicalResourceId")
    answer = {"Status": "FAILED" if failed else "SUCCESS", "Reason": "so", "PhysicalResourceId": "made-halfway"}
    body = json.dumps({**answer, **{member: event[member] for member in members}}).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""


def zipped(**files: str) -> bytes:
    """Return a package with these files, `_` for the dot of a name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, text in files.items():
            package.writestr(name.replace("_", "."), text)
    return content.getvalue()


def make_function(
    cloud: Cloud, name: str, role: str, code: str, *, runtime: str = "python3.13", file: str = "index_py", **more: Any
) -> str:
    """Create a function whose handler is `handler`, wait until it can be invoked, and return its ARN."""
    functions = cloud.client("lambda")
    created = functions.create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": zipped(**{file: code})},
        **more,
    )
    until(lambda: functions.get_function(FunctionName=name)["Configuration"]["State"] == "Active")
    return str(created["FunctionArn"])


def make_custom_resource_function(cloud: Cloud, name: str, code: str, **more: Any) -> str:
    """Create a function that may write logs, and return its ARN."""
    role = make_role(cloud, name, LOGS, trusting=trust({"Service": "lambda.amazonaws.com"}, {}))
    return make_function(cloud, name, role, code, **more)


def invoke(cloud: Cloud, function: str, **event: Any) -> Any:
    """Return the result of a function, or None if it fails."""
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return None if "FunctionError" in answer else json.load(answer["Payload"])
