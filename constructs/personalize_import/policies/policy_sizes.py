"""Checks of the size of policies at synth, measured from the synthesized documents.

The limits: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html.
"""

import json
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.intrinsics import Intrinsics
from personalize_import.synthesis.stack_environment import environment_of, is_token, stack_of

INLINE_POLICIES_LENGTH_MAX: Final = 10_240
"""The limit of all inline policies of a role together, in characters without white space."""
BUCKET_POLICY_LENGTH_MAX: Final = 20_480
RESOURCES_UNCHECKED: Final = 10
"""Policies with fewer resources are not measured, which is slow: they can't exceed a limit."""

_ARN_PREFIX: Final = "arn:aws:s3:::"
"""The shortest beginning of a resource's ARN: the length must not be overestimated."""
_NAME_LENGTH_MAX: Final = 63
_SUFFIX_LENGTH: Final = 14
"""The suffix that CloudFormation adds to a generated name, hyphens included."""
# The shortest value of each pseudo parameter.
_PSEUDO: Final = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
}


class MeasuredPolicy(NamedTuple):
    """Policies that share one limit."""

    what: str
    """The name in the message, such as `the policy of the bucket Shop/Data`."""
    documents: Callable[[], Sequence[object]]
    """A function that returns the policy documents; called when all jobs have added to them."""
    length_max: int
    remedy: str


def check_size(scope: IConstruct, owner: IConstruct, measured: MeasuredPolicy) -> None:
    """Add an error to `scope` when its template is written if the policies of `owner` are too large."""

    def check() -> None:
        what, documents, length_max, remedy = measured
        length = sum(length_of(owner, each) for each in documents())
        if length > length_max:
            cdk.Annotations.of(scope).add_error(
                f"{what} would have about {length:,} characters; AWS allows {length_max:,}. {remedy}"
            )

    at_synthesis(scope, check)


def inline_policies(scope: IConstruct, role: iam.IRole) -> list[object]:
    """Return the inline policies of a role, including policies that constructs in `scope` attach to it."""
    stack, created = stack_of(scope), role.node.default_child
    if not isinstance(created, iam.CfnRole):
        return []  # created outside the app
    inline = [each["policyDocument"] for each in stack.resolve(created.policies) or []]
    attached = [each for each in scope.node.find_all() if isinstance(each, iam.CfnPolicy)]
    name = stack.resolve(role.role_name)
    return inline + [each.policy_document for each in attached if name in (stack.resolve(each.roles) or [])]


def length_of(owner: IConstruct, document: object) -> int:
    """Return the minimum length of a policy without white space; parts of it may be known only at deploy time.

    Args:
        owner: The owner of the policy, such as a bucket, or another construct in the same stack.
        document: The policy.
    """
    stack = stack_of(owner)
    name = _names(stack, owner)
    intrinsics = Intrinsics(
        ref=lambda logical_id: _PSEUDO.get(logical_id) or name(logical_id),
        get_att=lambda logical_id, _: _ARN_PREFIX + name(logical_id),
        function=lambda _: _ARN_PREFIX,
    )
    written = intrinsics.flatten(stack.resolve(document))
    return len(json.dumps(written, separators=(",", ":"), ensure_ascii=False))


def _names(stack: cdk.Stack, owner: IConstruct) -> Callable[[str], str]:
    """Return a function from logical ids to names: the owner's, or a placeholder as long as a generated name."""
    stack_name, created = environment_of(stack).stack_name, owner.node.default_child
    given = getattr(created, "bucket_name", None)
    own_id = stack.resolve(created.logical_id) if given and isinstance(created, cdk.CfnElement) else None

    def name(logical_id: str) -> str:
        if logical_id == own_id and isinstance(given, str) and not is_token(given):
            return given
        return "x" * min(len(stack_name) + len(logical_id) + _SUFFIX_LENGTH, _NAME_LENGTH_MAX)

    return name
