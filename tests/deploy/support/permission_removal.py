"""Templates without one permission each: every part of every policy and function permission is removed once."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Template = dict[str, Any]
Document = dict[str, Any]

TRUST: Final = "sts:AssumeRole"
# A trust policy needs an action; this one allows no principal to assume the role.
_ANOTHER_ACTION: Final = "sts:TagSession"
_INVALID: Final = {
    "aws:SourceAccount": "111122223333",
    "aws:SourceArn": "arn:aws:personalize:eu-west-1:111122223333:*",
    "iam:PassedToService": "lambda.amazonaws.com",
}
_PERMISSION: Final = "AWS::Lambda::Permission"
_INVALID_RULE: Final = "arn:aws:events:eu-west-1:111122223333:rule/another"
_KEY = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html"
_LOG_KEY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
_TRACING = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"
ONLY_ON_AWS: Final = {
    **dict.fromkeys(
        ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"), _KEY
    ),
    **dict.fromkeys(
        (
            *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
        ),
        _TRACING,
    ),
    **dict.fromkeys(("kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"), _LOG_KEY),
    "s3:*": "https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html",
}
"""Actions that the local AWS can't exercise, with their documentation; docs/security.md has the reasons."""
_POLICIES: Final = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
}


@dataclass(frozen=True)
class Variant:
    """Templates by stack, one of them without one part of a policy."""

    policy: str
    statement: str
    action: str
    missing: str
    templates: Mapping[str, Template]

    def __str__(self) -> str:
        return f"{self.policy} without {self.missing}"


def policies(template: Template) -> list[tuple[str, Document]]:
    """Return every policy of a template, with a name."""
    found = [policy for name, resource in template["Resources"].items() for policy in _policies_of(name, resource)]
    statements = sum(len(document["Statement"]) for _, document in found)
    assert json.dumps(template).count('"Effect"') == statements, "a policy is missing"
    return found


def _policies_of(logical_id: str, resource: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    properties = resource.get("Properties", {})
    if name := _POLICIES.get(resource["Type"]):
        yield f"{logical_id}.{name}", properties[name]
    for inline in properties.get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []:
        yield f"{logical_id}.{inline['PolicyName']}", inline["PolicyDocument"]


def actions(statement: Document) -> list[str]:
    """Return the actions of a statement."""
    action = statement["Action"]
    return [action] if isinstance(action, str) else list(action)


def variants(templates: Mapping[str, Template]) -> Iterator[Variant]:
    """Yield the templates without each action, resource and value of a condition, one at a time.

    A statement with one action is removed completely. Deny statements stay, because no deploy needs them. Permissions
    of functions, which are resources, are removed, too, and get another source.
    """
    for stack, template in templates.items():
        for number, (policy, document) in enumerate(policies(template)):
            for position, statement in enumerate(document["Statement"]):
                if statement["Effect"] == "Allow":
                    for missing in _pieces(statement):
                        without = copy.deepcopy(dict(templates))
                        changed = policies(without[stack])[number][1]["Statement"]
                        action = _remove(changed, position, missing)
                        _drop_empty_policies(without[stack])
                        name = f"{policy}[{position}]"
                        yield Variant(policy, name, action, " ".join(map(str, missing)), without)
        yield from _without_function_permissions(templates, stack)


def _without_function_permissions(templates: Mapping[str, Template], stack: str) -> Iterator[Variant]:
    for name, resource in templates[stack]["Resources"].items():
        if resource["Type"] == _PERMISSION:
            action = resource["Properties"]["Action"]
            without = copy.deepcopy(dict(templates))
            _delete(without[stack], name)
            yield Variant(name, name, action, f"action {action}", without)
            invalid = copy.deepcopy(dict(templates))
            invalid[stack]["Resources"][name]["Properties"]["SourceArn"] = _INVALID_RULE
            yield Variant(name, name, action, "condition SourceArn", invalid)


def _pieces(statement: Document) -> Iterator[tuple[str, ...]]:
    for action in actions(statement):
        yield "action", action
    resources = statement.get("Resource")
    for number in range(len(resources)) if isinstance(resources, list) else ():
        yield "resource", str(number)
    for operator, condition in statement.get("Condition", {}).items():
        for key in condition:
            yield "condition", operator, key


def _remove(statements: list[Document], position: int, piece: tuple[str, ...]) -> str:
    statement = statements[position]
    kind, *what = piece
    named = actions(statement)
    if kind == "resource":
        del statement["Resource"][int(what[0])]
    elif kind == "condition":
        statement["Condition"][what[0]][what[1]] = _INVALID[what[1]]
    elif what[0] == TRUST:
        statement["Action"] = _ANOTHER_ACTION
        return TRUST
    elif len(named) > 1:
        statement["Action"] = [action for action in named if action != what[0]]
        return what[0]
    else:
        del statements[position]
    return named[0]


def _drop_empty_policies(template: Template) -> None:
    for resource in template["Resources"].values():
        if inline := resource.get("Properties", {}).get("Policies"):
            inline[:] = [policy for policy in inline if policy["PolicyDocument"]["Statement"]]
    for empty in [name for name, resource in template["Resources"].items() if _is_empty_policy(resource)]:
        _delete(template, empty)


def _delete(template: Template, logical_id: str) -> None:
    del template["Resources"][logical_id]
    for resource in template["Resources"].values():
        if logical_id in resource.get("DependsOn", []):
            resource["DependsOn"].remove(logical_id)


def _is_empty_policy(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::IAM::Policy" and not resource["Properties"]["PolicyDocument"]["Statement"]
