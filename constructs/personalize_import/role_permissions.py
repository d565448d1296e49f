"""Which roles a provider's function may pass to Personalize, and take on to look at data.

The roles that the construct makes are allowed by their path, others by their ARN. A provider that serves apps of their
own has a path that bounds them all, for it can't know these apps.
"""

from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import import findings
from personalize_import import provider_permissions as permissions
from personalize_import.import_role import import_role_path
from personalize_import.surroundings import stack_of

_ROLES_ID: Final = "Roles"


class RolePermissions:
    """The statements on roles of one provider, which grow as jobs need them."""

    def __init__(self, provider: Construct, path: str | None) -> None:
        """Begin with the import roles of the provider's own stack, or with all roles below a path and no others."""
        self._provider = provider
        self._path = path
        own = permissions.roles_arn(provider, path or import_role_path(provider))
        self._pass_import_roles = permissions.pass_import_roles_statement([own])
        self._take_on_import_roles: iam.PolicyStatement | None = None
        self._patterns = [own]
        self._reads_schemas = False
        self._role: iam.IRole | None = None
        self.document = iam.PolicyDocument(statements=[self._pass_import_roles])

    def belong_to(self, role: iam.IRole) -> None:
        """Tell whose permissions these are: that role is made after them."""
        self._role = role
        findings.accept_wildcards(role, [self._pass_import_roles])

    def may_name(self, role: iam.IRole, scope: Construct) -> bool:
        """Say whether a role can be allowed by its ARN.

        One of the job's stack can't where that depends on the provider's, nor any other where a path bounds them.
        """
        is_downstream = stack_of(scope) is not stack_of(self._provider) and stack_of(role) is stack_of(scope)
        return self._path is None and not (is_downstream and cdk.Resource.is_owned_resource(role))

    def serve(self, scope: Construct) -> None:
        """Let the import roles be passed that jobs of the stack of `scope` have."""
        if self._path or stack_of(scope) is stack_of(self._provider):
            return
        pattern = permissions.roles_arn(self._provider, import_role_path(scope))
        if pattern in self._patterns:
            return
        self._patterns.append(pattern)
        self._pass_import_roles.add_resources(pattern)
        findings.accept_wildcards(self._role, [permissions.pass_import_roles_statement([pattern])])
        if self._take_on_import_roles:
            self._take_on_import_roles.add_resources(pattern)
            findings.accept_wildcards(self._role, [permissions.take_on_import_roles_statement([pattern])])

    def allow_passing(self, role: iam.IRole) -> None:
        """Let a role be passed that the construct did not make."""
        self._allow_with(role, permissions.pass_role_statement([role.role_arn]))

    def allow_taking_on(self, role: iam.IRole) -> None:
        """Let a role be taken on that the construct did not make."""
        self._allow_with(role, permissions.take_on_role_statement([role.role_arn]))

    def allow_taking_on_import_roles(self) -> None:
        """Let the import roles be taken on that the construct makes, or those below the path."""
        if not self._take_on_import_roles:
            self._take_on_import_roles = permissions.take_on_import_roles_statement(self._patterns)
            self._add(self._take_on_import_roles)

    def allow_knowing_schemas(self) -> None:
        """Let the schemas be read that data is compared with."""
        if not self._reads_schemas:
            self._reads_schemas = True
            self._add(permissions.know_schemas_statement(self._provider))

    @property
    def policy(self) -> iam.Policy | None:
        """What is allowed about roles of this app that were brought; None if there is no such role."""
        return cast("iam.Policy | None", self._provider.node.try_find_child(_ROLES_ID))

    def _allow_with(self, role: iam.IRole, statement: iam.PolicyStatement) -> None:
        """Allow something about a role that was brought.

        One of this app may trust the function's role, which then can't have the other's ARN in itself.
        """
        if not cdk.Resource.is_owned_resource(role):
            self.document.add_statements(statement)
            return
        policy = self.policy or iam.Policy(self._provider, _ROLES_ID, roles=[cast("iam.IRole", self._role)])
        policy.add_statements(statement)

    def _add(self, statement: iam.PolicyStatement) -> None:
        self.document.add_statements(statement)
        findings.accept_wildcards(self._role, [statement])
