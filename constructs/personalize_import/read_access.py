"""What it takes to read the data: three policies, of the role, of the bucket and of its key, and who may change them.

Personalize wants the role and the service itself to be let in:
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and, for a key,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html. What this app owns is changed;
for what it doesn't own, the statements are there for whoever does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from personalize_import.data_source import DataSource
from personalize_import.notices import Policy, tell_what_is_required
from personalize_import.statements import Principal, Statement, statement
from personalize_import.surroundings import surroundings_of
from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL

_KEY_ACTIONS_THROUGH_S3 = ["kms:Decrypt", "kms:GenerateDataKey"]
_SERVICE: Final = {"Service": PERSONALIZE_SERVICE_PRINCIPAL}
_KEY_ACTIONS = ["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"]


@dataclass
class ReadAccess:
    """What was granted, and what isn't this app's to grant."""

    granted: list[IDependable] = field(default_factory=list)
    """What must be deployed before the job can start."""
    required_bucket_policy_statements: list[Statement] = field(default_factory=list)
    required_key_policy_statements: list[Statement] = field(default_factory=list)
    required_role_statements: list[Statement] = field(default_factory=list)


def role_statements(scope: Construct, data_source: DataSource) -> list[Statement]:
    """Say what an import role must be allowed to do."""
    return _s3_statements(scope, data_source, None) + _key_statements_of_role(scope, data_source)


def grant_read(scope: Construct, data_source: DataSource, role: iam.IRole, *, is_ours: bool) -> ReadAccess:
    """Let a role, and the service, read a data source. A role that `is_ours` has its statements already."""
    access = ReadAccess()
    if not is_ours:
        _let_role(scope, data_source, role, access)
    _let_service_into_bucket(scope, data_source, access)
    _let_into_key(scope, data_source, role, access)
    _tell(scope, data_source, role, access)
    return access


def _tell(scope: Construct, data_source: DataSource, role: iam.IRole, access: ReadAccess) -> None:
    """Tell at synth what isn't this app's to grant."""
    if access.required_role_statements:
        trust = f", and the role trusts {PERSONALIZE_SERVICE_PRINCIPAL}"
        of_role = Policy("the policy of the role", role.role_arn, trust)
        tell_what_is_required(scope, of_role, access.required_role_statements)
    of_bucket = Policy("the policy of the bucket", data_source.bucket_name)
    tell_what_is_required(scope, of_bucket, access.required_bucket_policy_statements)
    if key := data_source.encryption_key:
        of_key = Policy("the policy of the bucket's key", key.key_arn)
        tell_what_is_required(scope, of_key, access.required_key_policy_statements)


def _let_role(scope: Construct, data_source: DataSource, role: iam.IRole, access: ReadAccess) -> None:
    statements = role_statements(scope, data_source)
    if not cdk.Resource.is_owned_resource(role):
        access.required_role_statements += statements
        return
    results = [role.add_to_principal_policy(iam.PolicyStatement.from_json(each)) for each in statements]
    access.granted += [result.policy_dependable for result in results if result.policy_dependable]
    access.required_role_statements += [
        statement for statement, result in zip(statements, results, strict=True) if not result.statement_added
    ]


def _let_service_into_bucket(scope: Construct, data_source: DataSource, access: ReadAccess) -> None:
    statements = _s3_statements(scope, data_source, _SERVICE)
    bucket = data_source.bucket
    add = bucket.add_to_resource_policy if bucket else None
    access.required_bucket_policy_statements += _add(statements, add, access)


def _let_into_key(scope: Construct, data_source: DataSource, role: iam.IRole, access: ReadAccess) -> None:
    key = data_source.encryption_key
    if key is None:
        return
    statements = _key_statements(scope, _SERVICE, ["*"])
    results = [key.add_to_resource_policy(iam.PolicyStatement.from_json(each)) for each in statements]
    if all(result.statement_added for result in results):
        access.granted.append(key)  # what the result calls dependable isn't: https://github.com/aws/aws-cdk
    else:
        # The policy of a key of this app lets the account's roles in by their own policies; another's may not.
        both = {"AWS": role.role_arn, **_SERVICE}
        access.required_key_policy_statements += _key_statements(scope, both, ["*"])


def _add(
    statements: Sequence[Statement],
    add: Callable[[iam.PolicyStatement], iam.AddToResourcePolicyResult] | None,
    access: ReadAccess,
) -> list[Statement]:
    """Add statements to a policy; return those that it doesn't take."""
    if add is None:
        return [*statements]
    results = [add(iam.PolicyStatement.from_json(each)) for each in statements]
    access.granted += [result.policy_dependable for result in results if result.policy_dependable]
    return [statement for statement, result in zip(statements, results, strict=True) if not result.statement_added]


def _s3_statements(scope: Construct, data_source: DataSource, principal: Principal | None) -> list[Statement]:
    # No Sids: one policy, of a bucket or of a role, may hold these for several jobs, and a Sid must be unique in it.
    return [
        statement("s3:GetObject", [data_source.objects_arn(scope)], principal=principal),
        statement("s3:ListBucket", [data_source.bucket_arn(scope)], principal=principal),
    ]


def _key_statements_of_role(scope: Construct, data_source: DataSource) -> list[Statement]:
    key = data_source.encryption_key
    if key is None:
        return []
    # S3 names the object, or with a bucket key the bucket, in the context that it encrypts with:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context. Only here: the
    # policy of the key can't name the bucket, which in turn names the key.
    arns = [data_source.bucket_arn(scope), data_source.objects_arn(scope)]
    return _key_statements(scope, None, [key.key_arn], {"kms:EncryptionContext:aws:s3:arn": arns})


def _key_statements(
    scope: Construct,
    principal: Principal | None,
    resources: Sequence[str],
    more_through_s3: Mapping[str, Sequence[str]] | None = None,
) -> list[Statement]:
    # In China the name ends in .cn, or doesn't, depending on the service.
    through_s3 = {"kms:ViaService": f"s3.{surroundings_of(scope).region}.amazonaws.com*", **(more_through_s3 or {})}
    return [
        statement(_KEY_ACTIONS_THROUGH_S3, resources, principal=principal, condition={"StringLike": through_s3}),
        statement(_KEY_ACTIONS, resources, principal=principal),
    ]
