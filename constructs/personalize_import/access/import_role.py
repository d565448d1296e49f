"""The role that Personalize assumes to read the data."""

from typing import NamedTuple, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IRoleRef
from constructs import Construct

from personalize_import.access.changed_paths import warn_of_changed_path
from personalize_import.access.read_access import role_statements
from personalize_import.access.required_statements import readable
from personalize_import.data.data_source_config import DataSourceConfig
from personalize_import.policies.documents import document
from personalize_import.policies.role_arns import check_role_arn
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import.provider.role_passing import import_role_path
from personalize_import.suppressions import suppress_data_of_job
from personalize_import.synthesis.stack_environment import (
    environment_of,
    is_token,
    node_of,
    note_stack_of,
    once_per_stack,
)
from personalize_import.synthesis.validation import require
from personalize_import_handler.contract import PERSONALIZE_SERVICE_PRINCIPAL


class ImportRole(NamedTuple):
    """The role that Personalize assumes for a job."""

    role: iam.IRole
    path: str | None
    """The path of a role that the construct created; None for any other role."""


def import_role_for(
    scope: Construct, existing_role: iam.IRole | None, data: DataSourceConfig, provider: IDatasetImportProvider
) -> ImportRole:
    """Return the role of the job, and allow the provider to pass it."""
    role, support = existing_role, support_of(provider)
    if role is None:
        created = create_import_role(scope, data, provider.import_role_path, provider.permissions_boundary)
        if created.path is not None:
            support.allow_import_roles_of(scope)
            return created
        role = created.role
    if support.can_reference_by_arn(role, scope):
        support.allow_passing(role)
    return ImportRole(role, path=None)


def create_import_role(
    scope: Construct, data: DataSourceConfig, below: str | None, permissions_boundary: iam.IManagedPolicy | None = None
) -> ImportRole:
    """Create a role that only Personalize can assume, for this account and Region, and that can only read the data."""
    path = import_role_path(scope, below)
    role = iam.Role(
        scope,
        "Role",
        path=path,
        assumed_by=_personalize_of_this_stack(scope),
        # Inline, so that the role is never without its policy.
        inline_policies={"ReadData": document(*role_statements(scope, data))},
        permissions_boundary=permissions_boundary,
    )
    note_stack_of(role, scope)
    suppress_data_of_job(role, data.objects_arn(scope))
    created = cast("iam.CfnRole | None", node_of(role).default_child)
    if created:
        warn_of_changed_path(scope, created, path, below)
        require(scope, check_role_arn(scope, created, path))
    return ImportRole(role, path if created else None)  # Role.customize_roles replaces the role, without its path


def role_of(scope: Construct, role: IRoleRef | None) -> iam.IRole | None:
    """Return the argument `role` of a job as an `IRole`; it can also be a `CfnRole` or another reference."""
    if role and hasattr(role, "role_ref") and not hasattr(role, "role_arn"):
        return iam.Role.from_role_arn(scope, "GivenRole", role.role_ref.role_arn)
    return cast("iam.IRole | None", role)


def is_precreated(role: iam.Role) -> bool:
    """Return whether `Role.customize_roles` has replaced a role with one that was created outside the app."""
    return role.node.default_child is None


def path_of(role: iam.IRole) -> str | None:
    """Return the path of a role, or None if it is unknown at synth."""
    created = role.node.default_child
    if isinstance(created, iam.CfnRole):
        path = created.path or "/"
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
