"""The role that Personalize assumes to read the data."""

from typing import NamedTuple, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.arguments import require
from personalize_import.changed_paths import warn_of_changed_path
from personalize_import.data_source import DataSource
from personalize_import.findings import accept_data_of_job
from personalize_import.notices import readable
from personalize_import.read_access import role_statements
from personalize_import.role_arns import check_role_arn
from personalize_import.statements import document
from personalize_import.surroundings import is_token, note_stack_of, once_in_a_stack, stack_scope_of, surroundings_of
from personalize_import_handler.contract import IMPORT_ROLE_PATH, PERSONALIZE_SERVICE_PRINCIPAL


def import_role_path(scope: Construct, below: str | None = None) -> str:
    """Return the path of a stack's import roles, so that one statement can allow passing all of them.

    IAM is global: without the Region, stacks of one name in two Regions could pass each other's roles. The path of a
    nested stack is below that of its root stack.
    """
    known = surroundings_of(scope)
    return f"{below or '/'}{IMPORT_ROLE_PATH[1:]}{known.region}/{stack_scope_of(scope) or known.stack_name}/"


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


@once_in_a_stack
def _personalize_of_this_stack(stack: cdk.Stack) -> iam.IPrincipal:
    # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
    known = surroundings_of(stack)
    any_resource = f"arn:{known.partition}:personalize:{known.region}:{known.account}:*"
    return iam.ServicePrincipal(
        PERSONALIZE_SERVICE_PRINCIPAL,
        conditions={
            "StringEquals": {"aws:SourceAccount": known.account},
            "StringLike": {"aws:SourceArn": any_resource},
        },
    )
