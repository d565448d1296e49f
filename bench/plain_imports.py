"""Imports whose resources have the same properties as those of this library, but which need nothing of it.

They have what the CDK expects of a construct, in the fewest calls to its process. The rest is checks of arguments,
warnings, and options that these have not.
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

_REASON: Final = "All objects under the prefix that the job imports."
_READ_OBJECTS: Final = {"Effect": "Allow", "Action": "s3:GetObject"}
_LIST_BUCKET: Final = {"Effect": "Allow", "Action": "s3:ListBucket"}


def plain_imports(stack: cdk.Stack, service_token: str, dataset_arns: list[str], bucket_name: str) -> None:
    """Add an import for each dataset, from a prefix with its number."""
    partition, region, account, scopes = stack.partition, stack.region, stack.account, stack.node.scopes
    conditions = {
        "StringEquals": {"aws:SourceAccount": account},
        "StringLike": {"aws:SourceArn": f"arn:{partition}:personalize:{region}:{account}:*"},
    }
    trusted = iam.ServicePrincipal("personalize.amazonaws.com", conditions=conditions)
    acknowledged = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    path = f"/personalize-import/{region}/{stack.stack_name}/"
    bucket_arn = f"arn:{partition}:s3:::{bucket_name}"
    for number, dataset_arn in enumerate(dataset_arns):
        construct = Construct(stack, f"Import{number}")
        for each in scopes:
            cdk.PropertyInjectors.has_property_injectors(each)
        objects_arn = f"{bucket_arn}/{number}/*"
        statements = [{**_READ_OBJECTS, "Resource": objects_arn}, {**_LIST_BUCKET, "Resource": bucket_arn}]
        document = iam.PolicyDocument.from_json({"Statement": statements})
        role = iam.Role(construct, "Role", path=path, assumed_by=trusted, inline_policies={"ReadData": document})
        finding = f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket_name}/{number}/*]"
        role.node.add_metadata(acknowledged, {finding: _REASON})
        properties = {
            "ServiceToken": service_token,
            "DatasetArn": dataset_arn,
            "DataLocation": f"s3://{bucket_name}/{number}/",
            "RoleArn": role.role_arn,
            "Wait": True,
            "TimeoutSeconds": 3300,
        }
        resource = cdk.CfnResource(construct, "Resource", type="Custom::Import", properties=properties)
        resource.node.add_dependency(role)
