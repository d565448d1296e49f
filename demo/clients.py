"""AWS clients for the AWS on this machine, as the demo uses them."""

from typing import TYPE_CHECKING, Any

import boto3

from personalize_local.server import LocalAws

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


class Clients:
    """S3 and CloudFormation."""

    def __init__(self, aws: LocalAws) -> None:
        environment = aws.environment
        session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )
        where: dict[str, Any] = {"endpoint_url": aws.endpoint_url, "verify": environment["AWS_CA_BUNDLE"]}
        self.s3 = session.client("s3", **where)
        self.cloudformation: CloudFormationClient = session.client("cloudformation", **where)

    def outputs(self, stack_name: str) -> dict[str, str]:
        """Return a stack's outputs."""
        stack = self.cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def empty_bucket(self, stack_name: str) -> None:
        """Delete what is in the data stack's bucket; CloudFormation deletes no bucket that holds anything."""
        for stack in self.cloudformation.describe_stacks()["Stacks"]:
            if stack["StackName"] == stack_name:
                bucket = self.outputs(stack_name)["BucketName"]
                for item in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                    self.s3.delete_object(Bucket=bucket, Key=item["Key"])
