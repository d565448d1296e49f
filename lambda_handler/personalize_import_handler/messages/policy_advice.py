"""Advice for missing permissions: the policy statements to add, as JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from personalize_import_handler.contract import IMPORT_ROLE_PATH, PERSONALIZE_SERVICE_PRINCIPAL
from personalize_import_handler.contract.locations import object_pattern, parse_arn, parse_location

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
    arn = f"arn:{parse_arn(access.dataset_arn).partition}:s3:::{bucket}"
    service = {"Principal": {"Service": PERSONALIZE_SERVICE_PRINCIPAL}}
    role = _text(_allow("s3:GetObject", f"{arn}/{object_pattern(key)}"), _allow("s3:ListBucket", arn))
    policy = _text(
        {**_allow("s3:GetObject", f"{arn}/{object_pattern(key)}"), **service},
        {**_allow("s3:ListBucket", arn), **service},
    )
    return (
        f"Add to the policy of the role {access.role_arn} {role}, to the policy of the bucket {policy} and, if the "
        f"bucket is in another account, {_text(_for_role(access, arn, key))}, remove statements that deny this"
    )


def trust_advice(access: DataAccess) -> str:
    """Return the advice to let Personalize assume the role, in this account and Region only."""
    dataset = parse_arn(access.dataset_arn)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": PERSONALIZE_SERVICE_PRINCIPAL},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": dataset.account},
            "StringLike": {
                "aws:SourceArn": f"arn:{dataset.partition}:personalize:{dataset.region}:{dataset.account}:*"
            },
        },
    }
    return f"Add to the trust policy of the role {access.role_arn} {_text(statement)}"


def preflight_trust_advice(access: DataAccess, refusal: str) -> str:
    """Return the advice to let the provider assume the role for a preflight."""
    user = _USER.search(refusal)
    principal = f"arn:{user[1]}:iam::{user[2]}:role/{user[3]}" if user else "the role of the function IsComplete"
    trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return (
        f"Add to the trust policy of the role {access.role_arn} {_text(trust)}, to the policy of the provider's role "
        f"{_text(_allow('sts:AssumeRole', access.role_arn))}"
    )


def denied_action_advice(text: str) -> str:
    """Return the advice to allow the action that IAM's own text names; an empty string if it names none."""
    refused = _REFUSED.search(text)
    if not refused:
        return ""
    statement = _allow(refused["action"], refused["resource"].strip('".'))
    if refused["action"] == "iam:PassRole":
        statement["Condition"] = {"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE_PRINCIPAL}}
    return f"Add to the policy of the provider's role {_text(statement)}"


def _for_role(access: DataAccess, bucket_arn: str, key: str) -> dict[str, Any]:
    """Return the statement for the role in the policy of a bucket that another account owns.

    The principal is the account, because a policy that names a role doesn't apply to a role that is created again.
    """
    account, _, name = access.role_arn.rpartition(":")
    is_of_construct = IMPORT_ROLE_PATH in name
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"{account}:root"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"{bucket_arn}/{object_pattern(key)}", bucket_arn],
        "Condition": {
            "ArnLike": {
                "aws:PrincipalArn": f"{account}:{name.rpartition('/')[0]}/*" if is_of_construct else access.role_arn
            }
        },
    }


def _allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _text(*statements: Mapping[str, Any]) -> str:
    return ", ".join(json.dumps(statement, ensure_ascii=False) for statement in statements)
