"""Services of ministack are loaded when a resource first needs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.deploy.support.cloud import Cloud
from tests.support.until import until

PROGRAM = """
import sys
from personalize_local.ministack.patches.service_loading import load_services_on_first_use
load_services_on_first_use()
from ministack.services.cloudformation import provisioners
before = set(sys.modules)
provisioners._ec2._vpcs
print(*("ministack.services.ec2" in names for names in (before, sys.modules)))
print(provisioners._ec2._vpcs is sys.modules["ministack.services.ec2"]._vpcs)
print(*(name for name, module in sys.modules.items() if type(module).__name__ == "_Service"))
"""
TABLE: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "TableName": "loaded-on-first-use",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}


def test_a_service_is_loaded_when_one_of_its_attributes_is_used(tmp_path: Path) -> None:
    # ministack reads its configuration when it is imported: not in the process of the tests.
    environment = {**os.environ, "STATE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["False True", "True", ""]


def test_a_stack_and_the_client_of_a_service_use_the_same_resources(cloud: Cloud) -> None:
    stack, client = "loaded-on-first-use", cloud.cloudformation
    client.create_stack(StackName=stack, TemplateBody=json.dumps({"Resources": {"Table": TABLE}}))
    until(lambda: not client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"))

    described = cloud.client("dynamodb").describe_table(TableName=stack)["Table"]

    assert described["KeySchema"] == TABLE["Properties"]["KeySchema"]
