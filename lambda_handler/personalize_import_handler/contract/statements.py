"""Policy statements as plain data, for the policies that the construct writes and the advice that the handler gives."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL

Statement = dict[str, Any]
"""A statement as in a policy document."""
Principal = Mapping[str, str]
"""`{"Service": ...}` or `{"AWS": ...}`, or both."""
PERSONALIZE: Final = {"Service": PERSONALIZE_SERVICE_PRINCIPAL}


def statement(
    actions: str | Sequence[str],
    resources: str | Sequence[str] = (),
    *,
    principal: Principal | None = None,
    condition: Mapping[str, Any] | None = None,
    sid: str | None = None,
) -> Statement:
    """Return an `Allow` statement, with lists only for several actions or resources."""
    return {
        **({"Sid": sid} if sid else {}),
        "Effect": "Allow",
        **({"Principal": dict(principal)} if principal else {}),
        "Action": _one_or_many(actions),
        **({"Resource": _one_or_many(resources)} if resources else {}),
        **({"Condition": dict(condition)} if condition else {}),
    }


def read_statements(objects_arn: str, bucket_arn: str, principal: Principal | None = None) -> list[Statement]:
    """Return the statements to read data in a bucket.

    Without Sids: the policy of a bucket or role may contain these statements for several jobs, and Sids must be unique.
    """
    return [
        statement("s3:GetObject", objects_arn, principal=principal),
        statement("s3:ListBucket", bucket_arn, principal=principal),
    ]


def for_role_of_account(statement: Statement, account_arn: str, role_pattern: str) -> Statement:
    """Return a statement of a resource's policy for a role in another account instead of the service.

    The principal is the account, because a policy that names a role doesn't apply to a role that is created again.
    """
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"{account_arn}:root"},
        "Action": statement["Action"],
        "Resource": statement["Resource"],
        "Condition": {"ArnLike": {"aws:PrincipalArn": role_pattern}},
    }


def _one_or_many(values: str | Sequence[str]) -> str | list[str]:
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else [*values]
