"""The role that Personalize assumes to read the data."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.data_source import DataSource
from personalize_import.findings import accept_data_of_job
from personalize_import.read_access import role_statements
from personalize_import_handler.contract import IMPORT_ROLE_PATH, PERSONALIZE_SERVICE_PRINCIPAL


def import_role_path(scope: Construct) -> str:
    """Give the path below which a stack's import roles are, so that one statement can say which roles may be passed."""
    return f"{IMPORT_ROLE_PATH}{cdk.Stack.of(scope).stack_name}/"


def create_import_role(scope: Construct, data_source: DataSource) -> iam.Role:
    """Create a role that only Personalize may assume, for this account and Region, and that may only read the data."""
    role = iam.Role(
        scope,
        "Role",
        path=import_role_path(scope),
        assumed_by=_personalize_of_this_stack(scope),
        # Inline, so that the role has its policy the moment it exists, and keeps it as long as it does.
        inline_policies={"ReadData": iam.PolicyDocument(statements=role_statements(scope, data_source))},
    )
    accept_data_of_job(role, data_source)
    return role


def is_precreated(role: iam.Role) -> bool:
    """Say whether `Role.customize_roles` has put a role in its place that was made elsewhere, on another path."""
    return role.node.default_child is None


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
