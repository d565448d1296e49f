"""Permissions of a role that was passed to a job: statements that the app adds, or that the role's owner must add."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from personalize_import.policies.merged_policy import MergedPolicy
from personalize_import.suppressions import suppress_data_of_job
from personalize_import.synthesis.customized_roles import is_customized
from personalize_import.synthesis.stack_environment import environment_of, once_per_stack, stack_of, stack_scope_of
from personalize_import_handler.contract.statements import Statement

_DIGEST_LENGTH: Final = 12
_OF_ROLES: Final[WeakKeyDictionary[iam.IRole, MergedPolicy[iam.AddToPrincipalPolicyResult]]] = WeakKeyDictionary()


class Granted(NamedTuple):
    """The statements that a role was granted, and those that it was not."""

    dependables: Sequence[IDependable]
    """Constructs that must be deployed before the role has the permissions."""
    missing: Sequence[Statement]
    """The statements that this app can't add."""


class _RolePolicy(NamedTuple):
    policy: iam.Policy
    statements: MergedPolicy[None]
    is_attached: bool


def grant_statements(scope: Construct, role: iam.IRole, statements: Sequence[Statement], objects_arn: str) -> Granted:
    """Allow a role that was passed to a job to read the job's data.

    For a role of the job's own stack, the statements are added to its default policy. For any other role, a policy is
    created in the job's stack: the statements name the job's bucket, so a policy in the role's stack could create a
    circular dependency between the stacks.
    """
    if isinstance(role, iam.Role) and (stack_of(role) is stack_of(scope) or is_customized(role)):
        growing_of_role = _OF_ROLES.setdefault(role, MergedPolicy())
        results = [growing_of_role.add(each, role.add_to_principal_policy) for each in statements]
        return Granted([each.policy_dependable for each in results if each.policy_dependable], [])
    policies = _policies_of(scope)
    if role not in policies:
        policies[role] = _attach_policy(scope, role)
    policy, growing, is_attached = policies[role]
    if not is_attached:
        return Granted([], statements)
    for each in statements:
        growing.add(each, policy.add_statements)
    suppress_data_of_job(policy, objects_arn)
    return Granted([policy], [])


@once_per_stack
def _policies_of(_stack: cdk.Stack) -> WeakKeyDictionary[iam.IRole, _RolePolicy]:
    return WeakKeyDictionary()


def _attach_policy(scope: Construct, role: iam.IRole) -> _RolePolicy:
    policy = iam.Policy(scope, "ReadData", policy_name=_policy_name(scope))
    role.attach_inline_policy(policy)
    # An immutable role ignores the policy without an error, so check whether the policy has the role.
    roles = stack_of(scope).resolve(cast("iam.CfnPolicy", policy.node.default_child).roles)
    return _RolePolicy(policy, MergedPolicy(), bool(roles))


def _policy_name(scope: Construct) -> str:
    """Return a policy name that is unique per stack and Region, because roles are global."""
    known = environment_of(scope)
    stack = stack_scope_of(scope) or known.stack_name
    return f"ReadData-{hashlib.sha256(stack.encode()).hexdigest()[:_DIGEST_LENGTH]}-{known.region}"
