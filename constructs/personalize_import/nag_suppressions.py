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

from personalize_import.synthesis.at_synthesis import at_synthesis, host_tasks
from personalize_import.synthesis.environment import environment_of, may_have_token, once_per_stack, stack_of

# Validations.ACKNOWLEDGED_RULES_METADATA_KEY, which older versions of the CDK don't have. Written as it is here, for
# Validations.acknowledge refuses ids with single brackets, and changes those with blanks: an object's key has either.
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"


@dataclass(frozen=True)
class Acceptance:
    """A rule, and why it doesn't hold; for the wildcards of a policy, which ARNs that is said of, and no others."""

    rule: str
    reason: str
    arns: Sequence[str] = ()


_Known = Sequence[tuple[Acceptance, Sequence[str]]]
"""The suppressions, each with its findings."""


def accept(resource: cdk.CfnResource | None, *acceptances: Acceptance, is_new: bool = False) -> None:
    """Tell cdk-nag what is accepted of a resource, if there is one; ARNs without a wildcard need no acceptance.

    Of one that `is_new` nothing has been said before.
    """
    if resource is None:
        return
    told = [] if is_new else [*(resource.get_metadata("cdk_nag") or {}).get("rules_to_suppress", [])]
    known = [(each, _findings(resource, each)) for each in acceptances]
    suppressions = [_suppression(each, findings) for each, findings in known if findings or not each.arns]
    if new := [each for each in suppressions if each not in told]:
        resource.add_metadata("cdk_nag", {"rules_to_suppress": [*told, *new]})
        _acknowledge(resource, known)
    if may_change := [pair for pair in known if any(may_have_token(_written(resource, arn)) for arn in pair[0].arns)]:
        _may_change(resource).append((resource, may_change))
        host_tasks(resource, resource)


@once_per_stack
def _may_change(stack: cdk.Stack) -> list[tuple[cdk.CfnResource, _Known]]:
    """Return what is accepted of resources for ARNs with tokens in them, to be added to.

    An ARN of another stack is written differently once the CDK has resolved the references between stacks. cdk-nag 3
    reads it after that; cdk-nag 2 reads it before.
    """
    accepted: list[tuple[cdk.CfnResource, _Known]] = []

    def acknowledge_changed() -> None:
        for resource, known in accepted:
            now = [(each, _findings(resource, each)) for each, _ in known]
            _acknowledge(resource, [pair for pair in now if pair not in known])

    at_synthesis(stack, acknowledge_changed)
    return accepted


def _suppression(acceptance: Acceptance, findings: Sequence[str]) -> dict[str, object]:
    told: dict[str, object] = {"id": acceptance.rule, "reason": acceptance.reason}
    return {**told, "applies_to": findings} if acceptance.arns else told


def _acknowledge(resource: cdk.CfnResource, known: _Known) -> None:
    for each, findings in known:
        suffixes = [f"[{finding}]" for finding in findings] if each.arns else [""]
        resource.node.add_metadata(_ACKNOWLEDGED, {f"{each.rule}{suffix}": each.reason for suffix in suffixes})


def _findings(resource: cdk.CfnResource, acceptance: Acceptance) -> list[str]:
    written = [_written(resource, arn) for arn in acceptance.arns]
    flat = [_flat(stack_of(resource).resolve(arn)) if may_have_token(arn) else arn for arn in written]
    return [f"Resource::{arn}" for arn in flat if "*" in arn]


def _written(resource: cdk.CfnResource, arn: str) -> str:
    return environment_of(resource).written(arn, lambda name: f"<{name}>")


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
