"""Policy statements as plain data, which are converted to CDK objects where the CDK requires them."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam

Statement = dict[str, Any]
"""A statement as in a policy document."""
Principal = Mapping[str, str]
"""`{"Service": ...}` or `{"AWS": ...}`, or both."""


def statement(
    actions: str | Sequence[str],
    resources: Sequence[str] = (),
    *,
    principal: Principal | None = None,
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Return an `Allow` statement, with lists only for several actions or resources."""
    return {
        "Action": _one_or_many(actions),
        **({"Condition": dict(condition)} if condition else {}),
        "Effect": "Allow",
        **({"Principal": dict(principal)} if principal else {}),
        **({"Resource": _one_or_many(resources)} if resources else {}),
    }


def document(statements: Sequence[Statement]) -> iam.PolicyDocument:
    """Create a policy document with the statements."""
    return iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": [*statements]})


def resources_of(statement: Statement) -> list[str]:
    """Return the resources of a statement as a list, which may be empty."""
    resources: str | list[str] = statement.get("Resource", [])
    return [resources] if isinstance(resources, str) else resources


def _one_or_many(values: str | Sequence[str]) -> str | list[str]:
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else [*values]
