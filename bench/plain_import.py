"""A construct for an import with nothing of this library: what the CDK expects of a construct, in the fewest calls."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

_REASON: Final = "All objects under the prefix that the job imports."


class PlainImport(Construct):
    """A role with a policy and a custom resource that depends on it.

    Property injectors of each scope are looked up, and the finding of cdk-nag about the role's wildcard is suppressed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        scopes: Sequence[IConstruct],
        trusted: iam.IPrincipal,
        policy: Mapping[str, Any],
        finding: str,
        properties: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, id)
        for each in scopes:
            cdk.PropertyInjectors.has_property_injectors(each)
        document = iam.PolicyDocument.from_json(policy)
        role = iam.Role(self, "Role", assumed_by=trusted, inline_policies={"ReadData": document})
        role.node.add_metadata(cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {finding: _REASON})
        resource = cdk.CfnResource(
            self, "Resource", type="Custom::Import", properties={**properties, "RoleArn": role.role_arn}
        )
        resource.node.add_dependency(role)
