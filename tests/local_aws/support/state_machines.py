"""State machines and their executions."""

import json
from typing import Any

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import Document, make_role, trust
from tests.support.until import until

STATES = {"Service": "states.amazonaws.com"}
PERSONALIZE_SDK = "arn:aws:states:::aws-sdk:personalize"


def make_state_machine(cloud: Cloud, name: str, definition: Document, *statements: Document) -> str:
    """Create a state machine whose role has these statements, and return its ARN."""
    role = make_role(cloud, f"states-{name}", *statements, trusting=trust(STATES, {}))
    created = cloud.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role
    )
    return str(created["stateMachineArn"])


def one_task(resource: str, parameters: Document | None = None, **more: Any) -> Document:
    """Return a definition with one task and a state `Caught` for its Catch."""
    task = {"Type": "Task", "Resource": resource, "Parameters": parameters or {}, "End": True, **more}
    return {"StartAt": "Task", "States": {"Task": task, "Caught": {"Type": "Pass", "End": True}}}


def execute(cloud: Cloud, state_machine: str, **values: Any) -> Document:
    """Run an execution until it ends, and return its description with the output parsed."""
    client = cloud.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=state_machine, input=json.dumps(values))["executionArn"]
    until(lambda: client.describe_execution(executionArn=arn)["status"] != "RUNNING")
    execution: Document = client.describe_execution(executionArn=arn)
    return {**execution, "output": json.loads(execution.get("output") or "null")}
