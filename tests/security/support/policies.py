"""All policies of a template, as CloudFormation works them out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.constructs.support.cloudformation import Deployed

# Which property of which resource holds a policy document, beside the inline policies of roles.
_DOCUMENTS: Final = {
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
}


@dataclass(frozen=True)
class Policy:
    """A policy document and where it stands."""

    logical_id: str
    resource_type: str
    document: dict[str, Any]

    def statements(self) -> list[dict[str, Any]]:
        statements: list[dict[str, Any]] = self.document["Statement"]
        return statements


def policies_of(template: dict[str, Any]) -> Iterator[Policy]:
    """Yield the policies of all roles, and those of resources."""
    deployed = Deployed(template)
    for logical_id, resource in template["Resources"].items():
        kind = resource["Type"]
        if kind == "AWS::IAM::Role":
            for inline in deployed.properties(logical_id).get("Policies", []):
                yield Policy(logical_id, kind, inline["PolicyDocument"])
        elif kind in _DOCUMENTS:
            yield Policy(logical_id, kind, deployed.properties(logical_id)[_DOCUMENTS[kind]])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
