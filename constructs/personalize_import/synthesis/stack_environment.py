"""The environment of a construct: its stack, and the stack's account, Region and partition.

Each jsii call is a round trip to another process, and a stack may have hundreds of jobs that need the same values. So
the values are cached for each stack; docs/benchmarks.md shows the effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import region_info
from constructs import IConstruct, Node

_Known = TypeVar("_Known")
_SCOPE_LENGTH_MAX: Final = 32
"""The length of the nested stack's part: it is in the path of the import roles, and the length of ARNs is limited."""
_TOKEN_MARK: Final = "${Token["  # noqa: S105 - the beginning of CDK tokens
_STACKS: Final[WeakKeyDictionary[IConstruct, cdk.Stack]] = WeakKeyDictionary()
_NODES: Final[WeakKeyDictionary[IConstruct, Node]] = WeakKeyDictionary()


def stack_of(scope: IConstruct) -> cdk.Stack:
    """Return the stack of a construct."""
    stack = _STACKS.get(scope)
    if stack is None:
        stack = _STACKS[scope] = cdk.Stack.of(scope)
    return stack


def node_of(construct: IConstruct) -> Node:
    """Return the node of a construct."""
    node = _NODES.get(construct)
    if node is None:
        node = _NODES[construct] = construct.node
    return node


def note_stack_of(construct: IConstruct, scope: IConstruct) -> None:
    """Cache that a construct, which must not be a stack itself, is in the stack of `scope`."""
    _STACKS[construct] = stack_of(scope)


def once_per_stack(make: Callable[[cdk.Stack], _Known]) -> Callable[[IConstruct], _Known]:
    """Cache the result of a function once per stack, for all constructs of the stack."""
    made: WeakKeyDictionary[cdk.Stack, _Known] = WeakKeyDictionary()

    def give(scope: IConstruct) -> _Known:
        stack = stack_of(scope)
        try:
            return made[stack]
        except KeyError:
            known = made[stack] = make(stack)
            return known

    return give


@once_per_stack
def top_level_stack_of(stack: cdk.Stack) -> cdk.Stack:
    """Return the root stack of a nested stack, or the stack itself if it is not nested."""
    while parent := stack.nested_stack_parent:
        stack = parent
    return stack


@once_per_stack
def stack_scope_of(stack: cdk.Stack) -> str | None:
    """Return a stable name of a nested stack, or None if the stack is not nested.

    CloudFormation adds a random suffix to the name of a nested stack, and another one when it is created again.
    """
    if not stack.nested:
        return None
    name = cdk.Names.unique_resource_name(stack, max_length=_SCOPE_LENGTH_MAX)
    return f"{top_level_stack_of(stack).stack_name}/{name}"


@once_per_stack
def stack_folder_of(stack: cdk.Stack) -> str:
    """Return the name of the stack's folder in the staging bucket: the unique part of the stack's id, as a token."""
    return cdk.Fn.select(2, cdk.Fn.split("/", stack.stack_id))


@dataclass(frozen=True)
class StackEnvironment:
    """The parts of ARNs in a stack. Each is a token if it is known only at deploy time."""

    partition: str
    region: str
    account: str
    stack_name: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the account and Region of the stack."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def s3_arn(self, resource: str) -> str:
        """Return the ARN of a bucket, or of objects in it."""
        return f"arn:{self.partition}:s3:::{resource}"

    def written(self, text: str, write: Callable[[str], str]) -> str:
        """Return the text with each token of this environment replaced by `write` of its pseudo parameter's name."""
        names = {"Partition": self.partition, "Region": self.region, "AccountId": self.account}
        for name, token in names.items():
            if _TOKEN_MARK in token:
                text = text.replace(token, write(f"AWS::{name}"))
        return text


@once_per_stack
def environment_of(stack: cdk.Stack) -> StackEnvironment:
    """Return the environment of a construct's stack."""
    return StackEnvironment(stack.partition, stack.region, stack.account, stack.stack_name)


@once_per_stack
def partition_of(scope: IConstruct) -> str | None:
    """Return the partition of a stack's Region, or None if the Region is a token or unknown to the CDK."""
    region = environment_of(scope).region
    return None if is_token(region) else region_info.RegionInfo.get(region).partition


def is_token(text: str) -> bool:
    """Return whether a string contains a CDK token; jsii is called only if the string may contain one."""
    return may_have_token(text) and bool(cdk.Token.is_unresolved(text))


def may_have_token(text: str) -> bool:
    """Return whether a string contains the beginning of a CDK token."""
    return _TOKEN_MARK in text
