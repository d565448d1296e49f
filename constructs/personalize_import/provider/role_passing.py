"""Permissions of a provider's function to pass roles to Personalize, and to assume them for preflight.

Roles that the construct creates are allowed by their path, other roles by their ARN. A provider that serves other apps
allows all roles under one path instead, because the roles of these apps are unknown here.
"""

from collections.abc import Callable, Sequence
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import import suppressions
from personalize_import.policies.policy_sizes import (
    INLINE_POLICIES_LENGTH_MAX,
    RESOURCES_UNCHECKED,
    MeasuredPolicy,
    check_size,
    inline_policies,
)
from personalize_import.provider import permissions
from personalize_import.synthesis.customized_roles import report_statements
from personalize_import.synthesis.stack_environment import environment_of, stack_of, stack_scope_of
from personalize_import_handler.contract import IMPORT_ROLE_PATH
from personalize_import_handler.contract.statements import Statement

_ROLES_ID: Final = "Roles"
_Write = Callable[[Sequence[str]], Statement]


def import_role_path(scope: Construct, below: str | None = None) -> str:
    """Return the path of a stack's import roles, so that one statement can allow passing all of them.

    IAM is global: without the Region, stacks with the same name in two Regions could pass each other's roles. The path
    of a nested stack is under the path of its root stack.
    """
    known = environment_of(scope)
    return f"{below or '/'}{IMPORT_ROLE_PATH[1:]}{known.region}/{stack_scope_of(scope) or known.stack_name}/"


class RolePermissions:
    """The statements of one provider about roles: one for each action, to which jobs add their roles."""

    def __init__(self, provider: Construct, path: str | None) -> None:
        """Allow passing the import roles of the provider's stack, or only the roles under a path.

        Args:
            provider: The provider.
            path: The path of all roles that can be passed. If None, each role is allowed individually.
        """
        self._provider = provider
        self._path = path
        own = permissions.roles_arn(provider, path or import_role_path(provider))
        self.import_roles_statement = permissions.pass_import_roles_statement([own])
        self._pass_import_roles = iam.PolicyStatement.from_json(self.import_roles_statement)
        self._assume_import_roles: iam.PolicyStatement | None = None
        self._patterns = [own]
        self._reads_schemas = self._is_checked = False
        self._role: iam.IRole | None = None
        self._statements_by_action: dict[tuple[_Write, bool], tuple[iam.PolicyStatement, set[str]]] = {}
        self.document = iam.PolicyDocument(statements=[self._pass_import_roles])

    def attach_to(self, role: iam.IRole) -> None:
        """Set the role that has these permissions. The role is created with `document` as an inline policy."""
        self._role = role

    def can_reference_by_arn(self, role: iam.IRole, scope: Construct) -> bool:
        """Return whether a role can be allowed by its ARN.

        It can't if the provider has a path. It can't either if the role is in the job's stack and that stack depends on
        the provider's stack, because the reference would be circular.
        """
        is_downstream = stack_of(scope) is not stack_of(self._provider) and stack_of(role) is stack_of(scope)
        return self._path is None and not (is_downstream and cdk.Resource.is_owned_resource(role))

    def allow_import_roles_of(self, scope: Construct) -> None:
        """Allow the import roles of the jobs in the stack of `scope`."""
        if self._path or stack_of(scope) is stack_of(self._provider):
            return
        pattern = permissions.roles_arn(self._provider, import_role_path(scope))
        if pattern in self._patterns:
            return
        self._patterns.append(pattern)
        self._pass_import_roles.add_resources(pattern)
        self._accept_and_report(permissions.pass_import_roles_statement([pattern]))
        if self._assume_import_roles:
            self._assume_import_roles.add_resources(pattern)
            self._accept_and_report(permissions.assume_import_roles_statement([pattern]))
        self._check_size()

    def allow_passing(self, role: iam.IRole) -> None:
        """Allow passing a role that the construct did not create."""
        self._allow_with(role, permissions.pass_role_statement)

    def allow_assuming(self, role: iam.IRole) -> None:
        """Allow assuming a role that the construct did not create."""
        self._allow_with(role, permissions.assume_role_statement)

    def allow_assuming_import_roles(self) -> None:
        """Allow assuming the import roles that the construct creates, or all roles under the path."""
        if not self._assume_import_roles:
            self._assume_import_roles = self.add(permissions.assume_import_roles_statement(self._patterns))

    def allow_describing_schemas(self) -> None:
        """Allow reading the schemas that data is checked against."""
        if not self._reads_schemas:
            self._reads_schemas = True
            self.add(permissions.describe_schemas_statement(self._provider))

    @property
    def policy(self) -> iam.Policy | None:
        """The policy about roles of this app that were passed as `role`; None if there is no such role."""
        return cast("iam.Policy | None", self._provider.node.try_find_child(_ROLES_ID))

    def _allow_with(self, role: iam.IRole, write: _Write) -> None:
        """Add a role to the statement for roles that the construct did not create.

        The statement for roles of this app is in a separate policy: such a role may trust the function's role, so its
        ARN in an inline policy of the function's role would be a circular reference.
        """
        is_owned, arn = cdk.Resource.is_owned_resource(role), role.role_arn
        existing = self._statements_by_action.get((write, is_owned))
        if existing is None or existing[0].frozen:  # resources can't be added to a statement after synthesis
            statement = iam.PolicyStatement.from_json(write([arn]))
            self._statements_by_action[write, is_owned] = statement, {arn}
            (self._create_policy() if is_owned else self.document).add_statements(statement)
        elif arn in existing[1]:
            return
        else:
            existing[0].add_resources(arn)
            existing[1].add(arn)
        report_statements(self._role, [write([arn])])
        self._check_size()

    def _check_size(self) -> None:
        """Check the size of the inline policies at synth if there are enough roles to exceed the limit."""
        count = len(self._patterns) + sum(len(arns) for _, arns in self._statements_by_action.values())
        if count < RESOURCES_UNCHECKED or self._is_checked:
            return
        self._is_checked = True
        role = cast("iam.IRole", self._role)
        check_size(
            self._provider,
            self._provider,
            MeasuredPolicy(
                f"the inline policies of the role {role.node.path} together",
                lambda: inline_policies(self._provider, role),
                INLINE_POLICIES_LENGTH_MAX,
                "Each stack and each `role=` argument adds to them. Give the provider an import_role_path: one "
                "statement then allows all roles below it. Or use more than one provider.",
            ),
        )

    def _create_policy(self) -> iam.Policy:
        if self.policy:
            return self.policy
        policy = iam.Policy(self._provider, _ROLES_ID)
        cast("iam.IRole", self._role).attach_inline_policy(policy)
        return policy

    def add(self, statement: Statement) -> iam.PolicyStatement:
        """Add a statement to the inline policy of the function's role, and return it, so that it can grow."""
        added = iam.PolicyStatement.from_json(statement)
        self.document.add_statements(added)
        self._accept_and_report(statement)
        return added

    def _accept_and_report(self, statement: Statement) -> None:
        suppressions.suppress_wildcards(self._role, [statement])
        report_statements(self._role, [statement])
