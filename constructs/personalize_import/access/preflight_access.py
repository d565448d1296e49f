"""What it takes that the provider looks at data before a job is started: it takes on the import role for that.

So it sees what Personalize will see, and may itself read no data. The role has to trust the provider's function.
"""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.access.import_role import is_precreated
from personalize_import.access.required_statements import Policy, report_required_statements
from personalize_import.policies.statements import statement
from personalize_import.provider.imported import ImportedProvider
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.synthesis.environment import stack_of


def grant_preflight(
    scope: Construct,
    role: iam.IRole,
    provider: DatasetImportProvider | ImportedProvider,
    *,
    is_ours: bool,
    reads_schema: bool,
) -> None:
    """Let the provider look at what a role may read, as far as this app can.

    Args:
        scope: The job.
        role: The role that the job runs with.
        provider: What handles the job.
        is_ours: Whether the role is the construct's own, made for this job.
        reads_schema: Whether what is looked at is compared with the dataset's schema.
    """
    own = isinstance(role, iam.Role) and not is_precreated(role)
    is_named = not (is_ours and own) and provider.may_name(role, scope)
    provider.allow_looking(role if is_named else None, reads_schema=reads_schema)
    preflight_role = cast("iam.IRole", provider.preflight_role)  # arguments without one were refused
    trust = statement("sts:AssumeRole", principal={"AWS": preflight_role.role_arn})
    # A role of a stack that this one depends on can't name one of this stack.
    is_beside = cdk.Resource.is_owned_resource(role) and (stack_of(role) in (stack_of(provider), stack_of(scope)))
    if isinstance(role, iam.Role) and own and role.assume_role_policy and is_beside:
        role.assume_role_policy.add_statements(iam.PolicyStatement.from_json(trust))
    else:
        policy = Policy("the trust policy of the role", role.role_arn, ", for the provider looks at it first")
        report_required_statements(scope, policy, [trust])
