"""Deploy, change and delete the two stacks of the demo, in steps that need every permission."""

import copy
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.permission_removal import Template

NAME: Final = "RemovalProof"
"""Placeholder for the names of the stacks in the templates."""
DATA: Final = f"{NAME}Data"
DEMO: Final = f"{NAME}Demo"

_JOB: Final = "Custom::PersonalizeDatasetImportJob"
# An invalid request, whose problems are logged without the URL.
_NO_REQUEST: Final = b'{"ResponseURL": "https://127.0.0.1:9"}'
_DEADLINE_SECONDS: Final = 300
# A step takes some seconds. After that, the state machine may be unable to invoke the function.
_PATIENCE_SECONDS: Final = 8


class PermissionRun:
    """One run with a separate pair of stacks."""

    poll_seconds = 0.2

    def __init__(self, cloud: Cloud, number: int, templates: Mapping[str, Template], data: bytes) -> None:
        self._cloud = cloud
        self._name = f"{NAME}{number:02}"
        self._data_template = self._named(templates[DATA])
        self._template = self._named(templates[DEMO])
        self._data = data
        self._ids: dict[str, str] = {}

    def first_failure(self) -> str:
        """Run all steps, and return the reason of the first failure; "" if all succeed."""
        return next(filter(None, self._steps()), "")

    def _steps(self) -> Iterator[str]:
        yield self._change(self._data_stack, self._data_template)
        bucket = self._cloud.outputs(self._data_stack)["BucketName"]
        self._cloud.s3.put_object(Bucket=bucket, Key="interactions/data.csv", Body=self._data)
        yield self._change(self._stack, self._with_tags({"kept": "1", "dropped": "1"}, "1"))
        yield self._change(self._stack, self._with_tags({"kept": "2"}, "1"))
        yield self._change(self._stack, self._with_tags({"kept": "2"}, "2"))
        yield self._function_without_log()
        yield self._change(self._stack, self._without_import())
        yield self._refused_during_the_delete()
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

    def _with_tags(self, tags: Mapping[str, str], reimport_token: str) -> Template:
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
        """Wait for the end of the operation, and return the reason of the first failure; "" if it succeeds."""
        started_at = time.monotonic()
        while time.monotonic() < started_at + _DEADLINE_SECONDS:
            time.sleep(self.poll_seconds)
            events = self._cloud.events(self._ids[stack])[events_before:]
            if failed := [event for event in events if event["ResourceStatus"].endswith("_FAILED")]:
                return str(failed[0]["ResourceStatusReason"])
            of_stack = [event for event in events if event["PhysicalResourceId"] == self._ids[stack]]
            if of_stack and of_stack[-1]["ResourceStatus"].endswith("_COMPLETE"):
                return ""
            if time.monotonic() > started_at + _PATIENCE_SECONDS and (refused := self._refused_to_the_state_machine()):
                return refused
        raise AssertionError(f"{stack} neither succeeded nor failed")

    def _refused_to_the_state_machine(self) -> str:
        """Return the last error of the state machine: without polls there is no response before the timeout."""
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
        """Return the template without the import, its dependents and its outputs."""
        template = copy.deepcopy(self._template)
        (job,) = [name for name, resource in template["Resources"].items() if resource["Type"] == _JOB]
        template["Resources"] = {
            name: resource
            for name, resource in template["Resources"].items()
            if name != job and job not in resource.get("DependsOn", [])
        }
        del template["Outputs"]
        return template

    def _refused_during_the_delete(self) -> str:
        """Return the last log line about a missing permission, with which a Delete still succeeds."""
        return next((line for line in reversed(self._log()) if "not authorized to perform" in line), "")

    def _function_without_log(self) -> str:
        """Invoke both functions, and report one that writes no log."""
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
