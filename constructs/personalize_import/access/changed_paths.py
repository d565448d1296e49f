"""A warning about import roles that the provider can't pass because an Aspect has changed their path."""

from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.stack_environment import environment_of, once_per_stack
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX


class _RoleOfJob(NamedTuple):
    job: Construct
    role: iam.CfnRole
    path: str
    bound: str | None


def warn_of_changed_path(job: Construct, role: iam.CfnRole, path: str, bound: str | None) -> None:
    """Warn when the template is written if the path of the role has changed to one that the provider can't pass.

    Args:
        job: The job.
        role: The import role that the construct created for the job.
        path: The path with which the role was created.
        bound: The `import_role_path` of the provider; None if it has none.
    """
    _import_roles_of(job).append(_RoleOfJob(job, role, path, bound))


@once_per_stack
def _import_roles_of(stack: cdk.Stack) -> list[_RoleOfJob]:
    roles: list[_RoleOfJob] = []

    def warn() -> None:
        for job, role, path, bound in roles:
            changed = role.path or "/"
            if changed != path and not (bound and changed.startswith(bound)):
                cdk.Annotations.of(job).add_warning_v2(
                    f"{WARNING_ID_PREFIX}import-role-path",
                    f"an Aspect has changed the path of the import role to {changed}. The provider may pass only roles "
                    f"under {bound or _readable(job, path)} (iam:PassRole), so the import will fail. Exclude "
                    f"{role.node.path} from the Aspect, or create the provider with an import_role_path that {changed} "
                    "begins with",
                )

    at_synthesis(stack, warn)
    return roles


def _readable(job: Construct, path: str) -> str:
    return environment_of(job).written(path, lambda name: f"${{{name}}}")
