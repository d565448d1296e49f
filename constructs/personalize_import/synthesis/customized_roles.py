"""Roles that `Role.customize_roles` replaces with roles created outside the app.

Their permissions aren't in the template. The CDK writes a report for the owner of the roles, with the statements that
a policy has at the moment when it is attached.
"""

from collections.abc import Iterable

from aws_cdk import aws_iam as iam

from personalize_import_handler.contract.statements import Statement


def is_customized(role: iam.IRole) -> bool:
    """Return whether `Role.customize_roles` replaces the role."""
    node = role.node  # an internal id of the CDK, pinned by tests/constructs/synthesis/test_customized_roles.py
    return isinstance(role, iam.Role) and node.try_find_child(f"PrecreatedRole{node.id}") is not None


def report_statements(role: iam.IRole | None, statements: Iterable[Statement]) -> None:
    """Add statements to the report on a role if they were added to its policy after the policy was attached."""
    if role is not None and is_customized(role):
        for statement in statements:
            role.add_to_principal_policy(iam.PolicyStatement.from_json(statement))
