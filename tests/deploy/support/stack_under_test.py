"""A stack that is deployed with the CloudFormation API, without the CDK CLI."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import FaultStack, users_csv
from tests.support.until import until

# Parts of a ResponseURL, of the real CloudFormation and of the local one.
_RESPONSE_URL: Final = ("X-Amz-Signature", "cfn-response")


class StackUnderTest:
    """A stack with an import of users."""

    stack_class: Callable[..., cdk.Stack] = FaultStack

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        self.location = cloud.put(name.lower(), "users.csv", users_csv("a", "b", "c"))
        self._stack_id = ""
        self._events_before = 0

    def put(self, *users: str, key: str = "others.csv") -> str:
        """Upload a file of other users next to the first one, and return its location."""
        bucket = self.name.lower()
        self.cloud.s3.put_object(Bucket=bucket, Key=key, Body=users_csv(*users))
        return f"s3://{bucket}/{key}"

    def deploy(self, location: str | None = None, **arguments: Any) -> str:
        """Create or update the stack, and return its final status."""
        self.begin(location, **arguments)
        return self.end()

    def begin(self, location: str | None = None, *, another_resource_fails: bool = False, **arguments: Any) -> None:
        """Start to create or update the stack; like the CLI, replace a stack whose creation has failed."""
        if another_resource_fails:
            arguments["name_in_use"] = self._use_name()
        request: Any = {
            "StackName": self.name,
            "TemplateBody": self._template(location or self.location, **arguments),
            "Capabilities": ["CAPABILITY_IAM"],
        }
        if self._stack_id and self.status == "ROLLBACK_COMPLETE":
            self.destroy()
        if self._stack_id:
            self._events_before = len(self._events())
            self.cloud.cloudformation.update_stack(**request)
        else:
            self._stack_id = self.cloud.cloudformation.create_stack(**request)["StackId"]

    def run_out_of_time(self, **arguments: Any) -> str:
        """Create a stack whose job is held until the resource times out, and return the stack's status."""
        self.begin(timeout=cdk.Duration.minutes(1), **arguments)
        until(lambda: self.status == "ROLLBACK_IN_PROGRESS")
        # The Delete of the resource waits for the job too, up to 50 minutes.
        self.cloud.aws.control("POST", "clock", {"speed": 2000})
        status = self.end()
        self.cloud.aws.control("POST", "clock", {"speed": 100})
        return status

    def begin_deletion(self) -> None:
        """Start to delete the stack."""
        self.cloud.cloudformation.delete_stack(StackName=self._stack_id)
        until(lambda: self.status.startswith("DELETE_"))

    def destroy(self) -> None:
        """Delete the stack, so that the next deployment creates another one."""
        self.begin_deletion()
        assert self.end() == "DELETE_COMPLETE"
        self._stack_id, self._events_before = "", 0

    def end(self) -> str:
        """Wait for the end of the operation, and return the stack's status."""
        until(lambda: not self.status.endswith("IN_PROGRESS"))
        return self.status

    @property
    def status(self) -> str:
        """The stack's status."""
        return self.cloud.cloudformation.describe_stacks(StackName=self._stack_id)["Stacks"][0]["StackStatus"]

    @property
    def reason(self) -> str:
        """The reason of the first failure of the last deployment."""
        failures = [event for event in self._events() if event["ResourceStatus"].endswith("_FAILED")]
        return str(failures[0]["ResourceStatusReason"])

    @cached_property
    def dataset_arn(self) -> str:
        """The stack's dataset."""
        group = f"/{self.name}/USERS"
        datasets = self.cloud.personalize.list_datasets()["datasets"]
        return next(dataset["datasetArn"] for dataset in datasets if dataset["datasetArn"].endswith(group))

    @property
    def users(self) -> list[str]:
        """The users in the dataset."""
        return [row["USER_ID"] for row in self.cloud.rows(self.dataset_arn, limit=100)["rows"]]

    @property
    def jobs(self) -> list[str]:
        """The statuses of the stack's jobs, oldest job first."""
        return [job["status"] for job in self.cloud.jobs(self.name)]

    @property
    def stack_id(self) -> str:
        """The stack's ARN, by which a deleted stack is described, too."""
        return self._stack_id

    def assert_is_clean(self) -> None:
        """Check that no execution is running, no rollback has failed, and no log line has a ResponseURL."""
        assert self.executions()
        until(lambda: "RUNNING" not in self.executions())
        assert self.status not in ("ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")
        lines = self.cloud.log_lines()
        assert lines
        for line in lines:
            assert not [part for part in _RESPONSE_URL if part in line], line

    def executions(self) -> list[str]:
        """The statuses of all executions of the stack's state machines."""
        client = self.cloud.client("stepfunctions")
        machines = [m for m in client.list_state_machines()["stateMachines"] if self.name in m["name"]]
        found = [client.list_executions(stateMachineArn=m["stateMachineArn"])["executions"] for m in machines]
        return [execution["status"] for executions in found for execution in executions]

    def function(self, handler: str) -> str:
        """Return the name of the stack's function that has a handler."""
        pages = self.cloud.client("lambda").get_paginator("list_functions").paginate()
        functions = [
            function for page in pages for function in page["Functions"] if self.name in function["FunctionName"]
        ]
        return next(str(f["FunctionName"]) for f in functions if f["Handler"].endswith(f".{handler}"))

    def _events(self) -> list[Any]:
        return self.cloud.events(self._stack_id)[self._events_before :]

    def _use_name(self) -> str:
        """Create a dataset group, so that the name is in use when the stack creates one."""
        name = f"{self.name}-taken"
        self.cloud.personalize.create_dataset_group(name=name)
        return name

    def _template(self, location: str, **arguments: Any) -> str:
        def build(app: cdk.App) -> None:
            self.stack_class(app, self.name, location, **arguments)

        assembly = self.cloud.synthesize(build)
        publish(self.cloud, assembly / f"{self.name}.assets.json")
        # Without indentation, which would make the template too long for a request.
        return json.dumps(json.loads((assembly / f"{self.name}.template.json").read_text()))


def publish(cloud: Cloud, assets: Path) -> None:
    """Upload the assets of a stack to the locations in its template."""
    present = {item["Key"] for item in cloud.s3.list_objects_v2(Bucket=_bucket(cloud)).get("Contents", [])}
    for asset in json.loads(assets.read_text())["files"].values():
        key = next(iter(asset["destinations"].values()))["objectKey"]
        path = assets.parent / asset["source"]["path"]
        if key not in present and path.suffix != ".json":  # the template itself
            body = _zipped(path) if asset["source"]["packaging"] == "zip" else path.read_bytes()
            cloud.s3.put_object(Bucket=_bucket(cloud), Key=key, Body=body)


def _bucket(cloud: Cloud) -> str:
    """Return the name of the asset bucket of `cdk bootstrap`."""
    return next(bucket["Name"] for bucket in cloud.s3.list_buckets()["Buckets"] if "-assets-" in bucket["Name"])


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for path in sorted(folder.rglob("*")):
            package.write(path, path.relative_to(folder))
    return content.getvalue()
