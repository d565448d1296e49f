"""Import roles in the policies of buckets and keys that another account owns.

Within an account, the role's own policy is enough. The policy of a bucket or key in another account must allow the role
too: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html.

The role can't be the principal: a policy can't name a role that doesn't exist yet, and doesn't apply to a role that was
deleted and created again: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.
So the principal is the role's account, with a condition on the role's ARN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from personalize_import.synthesis.stack_environment import environment_of, is_token
from personalize_import_handler.contract.statements import Statement, for_role_of_account


@dataclass(frozen=True)
class Reader:
    """The role that reads the data of a job."""

    scope: Construct
    """The job."""
    role: iam.IRole
    path: str | None
    """The path of the import roles of the job's stack, if the construct created the role; otherwise None."""

    def is_in_other_account(self, owner: IConstruct) -> bool:
        """Return whether a resource of this app is in another account than the job."""
        return environment_of(self.scope).account != environment_of(owner).account

    def can_be_named_elsewhere(self) -> bool:
        """Return whether a stack in another account can name the role: account and ARN must be known at synth."""
        if is_token(environment_of(self.scope).account):
            return False
        return self.path is not None or not is_token(self.role.role_arn) or self._has_name()

    def allowed(self, statements: Sequence[Statement]) -> list[Statement]:
        """Return the statements of a resource's policy for the role instead of the service."""
        known = environment_of(self.scope)
        account = f"arn:{known.partition}:iam::{known.account}"
        return [for_role_of_account(each, account, self._pattern(account)) for each in statements]

    def _pattern(self, account: str) -> str:
        return self.role.role_arn if self.path is None else f"{account}:role{self.path}*"

    def _has_name(self) -> bool:
        created = self.role.node.default_child
        return isinstance(created, iam.CfnRole) and bool(created.role_name) and not is_token(str(created.role_name))
