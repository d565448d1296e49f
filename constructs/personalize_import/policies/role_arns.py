"""Check of the length of import role ARNs: Personalize allows 256 characters, but IAM allows paths of 512.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
"""

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis.stack_environment import environment_of, is_token, stack_of
from personalize_import_handler import contract

_STACK_NAME_LENGTH_MAX: Final = 128
_ROLE_NAME_LENGTH_MAX: Final = 64
_SUFFIX_LENGTH: Final = 14
"""The suffix that CloudFormation adds to a generated name, hyphens included."""
_SHORTEST: Final = {"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012"}
"""The shortest values of pseudo parameters."""


def check_role_arn(scope: Construct, role: cdk.CfnResource, path: str) -> Iterator[str]:
    """Yield a problem if the ARN of an import role is too long, as far as it is known at synth.

    Args:
        scope: The job.
        role: The import role, whose name CloudFormation generates from the stack's name and the logical id.
        path: The role's path.
    """
    known = environment_of(scope)
    prefix = known.written(f"arn:{known.partition}:iam::{known.account}:role{path}", lambda name: _SHORTEST[name])
    if len(prefix) + _ROLE_NAME_LENGTH_MAX <= contract.ARN_LENGTH_MAX or is_token(prefix):
        return
    stack = stack_of(scope)
    of_role = min(
        _name_length(stack) + len(str(stack.resolve(role.logical_id))) + _SUFFIX_LENGTH, _ROLE_NAME_LENGTH_MAX
    )
    length = len(prefix) + of_role
    if length > contract.ARN_LENGTH_MAX:
        readable = known.written(path, lambda name: f"${{{name}}}")
        yield (
            f"the ARN of the import role would have {length} characters, with the path {readable}; Personalize takes "
            f"{contract.ARN_LENGTH_MAX}. Use a shorter stack name, a shorter import_role_path of the provider, or a "
            "role of your own as role="
        )


def _name_length(stack: cdk.Stack) -> int:
    """Return the length of a stack's name; CloudFormation generates the name of a nested stack."""
    parent, resource = stack.nested_stack_parent, stack.nested_stack_resource
    if parent is None or resource is None:
        return len(environment_of(stack).stack_name)
    logical_id = str(parent.resolve(resource.logical_id))
    return min(_name_length(parent) + len(logical_id) + _SUFFIX_LENGTH, _STACK_NAME_LENGTH_MAX)
