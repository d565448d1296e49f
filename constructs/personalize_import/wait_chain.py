"""One import, and as many resources as it takes to wait for it.

CloudFormation waits at most an hour for a custom resource:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html.
So each resource hands over to the next before that, and the last one fails when the whole time is up. Each knows all
properties of the import, for the job may not have had its turn yet when the first one's time is up.
"""

from typing import cast

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis.validation import seconds_of
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute, FirstResource, ResourceProperties


def split_timeout(timeout_seconds: int) -> list[int]:
    """Divide a time, in seconds, into as few parts as possible that one resource may wait for, all about as long."""
    number = -(-timeout_seconds // contract.TIMEOUT_SECONDS_MAX)
    return [timeout_seconds * (leg + 1) // number - timeout_seconds * leg // number for leg in range(number)]


def create_resources(
    scope: Construct, service_token: str, properties: ResourceProperties, timeout: cdk.Duration
) -> list[cdk.CustomResource]:
    """Create the resource that starts the import, and those that go on waiting."""
    known = seconds_of(timeout)
    legs = [timeout.to_seconds()] if known is None else split_timeout(round(known))
    resources: list[cdk.CustomResource] = []
    for number, seconds in enumerate(legs):
        leg: ResourceProperties = {
            **properties,
            "TimeoutSeconds": seconds,
            "HandsOver": True if number + 1 < len(legs) else None,
            "DatasetImportJobArn": _job_arn(resources[-1]) if resources else None,
            "FirstResource": _first(resources[0]) if resources else None,
            "WaitedSeconds": sum(legs[:number]) or None,
        }
        resources.append(
            cdk.CustomResource(
                scope,
                f"Wait{number + 1}" if resources else "Resource",
                resource_type=contract.WAIT_RESOURCE_TYPE if resources else contract.RESOURCE_TYPE,
                service_token=service_token,
                properties={name: value for name, value in leg.items() if value is not None},
            )
        )
    return resources


def _first(resource: cdk.CustomResource) -> FirstResource:
    return {"LogicalId": _logical_id(resource), "PhysicalId": resource.ref}


def _logical_id(resource: cdk.CustomResource) -> str:
    """Return the logical id of a resource, which may still be overridden: a token until synth."""
    return cast("cdk.CfnResource", resource.node.default_child).logical_id


def _job_arn(resource: cdk.CustomResource) -> str:
    return resource.get_att_string(Attribute.DATASET_IMPORT_JOB_ARN.value)
