"""The `Stacks` protocol on boto3."""

from typing import TYPE_CHECKING

import boto3

from personalize_import_handler.aws.calls import CLIENT_CONFIG, call_service
from personalize_import_handler.aws.stacks import RootStack

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


class BotoStacks:
    """AWS CloudFormation through boto3."""

    def __init__(self, client: "CloudFormationClient | None" = None) -> None:
        self._client = client or boto3.client("cloudformation", config=CLIENT_CONFIG)

    def root_of(self, stack_id: str) -> RootStack:
        """Return the root stack of a stack.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
        """
        stack = self._describe(stack_id)
        root_id = stack.get("RootId", stack_id)
        if root_id != stack_id:
            stack = self._describe(root_id)
        return RootStack(stack["StackName"], stack["StackStatus"])

    def _describe(self, stack_id: str) -> "StackTypeDef":
        return call_service("DescribeStacks", lambda: self._client.describe_stacks(StackName=stack_id))["Stacks"][0]
