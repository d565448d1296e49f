"""What it takes to read the data: three policies, of the role, of the bucket and of its key, and who may change them.

Personalize wants the role and the service itself to be let in:
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and, for a key,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html. What this app owns is changed;
for what it doesn't own, the statements are there for whoever does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from personalize_import.data_source import DataSource
from personalize_import.notices import tell_what_is_required
from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL

_KEY_ACTIONS_THROUGH_S3 = ["kms:Decrypt", "kms:GenerateDataKey"]
_KEY_ACTIONS = ["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"]


@dataclass
class ReadAccess:
    """What was granted, and what isn't this app's to grant."""

    granted: list[IDependable] = field(default_factory=list)
    """What must be deployed before the job can start."""
    required_bucket_policy_statements: list[iam.PolicyStatement] = field(default_factory=list)
    required_key_policy_statements: list[iam.PolicyStatement] = field(default_factory=list)
    required_role_statements: list[iam.PolicyStatement] = field(default_factory=list)


def role_statements(scope: Construct, data_source: DataSource) -> list[iam.PolicyStatement]:
    """Say what an import role must be allowed to do."""
    return _s3_statements(scope, data_source, principals=None) + _key_statements_of_role(scope, data_source)


def grant_read(scope: Construct, data_source: DataSource, role: iam.IRole, *, is_ours: bool) -> ReadAccess:
    """Let a role, and the service, read a data source. A role that `is_ours` has its statements already."""
    access = ReadAccess()
    if not is_ours:
        _let_role(scope, data_source, role, access)
    _let_service_into_bucket(scope, data_source, access)
    _let_into_key(scope, data_source, role, access)
    trust = f", and the role trusts {PERSONALIZE_SERVICE_PRINCIPAL}"
    tell_what_is_required(scope, "the policy of the role", access.required_role_statements, trust)
    tell_what_is_required(scope, "the policy of the bucket", access.required_bucket_policy_statements)
    tell_what_is_required(scope, "the policy of the bucket's key", access.required_key_policy_statements)
    return access


def _let_role(scope: Construct, data_source: DataSource, role: iam.IRole, access: ReadAccess) -> None:
    statements = role_statements(scope, data_source)
    if not cdk.Resource.is_owned_resource(role):
        access.required_role_statements += statements
        return
    results = [role.add_to_principal_policy(statement) for statement in statements]
    access.granted += [result.policy_dependable for result in results if result.policy_dependable]
    access.required_role_statements += [
        statement for statement, result in zip(statements, results, strict=True) if not result.statement_added
    ]


def _let_service_into_bucket(scope: Construct, data_source: DataSource, access: ReadAccess) -> None:
    service = iam.ServicePrincipal(PERSONALIZE_SERVICE_PRINCIPAL)
    statements = _s3_statements(scope, data_source, principals=[service])
    bucket = data_source.bucket
    add = bucket.add_to_resource_policy if bucket else None
    access.required_bucket_policy_statements += _add(statements, add, access)


def _let_into_key(scope: Construct, data_source: DataSource, role: iam.IRole, access: ReadAccess) -> None:
    key = data_source.encryption_key
    if key is None:
        return
    service = iam.ServicePrincipal(PERSONALIZE_SERVICE_PRINCIPAL)
    results = [key.add_to_resource_policy(statement) for statement in _key_statements(scope, [service], ["*"])]
    if all(result.statement_added for result in results):
        access.granted.append(key)  # what the result calls dependable isn't: https://github.com/aws/aws-cdk
    else:
        # The policy of a key of this app lets the account's roles in by their own policies; another's may not.
        both: list[iam.IPrincipal] = [iam.ArnPrincipal(role.role_arn), service]
        access.required_key_policy_statements += _key_statements(scope, both, ["*"])


def _add(
    statements: Sequence[iam.PolicyStatement],
    add: Callable[[iam.PolicyStatement], iam.AddToResourcePolicyResult] | None,
    access: ReadAccess,
) -> list[iam.PolicyStatement]:
    """Add statements to a policy; return those that it doesn't take."""
    if add is None:
        return [*statements]
    results = [add(statement) for statement in statements]
    access.granted += [result.policy_dependable for result in results if result.policy_dependable]
    return [statement for statement, result in zip(statements, results, strict=True) if not result.statement_added]


def _s3_statements(
    scope: Construct, data_source: DataSource, principals: Sequence[iam.IPrincipal] | None
) -> list[iam.PolicyStatement]:
    # No Sids: one policy, of a bucket or of a role, may hold these for several jobs, and a Sid must be unique in it.
    return [
        iam.PolicyStatement(
            actions=["s3:GetObject"], resources=[data_source.objects_arn(scope)], principals=principals
        ),
        iam.PolicyStatement(
            actions=["s3:ListBucket"], resources=[data_source.bucket_arn(scope)], principals=principals
        ),
    ]


def _key_statements_of_role(scope: Construct, data_source: DataSource) -> list[iam.PolicyStatement]:
    key = data_source.encryption_key
    if key is None:
        return []
    through_s3, others = _key_statements(scope, None, [key.key_arn])
    # S3 names the object, or with a bucket key the bucket, in the context that it encrypts with:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context. Only here: the
    # policy of the key can't name the bucket, which in turn names the key.
    arns = [data_source.bucket_arn(scope), data_source.objects_arn(scope)]
    through_s3.add_condition("StringLike", {"kms:EncryptionContext:aws:s3:arn": arns})
    return [through_s3, others]


def _key_statements(
    scope: Construct, principals: Sequence[iam.IPrincipal] | None, resources: Sequence[str]
) -> list[iam.PolicyStatement]:
    stack = cdk.Stack.of(scope)
    # In China the name ends in .cn, or doesn't, depending on the service.
    through_s3 = {"StringLike": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com*"}}
    return [
        iam.PolicyStatement(
            actions=_KEY_ACTIONS_THROUGH_S3, resources=resources, principals=principals, conditions=through_s3
        ),
        iam.PolicyStatement(actions=_KEY_ACTIONS, resources=resources, principals=principals),
    ]
