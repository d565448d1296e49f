"""What a construct is surrounded by: its stack, and that one's account, Region and partition.

Each question to the CDK goes to another process and back, and a stack may have hundreds of jobs that all ask the same.
So each is asked once in a stack; docs/benchmarks.md has what that is worth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import region_info
from constructs import IConstruct

_Known = TypeVar("_Known")
_SCOPE_LENGTH_MAX: Final = 32
"""Of the part of a nested stack: it is in the path of its import roles, whose ARNs have a limit."""
_TOKEN_MARK: Final = "${Token["  # noqa: S105 - of the CDK's
_STACKS: Final[WeakKeyDictionary[IConstruct, cdk.Stack]] = WeakKeyDictionary()


def stack_of(scope: IConstruct) -> cdk.Stack:
    """Give the stack that a construct is in."""
    stack = _STACKS.get(scope)
    if stack is None:
        stack = _STACKS[scope] = cdk.Stack.of(scope)
    return stack


def note_stack_of(construct: IConstruct, scope: IConstruct) -> None:
    """Note that a construct, which is no stack, is in the same one as the scope that it was made in."""
    _STACKS[construct] = stack_of(scope)


def once_per_stack(make: Callable[[cdk.Stack], _Known]) -> Callable[[IConstruct], _Known]:
    """Make something for the first construct of a stack that asks for it, and give it to all others."""
    made: WeakKeyDictionary[cdk.Stack, _Known] = WeakKeyDictionary()

    def give(scope: IConstruct) -> _Known:
        stack = stack_of(scope)
        if stack not in made:
            made[stack] = make(stack)
        return made[stack]

    return give


@once_per_stack
def top_level_stack_of(stack: cdk.Stack) -> cdk.Stack:
    """Return the stack that a nested stack belongs to, or else the stack itself."""
    while parent := stack.nested_stack_parent:
        stack = parent
    return stack


@once_per_stack
def stack_scope_of(stack: cdk.Stack) -> str | None:
    """Return a name for a nested stack that stays the same, or None if the stack is not nested.

    CloudFormation adds a random suffix to the name of a nested stack, and another one when it is created again.
    """
    if not stack.nested:
        return None
    name = cdk.Names.unique_resource_name(stack, max_length=_SCOPE_LENGTH_MAX)
    return f"{top_level_stack_of(stack).stack_name}/{name}"


@once_per_stack
def stack_folder_of(stack: cdk.Stack) -> str:
    """Return the name of the stack's folder in a data bucket, a token: the part of the stack's id that is unique."""
    return cdk.Fn.select(2, cdk.Fn.split("/", stack.stack_id))


@dataclass(frozen=True)
class StackEnvironment:
    """What ARNs in a stack are made of; tokens where it is known at deploy time only."""

    partition: str
    region: str
    account: str
    stack_name: str

    def s3_arn(self, resource: str) -> str:
        """Give the ARN of a bucket, or of objects in it."""
        return f"arn:{self.partition}:s3:::{resource}"

    def written(self, text: str, write: Callable[[str], str]) -> str:
        """Write what is known at deploy time only by the name of CloudFormation's parameter for it."""
        names = {"Partition": self.partition, "Region": self.region, "AccountId": self.account}
        for name, token in names.items():
            if _TOKEN_MARK in token:
                text = text.replace(token, write(f"AWS::{name}"))
        return text


@once_per_stack
def environment_of(stack: cdk.Stack) -> StackEnvironment:
    """Give what a construct's stack knows of itself."""
    return StackEnvironment(stack.partition, stack.region, stack.account, stack.stack_name)


@once_per_stack
def partition_of(scope: IConstruct) -> str | None:
    """Return the partition of a stack's Region, or None if the Region is a token or unknown to the CDK."""
    region = environment_of(scope).region
    return None if is_token(region) else region_info.RegionInfo.get(region).partition


def is_token(text: str) -> bool:
    """Say whether a string is known at deploy time only. What has no mark of the CDK's in it isn't asked about."""
    return may_have_token(text) and bool(cdk.Token.is_unresolved(text))


def may_have_token(text: str) -> bool:
    """Say whether there is a mark in a string as those have which are known at deploy time only."""
    return _TOKEN_MARK in text
