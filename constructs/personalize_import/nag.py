"""Says why a rule of cdk-nag doesn't hold for a resource; nothing here needs cdk-nag.

cdk-nag 2 reads that from the resource's metadata in the template, and cdk-nag 3 from the metadata of the construct:
https://github.com/cdklabs/cdk-nag/blob/v2/README.md#suppressing-a-rule,
https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk/Validations.html.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import aws_cdk as cdk
import jsii
from constructs import IValidation

# Validations.ACKNOWLEDGED_RULES_METADATA_KEY, which older versions of the CDK don't have. Written as it is here, for
# Validations.acknowledge refuses ids with single brackets, and changes those with blanks: an object's key has either.
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"


@dataclass(frozen=True)
class Acceptance:
    """A rule, and why it doesn't hold; for the wildcards of a policy, which ARNs that is said of, and no others."""

    rule: str
    reason: str
    arns: Sequence[str] = ()


def accept(resource: cdk.CfnResource | None, *acceptances: Acceptance) -> None:
    """Tell cdk-nag what is accepted of a resource, if there is one; ARNs without a wildcard need no acceptance."""
    if resource is None:
        return
    _tell(resource, acceptances)
    resource.node.add_validation(_AsDeployed(resource, acceptances))


@jsii.implements(IValidation)
class _AsDeployed:
    """Says it again when the template is about to be written: an ARN of another stack reads differently by then."""

    def __init__(self, resource: cdk.CfnResource, acceptances: Sequence[Acceptance]) -> None:
        self._resource = resource
        self._acceptances = [each for each in acceptances if each.arns]

    def validate(self) -> list[str]:
        """Find nothing wrong."""
        _tell(self._resource, self._acceptances)
        return []


def _tell(resource: cdk.CfnResource, acceptances: Sequence[Acceptance]) -> None:
    # Beside what the app has said of the resource itself, and what was said before.
    told = (resource.get_metadata("cdk_nag") or {}).get("rules_to_suppress", [])
    suppressions = [_suppression(resource, each) for each in acceptances if not each.arns or _findings(resource, each)]
    if new := [each for each in suppressions if each not in told]:
        resource.add_metadata("cdk_nag", {"rules_to_suppress": [*told, *new]})
        _acknowledge(resource, acceptances)


def _suppression(resource: cdk.CfnResource, acceptance: Acceptance) -> dict[str, object]:
    told: dict[str, object] = {"id": acceptance.rule, "reason": acceptance.reason}
    return {**told, "applies_to": _findings(resource, acceptance)} if acceptance.arns else told


def _acknowledge(resource: cdk.CfnResource, acceptances: Sequence[Acceptance]) -> None:
    for each in acceptances:
        findings = [f"[{finding}]" for finding in _findings(resource, each)] if each.arns else [""]
        resource.node.add_metadata(_ACKNOWLEDGED, {f"{each.rule}{finding}": each.reason for finding in findings})


def _findings(resource: cdk.CfnResource, acceptance: Acceptance) -> list[str]:
    flat = [_flat(cdk.Stack.of(resource).resolve(arn)) for arn in acceptance.arns]
    return [f"Resource::{arn}" for arn in flat if "*" in arn]


def _flat(value: object) -> str:
    """Write an ARN as cdk-nag does: https://github.com/cdklabs/cdk-nag/blob/main/src/utils/flatten-cfn-reference.ts."""
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str(delimiter), [*parts]]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flat(resource)}.{_flat(attribute)}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case {"Ref": name}:
            return f"<{_flat(name)}>"
    return json.dumps(cast("Mapping[str, Any]", value), separators=(",", ":"), ensure_ascii=False)
