"""The role that Personalize assumes to read the data."""

from typing import NamedTuple, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.access.changed_paths import warn_of_changed_path
from personalize_import.access.read_access import role_statements
from personalize_import.access.required_statements import readable
from personalize_import.data.data_source import DataSource
from personalize_import.policies.role_arns import check_role_arn
from personalize_import.policies.statements import document
from personalize_import.provider.role_passing import import_role_path
from personalize_import.suppressions import accept_data_of_job
from personalize_import.synthesis.environment import (
    environment_of,
    is_token,
    note_stack_of,
    once_per_stack,
)
from personalize_import.synthesis.validation import require
from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL


class ImportRole(NamedTuple):
    """The role that Personalize assumes for a job."""

    role: iam.IRole
    path: str | None
    """The path that the construct gave the role; None for a role that was created outside the app, on any path."""


def create_import_role(
    scope: Construct, data_source: DataSource, below: str | None, permissions_boundary: iam.IManagedPolicy | None = None
) -> ImportRole:
    """Create a role that only Personalize may assume, for this account and Region, and that may only read the data."""
    path = import_role_path(scope, below)
    role = iam.Role(
        scope,
        "Role",
        path=path,
        assumed_by=_personalize_of_this_stack(scope),
        # Inline, so that the role has its policy the moment it exists, and keeps it as long as it does.
        inline_policies={"ReadData": document(role_statements(scope, data_source))},
        permissions_boundary=permissions_boundary,
    )
    made = cast("iam.CfnRole | None", role.node.default_child)
    if made:
        note_stack_of(made, scope)
        warn_of_changed_path(scope, made, path, below)
        require(scope, check_role_arn(scope, made, path))
    accept_data_of_job(made, data_source.objects_arn(scope))
    return ImportRole(role, path if made else None)  # Role.customize_roles replaces a role, and leaves its path out


def is_precreated(role: iam.Role) -> bool:
    """Say whether `Role.customize_roles` has put a role in its place that was made elsewhere, on another path."""
    return role.node.default_child is None


def path_of(role: iam.IRole) -> str | None:
    """Give the path of a role, or None where synth can't know it."""
    made = role.node.default_child
    if isinstance(made, iam.CfnRole):
        path = made.path or "/"
        return None if is_token(path) else path
    _, found, name = str(readable(role, role.role_arn)).partition(":role")
    path = name.rpartition("/")[0] + "/"
    return path if found and "${" not in path else None


@once_per_stack
def _personalize_of_this_stack(stack: cdk.Stack) -> iam.IPrincipal:
    # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
    known = environment_of(stack)
    any_resource = f"arn:{known.partition}:personalize:{known.region}:{known.account}:*"
    return iam.ServicePrincipal(
        PERSONALIZE_SERVICE_PRINCIPAL,
        conditions={
            "StringEquals": {"aws:SourceAccount": known.account},
            "StringLike": {"aws:SourceArn": any_resource},
        },
    )
