"""Permissions of preflight: the provider's function assumes the import role, which must trust it.

So preflight can read exactly the data that Personalize can read, and the function itself has no access to data.
"""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.access.import_role import is_precreated
from personalize_import.access.required_statements import Policy, report_required_statements
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler.contract.statements import statement


def grant_preflight(
    scope: Construct,
    role: iam.IRole,
    provider: IDatasetImportProvider,
    *,
    is_created: bool,
    reads_schema: bool,
) -> None:
    """Allow the provider to assume a role, and warn about the statements that this app can't add.

    Args:
        scope: The job.
        role: The import role of the job.
        provider: The provider of the job.
        is_created: True if the construct created the role for this job.
        reads_schema: True if the data is checked against the schema of the dataset.
    """
    own = isinstance(role, iam.Role) and not is_precreated(role)
    is_named = not (is_created and own) and support_of(provider).can_reference_by_arn(role, scope)
    support_of(provider).allow_preflight(role if is_named else None, reads_schema=reads_schema)
    preflight_role = cast("iam.IRole", provider.preflight_role)  # check_preflight rejects providers without one
    trust = statement("sts:AssumeRole", principal={"AWS": preflight_role.role_arn})
    # A reference to the preflight role could be circular if the import role is in a stack that this one depends on.
    can_be_named = cdk.Resource.is_owned_resource(role) and (
        stack_of(role) in (stack_of(cast("Construct", provider)), stack_of(scope))
    )
    if isinstance(role, iam.Role) and own and role.assume_role_policy and can_be_named:
        role.assume_role_policy.add_statements(iam.PolicyStatement.from_json(trust))
    else:
        policy = Policy(
            "the trust policy of the role", role.role_arn, ", because its job uses preflight or compares files"
        )
        report_required_statements(scope, policy, [trust])
