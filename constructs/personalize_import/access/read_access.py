"""Permissions to read the data, in the policies of the import role, of the bucket and of its key.

Both the role and the service itself need them:
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and, for a key,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html. The statements are added to the
policies that this app owns; a warning contains the statements that other owners must add.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct, IDependable

from personalize_import.access.cross_account import Reader
from personalize_import.access.existing_role import grant_statements
from personalize_import.access.required_statements import Policy, report_required_statements
from personalize_import.data.data_source_config import DataSourceConfig
from personalize_import.policies.merged_policy import MergedPolicy
from personalize_import.policies.policy_sizes import (
    BUCKET_POLICY_LENGTH_MAX,
    RESOURCES_UNCHECKED,
    MeasuredPolicy,
    check_size,
)
from personalize_import.synthesis.stack_environment import environment_of
from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL
from personalize_import_handler.contract.statements import PERSONALIZE, Principal, Statement, read_statements, statement

_KEY_ACTIONS_THROUGH_S3: Final = ["kms:Decrypt", "kms:GenerateDataKey"]
_KEY_ACTIONS: Final = ["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"]
_OTHER_ACCOUNT: Final = "; the statements with aws:PrincipalArn are needed only if the bucket is in another account"
_POLICIES: Final[WeakKeyDictionary[IConstruct, MergedPolicy[iam.AddToResourcePolicyResult]]] = WeakKeyDictionary()
"""The statements that jobs have added to the policies of buckets and keys."""


@dataclass
class ReadAccess:
    """The granted permissions, and the statements that others must add."""

    granted: list[IDependable] = field(default_factory=list)
    """Constructs that must be deployed before the job can start."""
    required_bucket_policy_statements: list[Statement] = field(default_factory=list)
    required_key_policy_statements: list[Statement] = field(default_factory=list)
    required_role_statements: list[Statement] = field(default_factory=list)


def role_statements(scope: Construct, data: DataSourceConfig) -> list[Statement]:
    """Return the statements that an import role needs."""
    statements = _s3_statements(scope, data, data.objects_arn(scope), None)
    return statements + _key_statements_of_role(scope, data)


def grant_read(data: DataSourceConfig, reader: Reader, *, is_created: bool) -> ReadAccess:
    """Allow the import role and Personalize to read a data source.

    Args:
        data: The data.
        reader: The import role of a job.
        is_created: True if the construct created the role, which then has its statements already.
    """
    access, scope = ReadAccess(), reader.scope
    if not is_created:
        statements = role_statements(scope, data)
        granted = grant_statements(scope, reader.role, statements, data.objects_arn(scope))
        access.granted += granted.dependables
        access.required_role_statements += granted.missing
    # Only Personalize reads the staging bucket, and the bucket policy can't name the folder of another stack.
    objects_arn = data.all_objects_arn(scope) if data.files else data.objects_arn(scope)
    statements = _s3_statements(scope, data, objects_arn, PERSONALIZE)
    added, access.required_bucket_policy_statements = _allow_in(data.bucket, statements, reader)
    access.granted += [each.policy_dependable for each in added if each.policy_dependable]
    if added and data.bucket:
        _check_size_of_policy(reader.scope, data.bucket)
    if key := data.encryption_key:
        # Without conditions, as documented: it isn't documented that Personalize uses the key only through S3.
        statements = [statement([*_KEY_ACTIONS_THROUGH_S3, *_KEY_ACTIONS], ["*"], principal=PERSONALIZE)]
        added, access.required_key_policy_statements = _allow_in(key, statements, reader)
        if added:
            access.granted.append(key)  # the policy_dependable of the result can't be used for a key
    _report(scope, data, reader.role, access)
    return access


def _allow_in(
    owner: "cdk.aws_s3.IBucket | cdk.aws_kms.IKey | None", statements: Sequence[Statement], reader: Reader
) -> tuple[list[iam.AddToResourcePolicyResult], list[Statement]]:
    """Add statements for Personalize, and for a role in another account, to the policy of a resource.

    Returns:
        The results of the added statements, and the statements that could not be added.
    """
    if owner is None:
        return [], [*statements, *reader.allowed(statements)]
    policy = _POLICIES.setdefault(owner, MergedPolicy())
    results = [policy.add(each, owner.add_to_resource_policy) for each in statements]
    if not all(result.statement_added for result in results):
        # The account of an imported resource is unknown: the CDK assumes the account of the stack.
        return [], [*statements, *reader.allowed(statements)]
    if not reader.is_in_other_account(owner):
        return results, []
    if not reader.can_be_named_elsewhere():
        return results, reader.allowed(statements)
    return results + [policy.add(each, owner.add_to_resource_policy) for each in reader.allowed(statements)], []


def _check_size_of_policy(scope: Construct, bucket: "cdk.aws_s3.IBucket") -> None:
    if _POLICIES[bucket].has_grown_to(RESOURCES_UNCHECKED):
        check_size(
            scope,
            bucket,
            MeasuredPolicy(
                f"the policy of the bucket {bucket.node.path}",
                lambda: [bucket.policy.document] if bucket.policy else [],
                BUCKET_POLICY_LENGTH_MAX,
                f"Each import from a folder of its own adds to it. Allow {PERSONALIZE_SERVICE_PRINCIPAL} to read the "
                "whole bucket in its policy, and give the data by DataSource.from_s3_uri(...), which leaves the policy "
                "as it is; or use more buckets.",
            ),
        )


def _report(scope: Construct, data: DataSourceConfig, role: iam.IRole, access: ReadAccess) -> None:
    """Warn at synth about the statements that others must add."""
    if access.required_role_statements:
        trust = f", and the role trusts {PERSONALIZE_SERVICE_PRINCIPAL}"
        of_role = Policy("the policy of the role", role.role_arn, trust)
        report_required_statements(scope, of_role, access.required_role_statements)
    of_bucket = Policy("the policy of the bucket", data.bucket_name, _OTHER_ACCOUNT)
    report_required_statements(scope, of_bucket, access.required_bucket_policy_statements)
    if key := data.encryption_key:
        of_key = Policy("the policy of the bucket's key", key.key_arn)
        report_required_statements(scope, of_key, access.required_key_policy_statements)


def _s3_statements(
    scope: Construct, data: DataSourceConfig, objects_arn: str, principal: Principal | None
) -> list[Statement]:
    return read_statements(objects_arn, data.bucket_arn(scope), principal)


def _key_statements_of_role(scope: Construct, data: DataSourceConfig) -> list[Statement]:
    key = data.encryption_key
    if key is None:
        return []
    # S3 uses the ARN of the object, or of the bucket if it has a bucket key, as encryption context:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context. Only here: a
    # key policy can't reference the bucket, because the bucket references the key.
    arns = [data.bucket_arn(scope), data.objects_arn(scope)]
    through_s3 = {
        # In China, the name ends with .cn for some services only.
        "kms:ViaService": f"s3.{environment_of(scope).region}.amazonaws.com*",
        "kms:EncryptionContext:aws:s3:arn": arns,
    }
    return [
        statement(_KEY_ACTIONS_THROUGH_S3, [key.key_arn], condition={"StringLike": through_s3}),
        statement(_KEY_ACTIONS, [key.key_arn]),
    ]
