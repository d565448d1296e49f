"""Advice for missing permissions: the policy statements to add, as JSON."""

import json
import re
from typing import Final, Protocol

from personalize_import_handler.contract import IMPORT_ROLE_PATH, PERSONALIZE_SERVICE_PRINCIPAL
from personalize_import_handler.contract.locations import object_pattern, parse_arn, parse_location
from personalize_import_handler.contract.statements import (
    PERSONALIZE,
    Statement,
    for_role_of_account,
    read_statements,
    statement,
)

_USER: Final = re.compile(r"arn:([a-z0-9-]+):sts::([0-9]{12}):assumed-role/([\w+=,.@-]+)/")
_REFUSED: Final = re.compile(r"is not authorized to perform: (?P<action>[\w:-]+) on resource: (?P<resource>\S+)")


class DataAccess(Protocol):
    """An import: its dataset, the location of its data, and the role that reads the data."""

    @property
    def dataset_arn(self) -> str:
        """The ARN of the dataset, in the account and Region of the job."""
        ...

    @property
    def data_location(self) -> str:
        """The location of the data in S3."""
        ...

    @property
    def role_arn(self) -> str:
        """The ARN of the import role."""
        ...


def read_advice(access: DataAccess) -> str:
    """Return the advice to allow the role and the service to read the data."""
    bucket, key = parse_location(access.data_location)
    bucket_arn = f"arn:{parse_arn(access.dataset_arn).partition}:s3:::{bucket}"
    objects_arn = f"{bucket_arn}/{object_pattern(key)}"
    role = _text(*read_statements(objects_arn, bucket_arn))
    policy = _text(*read_statements(objects_arn, bucket_arn, PERSONALIZE))
    account, _, name = access.role_arn.rpartition(":")
    is_of_construct = IMPORT_ROLE_PATH in name
    pattern = f"{account}:{name.rpartition('/')[0]}/*" if is_of_construct else access.role_arn
    read = statement(["s3:GetObject", "s3:ListBucket"], [objects_arn, bucket_arn])
    elsewhere = for_role_of_account(read, account, pattern)
    return (
        f"Add to the policy of the role {access.role_arn} {role}, to the policy of the bucket {policy} and, if the "
        f"bucket is in another account, {_text(elsewhere)}, remove statements that "
        "deny this"
    )


def trust_advice(access: DataAccess) -> str:
    """Return the advice to let Personalize assume the role, in this account and Region only."""
    dataset = parse_arn(access.dataset_arn)
    condition = {
        "StringEquals": {"aws:SourceAccount": dataset.account},
        "StringLike": {"aws:SourceArn": f"arn:{dataset.partition}:personalize:{dataset.region}:{dataset.account}:*"},
    }
    trust = statement("sts:AssumeRole", principal=PERSONALIZE, condition=condition)
    return f"Add to the trust policy of the role {access.role_arn} {_text(trust)}"


def preflight_trust_advice(access: DataAccess, refusal: str) -> str:
    """Return the advice to let the provider assume the role for a preflight."""
    user = _USER.search(refusal)
    principal = f"arn:{user[1]}:iam::{user[2]}:role/{user[3]}" if user else "the role of the function IsComplete"
    trust = statement("sts:AssumeRole", principal={"AWS": principal})
    return (
        f"Add to the trust policy of the role {access.role_arn} {_text(trust)}, to the policy of the provider's role "
        f"{_text(statement('sts:AssumeRole', access.role_arn))}"
    )


def is_pass_role_denied(text: str, role_arn: str) -> bool:
    """Return whether IAM's text reports that the role may not be passed."""
    return _refused_call(text) == ("iam:PassRole", role_arn)


def path_advice(role_arn: str, import_role_path: str | None) -> str:
    """Return the advice to use another role if this one is outside the provider's path; otherwise an empty string.

    The provider's policies allow only roles under the path, so no statement in the role's own policies can help.
    """
    if not import_role_path or parse_arn(role_arn).resource.startswith(f"role{import_role_path}"):
        return ""
    return (
        f"The role {role_arn} is not under the path {import_role_path}, and the provider can use no other roles. Use a "
        "role under that path (in the CDK, omit `role` to create one)"
    )


def denied_action_advice(text: str) -> str:
    """Return the advice to allow the action that IAM's own text names; an empty string if it names none."""
    action, resource = _refused_call(text)
    if not action:
        return ""
    is_pass_role = action == "iam:PassRole"
    condition = {"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE_PRINCIPAL}} if is_pass_role else None
    allowed = statement(action, resource, condition=condition)
    return f"Add to the policy of the provider's role {_text(allowed)}"


def _refused_call(text: str) -> tuple[str, str]:
    """Return the action and the resource that IAM's own text names; empty strings if it names none."""
    refused = _REFUSED.search(text)
    return (refused["action"], refused["resource"].strip('".')) if refused else ("", "")


def _text(*statements: Statement) -> str:
    return ", ".join(json.dumps(statement, ensure_ascii=False) for statement in statements)
