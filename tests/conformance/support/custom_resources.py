"""Stacks with custom resources whose function records the requests that it receives, as objects in a bucket."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.conformance.support.target import TAG, Target, until

# The resource's properties control the response: `Id` is the physical id, `Answer` the status, and `Seconds` the time
# until then. Deletions always succeed, so that stacks can be removed.
_FUNCTION: Final = """\
import json, time, urllib.request, uuid
import boto3

def handler(event, context):
    properties = event["ResourceProperties"]
    key = f"requests/{event['StackId'].split('/')[-1]}/{time.time_ns()}-{uuid.uuid4()}.json"
    kept = {name: value for name, value in event.items() if name != "ResponseURL"}
    boto3.client("s3").put_object(Bucket=properties["Bucket"], Key=key, Body=json.dumps(kept).encode())
    deletes = event["RequestType"] == "Delete"
    time.sleep(0 if deletes else float(properties.get("Seconds", "0")))
    response = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    response["PhysicalResourceId"] = event["PhysicalResourceId"] if deletes else properties["Id"]
    response["Status"] = "SUCCESS" if deletes else properties.get("Answer", "SUCCESS")
    response["Reason"] = "requested by the test"
    body = json.dumps(response).encode()
    put = urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(put)
"""


class CustomResourceStack:
    """A stack with custom resources."""

    def __init__(self, target: Target, bucket: str) -> None:
        """Use a new name; `bucket` receives the requests."""
        self._target = target
        self._bucket = bucket
        self._name = target.new_name("stack")
        self._id = ""

    def create(self, resources: Mapping[str, Mapping[str, Any]]) -> str:
        """Create the stack and return its final status.

        Args:
            resources: The properties of each custom resource by its logical id. They are created in this order.
        """
        created = self._target.cloudformation.create_stack(
            StackName=self._name,
            TemplateBody=self._template(resources),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": TAG, "Value": self._target.run}],
        )
        self._id = created["StackId"]
        return self.ended()

    def start_update(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        """Start an update; `resources` as for `create`."""
        self._target.cloudformation.update_stack(
            StackName=self._name,
            TemplateBody=self._template(resources),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": TAG, "Value": self._target.run}],
        )

    def update(self, resources: Mapping[str, Mapping[str, Any]]) -> str:
        """Update the stack and return its final status; `resources` as for `create`."""
        self.start_update(resources)
        return self.ended()

    def cancel_update(self) -> None:
        """Cancel the running update."""
        self._target.cloudformation.cancel_update_stack(StackName=self._name)

    def ended(self) -> str:
        """Wait until the current operation has ended, and return the stack's status."""

        def status() -> str | None:
            stack = self._target.cloudformation.describe_stacks(StackName=self._id)["Stacks"][0]["StackStatus"]
            return None if stack.endswith("_IN_PROGRESS") else stack

        return until(f"{self._name} has settled", status)

    def when_requested(self, request_type: str, physical_id: str) -> None:
        """Wait until the function has received a request."""
        until(
            f"{request_type} of {physical_id}",
            lambda: True if f"{request_type} {physical_id}" in self.order() else None,
        )

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests that the function has received, in order."""
        s3 = self._target.s3
        prefix = f"requests/{self._id.rsplit('/', 1)[-1]}/"
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix).get("Contents", [])]
        return [json.load(s3.get_object(Bucket=self._bucket, Key=key)["Body"]) for key in sorted(keys)]

    def order(self) -> list[str]:
        """Return the type of each request with its physical id, or with the requested id of a Create."""
        return [
            f"{request['RequestType']} {request.get('PhysicalResourceId', request['ResourceProperties']['Id'])}"
            for request in self.requests()
        ]

    def _template(self, resources: Mapping[str, Mapping[str, Any]]) -> str:
        declared: dict[str, Any] = {"Role": self._role(), "Function": _function()}
        previous: list[str] = []
        for logical_id, properties in resources.items():
            token = {"Fn::GetAtt": ["Function", "Arn"]}
            declared[logical_id] = {
                "Type": "Custom::Conformance",
                "Properties": {"ServiceToken": token, "Bucket": self._bucket, **properties},
                "DependsOn": previous[-1:],
            }
            previous.append(logical_id)
        return json.dumps({"Resources": declared})

    def _role(self) -> dict[str, Any]:
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        objects = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{self._bucket}/requests/*"}
        write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": objects}
        return {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                # Without permissions for logs, the function leaves no log group behind.
                "Policies": [
                    {"PolicyName": "record", "PolicyDocument": {"Version": "2012-10-17", "Statement": [write]}}
                ],
            },
        }


def _function() -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Timeout": 120,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": _FUNCTION},
        },
    }
