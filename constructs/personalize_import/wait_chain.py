"""The wait chain of an import: one resource starts the job, and more resources wait for it if the timeout is long.

CloudFormation waits at most an hour for a custom resource:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html.
Each resource completes before that, and only the last one fails when the timeout has expired. Each has all properties
of the import, because the job may still be queued when the next resource continues.
"""

from typing import Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis.validation import seconds_of
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute, ResourceProperties

_ADDED: Final[WeakKeyDictionary[cdk.CfnResource, dict[str, object]]] = WeakKeyDictionary()


def split_timeout(timeout_seconds: int) -> list[int]:
    """Split a timeout, in seconds, into the fewest parts for which one resource can wait, of about equal length."""
    number = -(-timeout_seconds // contract.TIMEOUT_SECONDS_MAX)
    return [timeout_seconds * (part + 1) // number - timeout_seconds * part // number for part in range(number)]


def create_wait_chain(
    scope: Construct, service_token: str, properties: ResourceProperties, timeout: cdk.Duration
) -> list[cdk.CfnResource]:
    """Create the resource that starts the import, and the resources that wait after it."""
    known = seconds_of(timeout)
    parts = [timeout.to_seconds()] if known is None else split_timeout(round(known))
    chain: list[cdk.CfnResource] = []
    for number, seconds in enumerate(parts):
        own: ResourceProperties = {
            **properties,
            "TimeoutSeconds": seconds,
            "HandsOver": True if number + 1 < len(parts) else None,
            "DatasetImportJobArn": get_att_string(chain[-1], Attribute.DATASET_IMPORT_JOB_ARN) if chain else None,
            "FirstResource": {"LogicalId": chain[0].logical_id, "PhysicalId": chain[0].ref} if chain else None,
            "WaitedSeconds": sum(parts[:number]) or None,
        }
        given = {name: value for name, value in own.items() if value is not None}
        chain.append(
            cdk.CfnResource(
                scope,
                f"Wait{number + 1}" if chain else "Resource",
                type=contract.WAIT_RESOURCE_TYPE if chain else contract.RESOURCE_TYPE,
                properties={"ServiceToken": service_token, **given},
            )
        )
    return chain


def get_att_string(resource: cdk.CfnResource, attribute: str) -> str:
    """Return an attribute of a resource as a string token (`Fn::GetAtt`)."""
    return resource.get_att(str(attribute)).to_string()


def add_property(resource: cdk.CfnResource, name: str, value: object) -> None:
    """Add a property to a resource that exists already, or replace it."""
    resource.add_property_override(name, value)
    _ADDED.setdefault(resource, {})[name] = value


def added_properties(resource: cdk.CfnResource) -> dict[str, object]:
    """Return the properties that were added to a resource with `add_property`; the CDK doesn't return overrides."""
    return dict(_ADDED.get(resource, {}))
