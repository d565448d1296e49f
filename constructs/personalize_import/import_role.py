"""The role that Personalize assumes to read the data, and the two policies that it asks for.

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html wants both: what the role may
read, and a bucket policy for the service itself.
"""

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from personalize_import.data_source import DataSource
from personalize_import_handler.contract import IMPORT_ROLE_PATH, PERSONALIZE_SERVICE_PRINCIPAL


def import_role_path(scope: Construct) -> str:
    """Give the path below which a stack's import roles are, so that one statement can say which roles may be passed."""
    return f"{IMPORT_ROLE_PATH}{cdk.Stack.of(scope).stack_name}/"


def create_import_role(scope: Construct, data_source: DataSource) -> iam.Role:
    """Create a role that only Personalize may assume, for this account and Region, and that may only read the data."""
    return iam.Role(
        scope,
        "Role",
        path=import_role_path(scope),
        assumed_by=_personalize_of_this_stack(scope),
        # Inline, so that the role has its policy the moment it exists, and keeps it as long as it does.
        inline_policies={"ReadData": iam.PolicyDocument(statements=role_statements(scope, data_source))},
    )


def role_statements(scope: Construct, data_source: DataSource) -> list[iam.PolicyStatement]:
    """Say what an import role must be allowed to do."""
    return _read_statements(scope, data_source, principals=None)


def bucket_statements(scope: Construct, data_source: DataSource) -> list[iam.PolicyStatement]:
    """Say what the bucket's policy must allow the service itself."""
    return _read_statements(scope, data_source, principals=[iam.ServicePrincipal(PERSONALIZE_SERVICE_PRINCIPAL)])


def _read_statements(
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


def add_bucket_statements(scope: Construct, data_source: DataSource) -> list[IDependable]:
    """Let Personalize read the location by the bucket's policy, or tell what to add where CDK doesn't own that policy.

    Returns what must be deployed before the job can start.
    """
    statements = bucket_statements(scope, data_source)
    bucket = data_source.bucket
    results = [bucket.add_to_resource_policy(statement) for statement in statements] if bucket else []
    if results and all(result.statement_added for result in results):
        return [result.policy_dependable for result in results if result.policy_dependable]
    document = cdk.Stack.of(scope).resolve(iam.PolicyDocument(statements=statements))
    cdk.Annotations.of(scope).add_info(
        "this app doesn't manage the bucket's policy. Personalize can't read the data unless the policy holds: "
        f"{json.dumps(document['Statement'])}"
    )
    return []


def _personalize_of_this_stack(scope: Construct) -> iam.IPrincipal:
    # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
    stack = cdk.Stack.of(scope)
    any_resource = f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}:*"
    return iam.ServicePrincipal(
        PERSONALIZE_SERVICE_PRINCIPAL,
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "StringLike": {"aws:SourceArn": any_resource},
        },
    )
