"""The demo's two stacks, deployed, changed and deleted so that every permission is needed once."""

import copy
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.removal import Template

NAME: Final = "RemovalProof"
"""Stands for the stacks' names in the templates."""
DATA: Final = f"{NAME}Data"
DEMO: Final = f"{NAME}Demo"

_JOB: Final = "Custom::PersonalizeDatasetImportJob"
# It is refused in the log, by naming what it lacks; the address is one that may not be named there.
_NO_REQUEST: Final = b'{"ResponseURL": "https://127.0.0.1:9"}'
_DEADLINE_SECONDS: Final = 150
# A step takes some seconds. If it takes longer, perhaps nobody can answer CloudFormation.
_PATIENCE_SECONDS: Final = 8


class Trial:
    """One pair of stacks, with names of their own."""

    seconds_between_looks = 0.2

    def __init__(self, cloud: Cloud, number: int, templates: Mapping[str, Template], data: bytes) -> None:
        self._cloud = cloud
        self._name = f"{NAME}{number:02}"
        self._data_template = self._named(templates[DATA])
        self._template = self._named(templates[DEMO])
        self._data = data
        self._ids: dict[str, str] = {}

    def refusal(self) -> str:
        """Go through all steps, and return what the first one that fails is refused with; nothing if all succeed."""
        return next(filter(None, self._steps()), "")

    def _steps(self) -> Iterator[str]:
        yield self._change(self._data_stack, self._data_template)
        bucket = self._cloud.outputs(self._data_stack)["BucketName"]
        self._cloud.s3.put_object(Bucket=bucket, Key="interactions/data.csv", Body=self._data)
        yield self._change(self._stack, self._asking({"kept": "1", "dropped": "1"}, "1"))
        yield self._change(self._stack, self._asking({"kept": "2"}, "1"))
        yield self._change(self._stack, self._asking({"kept": "2"}, "2"))
        yield self._silence()
        yield self._change(self._stack, self._without_import())
        yield self._refused_to_the_delete()
        yield self._delete(self._stack)
        self._cloud.s3.delete_object(Bucket=bucket, Key="interactions/data.csv")
        yield self._delete(self._data_stack)

    @property
    def _data_stack(self) -> str:
        return f"{self._name}Data"

    @property
    def _stack(self) -> str:
        return f"{self._name}Demo"

    def _named(self, template: Template) -> Template:
        named: Template = json.loads(json.dumps(template).replace(NAME, self._name))
        return named

    def _asking(self, tags: Mapping[str, str], reimport_token: str) -> Template:
        template = copy.deepcopy(self._template)
        (job,) = [resource for resource in template["Resources"].values() if resource["Type"] == _JOB]
        job["Properties"]["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        job["Properties"]["ReimportToken"] = reimport_token
        return template

    def _change(self, stack: str, template: Template) -> str:
        request: Any = {
            "StackName": stack,
            "TemplateBody": json.dumps(template),
            "Capabilities": ["CAPABILITY_IAM"],
        }
        cloudformation = self._cloud.cloudformation
        if stack in self._ids:
            before = len(self._cloud.events(self._ids[stack]))
            cloudformation.update_stack(**request)
            return self._failure(stack, before)
        self._ids[stack] = cloudformation.create_stack(**request)["StackId"]
        return self._failure(stack, 0)

    def _delete(self, stack: str) -> str:
        before = len(self._cloud.events(self._ids[stack]))
        self._cloud.cloudformation.delete_stack(StackName=self._ids[stack])
        return self._failure(stack, before)

    def _failure(self, stack: str, events_before: int) -> str:
        """Wait until something fails, and return what is said of it; nothing if all that is under way succeeds."""
        begun = time.monotonic()
        while time.monotonic() < begun + _DEADLINE_SECONDS:
            time.sleep(self.seconds_between_looks)
            events = self._cloud.events(self._ids[stack])[events_before:]
            if failed := [event for event in events if event["ResourceStatus"].endswith("_FAILED")]:
                return str(failed[0]["ResourceStatusReason"])
            of_stack = [event for event in events if event["PhysicalResourceId"] == self._ids[stack]]
            if of_stack and of_stack[-1]["ResourceStatus"].endswith("_COMPLETE"):
                return ""
            if time.monotonic() > begun + _PATIENCE_SECONDS and (refused := self._refused_to_the_waiter()):
                return refused
        raise AssertionError(f"{stack} neither succeeded nor failed")

    def _refused_to_the_waiter(self) -> str:
        """Return the last error of the state machine, which without a look can't answer before its time is up."""
        client = self._cloud.client("stepfunctions")
        for machine in client.list_state_machines()["stateMachines"]:
            if self._stack in machine["name"]:
                for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
                    history = client.get_execution_history(executionArn=execution["executionArn"], reverseOrder=True)
                    for event in history["events"]:
                        if event["type"] == "TaskFailed":
                            return str(event["taskFailedEventDetails"]["cause"])
        return ""

    def _without_import(self) -> Template:
        """Return the template without the import, what depends on it and what is put out of it."""
        template = copy.deepcopy(self._template)
        (job,) = [name for name, resource in template["Resources"].items() if resource["Type"] == _JOB]
        template["Resources"] = {
            name: resource
            for name, resource in template["Resources"].items()
            if name != job and job not in resource.get("DependsOn", [])
        }
        del template["Outputs"]
        return template

    def _refused_to_the_delete(self) -> str:
        """Return the last line of the log that names a permission: a Delete succeeds all the same."""
        return next((line for line in reversed(self._log()) if "not authorized to perform" in line), "")

    def _silence(self) -> str:
        """Invoke both functions, and name the one that leaves nothing in the log."""
        for part in self._parts():
            if part["ResourceType"] == "AWS::Lambda::Function":
                lines = len(self._log())
                self._cloud.client("lambda").invoke(FunctionName=part["PhysicalResourceId"], Payload=_NO_REQUEST)
                if len(self._log()) == lines:
                    return f"{part['LogicalResourceId']} has left no log"
        return ""

    def _log(self) -> list[str]:
        by_type = {part["ResourceType"]: part["PhysicalResourceId"] for part in self._parts()}
        paginator = self._cloud.client("logs").get_paginator("filter_log_events")
        pages = paginator.paginate(logGroupName=by_type["AWS::Logs::LogGroup"])
        return [event["message"] for page in pages for event in page["events"]]

    def _parts(self) -> list[Any]:
        parts = self._cloud.cloudformation.describe_stack_resources(StackName=self._stack)
        return list(parts["StackResources"])
