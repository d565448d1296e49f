"""Stacks of native types of Personalize."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.support.until import until

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import CapabilityType

CAPABILITIES: "list[CapabilityType]" = ["CAPABILITY_IAM"]


def template(name: str, *, schema_name: str = "", schema: str = "") -> str:
    resources = {
        "Group": native_resource("DatasetGroup", Name=name),
        "Schema": native_resource("Schema", Name=schema_name or name, Schema=schema or users_schema()),
        "Dataset": native_resource(
            "Dataset",
            Name=name,
            DatasetType="Users",
            DatasetGroupArn={"Fn::GetAtt": ["Group", "DatasetGroupArn"]},
            SchemaArn={"Ref": "Schema"},
        ),
    }
    outputs: dict[str, Any] = {f"{kind}Ref": {"Ref": kind} for kind in resources}
    attributes = {"Group": "DatasetGroupArn", "Schema": "SchemaArn", "Dataset": "DatasetArn"}
    outputs |= {f"{kind}Arn": {"Fn::GetAtt": [kind, attribute]} for kind, attribute in attributes.items()}
    return json.dumps({"Resources": resources, "Outputs": {key: {"Value": value} for key, value in outputs.items()}})


def native_resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Personalize::{kind}", "Properties": properties}


class Stack:
    """A stack, and how it stands."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud, self.name = cloud, name

    def create(self, text: str) -> str:
        self.cloud.cloudformation.create_stack(StackName=self.name, TemplateBody=text, Capabilities=CAPABILITIES)
        return self.settled()

    def update(self, text: str) -> str:
        self.cloud.cloudformation.update_stack(StackName=self.name, TemplateBody=text, Capabilities=CAPABILITIES)
        return self.settled()

    def delete(self) -> None:
        self.cloud.cloudformation.delete_stack(StackName=self.name)
        until(lambda: self.status() in ("DELETE_COMPLETE", "DELETE_FAILED"))
        assert self.status() == "DELETE_COMPLETE"

    def settled(self) -> str:
        until(lambda: not self.status().endswith("IN_PROGRESS"))
        return self.status()

    def status(self) -> str:
        try:
            return str(self.cloud.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"])
        except ClientError:
            return "DELETE_COMPLETE"

    def reason(self) -> str:
        failed = [event for event in self.cloud.events(self.name) if "FAILED" in event["ResourceStatus"]]
        return str(failed[0]["ResourceStatusReason"])
