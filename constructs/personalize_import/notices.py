"""What synth tells of statements that others have to add, in a form to be pasted into their policies."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, cast

import aws_cdk as cdk
import jsii
from aws_cdk import region_info
from constructs import Construct, IConstruct, IValidation

from personalize_import.statements import Statement, resources_of
from personalize_import.surroundings import is_token, may_have_token, once_in_a_stack, stack_of, surroundings_of

_DEFAULT_PARTITION: Final = "aws"


class Policy(NamedTuple):
    """A policy that this app doesn't own."""

    kind: str
    """Such as `the policy of the bucket`."""
    owner: str
    """The bucket's name, or the ARN of the role or the key."""
    besides: str = ""
    """What else must be so."""


def tell_what_is_required(scope: Construct, policy: Policy, statements: Sequence[Statement]) -> None:
    """Tell at synth which statements a policy must hold, those that all jobs of the stack need together."""
    if statements:
        written = policy._replace(owner=str(readable(scope, policy.owner)))
        told = _told_at_synth(scope).setdefault(written, [])
        told += [cast("Statement", readable(scope, statement)) for statement in statements]


@jsii.implements(IValidation)
class _TellsAtSynth:
    """Tells when all jobs are known; it finds nothing wrong."""

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self.required: dict[Policy, list[Statement]] = {}

    def validate(self) -> list[str]:
        for (kind, owner, besides), statements in self.required.items():
            cdk.Annotations.of(self._stack).add_info(
                f"this app doesn't manage {kind} {owner}. Personalize can't read the data unless it holds "
                f"{json.dumps(_as_few(statements))}{besides}"
            )
        self.required.clear()  # an app may be synthesized again, and what it was told stands
        return []


@once_in_a_stack
def _told_at_synth(stack: cdk.Stack) -> dict[Policy, list[Statement]]:
    tells = _TellsAtSynth(stack)
    stack.node.add_validation(tells)
    return tells.required


def _as_few(statements: Iterable[Statement]) -> list[Statement]:
    """Put statements into one that are about different resources alone, in the order in which they came."""
    few: dict[str, Statement] = {}
    for each in statements:
        one = few.setdefault(json.dumps({**each, "Resource": []}), each)
        arns = list(dict.fromkeys([*resources_of(one), *resources_of(each)]))
        if len(arns) > 1:
            one["Resource"] = arns
    return [*few.values()]


def readable(scope: IConstruct, value: object) -> object:
    """Resolve a value, with `${Name}` for what is known at deploy time only, as in `Fn::Sub`."""
    partition = _partition(scope)
    written = surroundings_of(scope).written(
        json.dumps(value), lambda name: partition if name == "AWS::Partition" else f"${{{name}}}"
    )
    value = json.loads(written)
    return _flat(stack_of(scope).resolve(value) if may_have_token(written) else value, partition)


@once_in_a_stack
def _partition(scope: IConstruct) -> str:
    region = surroundings_of(scope).region
    known = None if is_token(region) else region_info.RegionInfo.get(region).partition
    return known or _DEFAULT_PARTITION


def _flat(value: Any, partition: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    match value:
        case {"Fn::Join": [separator, parts]}:
            return separator.join(str(_flat(part, partition)) for part in parts)
        case {"Ref": "AWS::Partition"}:
            return partition
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case dict():
            return {key: _flat(each, partition) for key, each in value.items()}
        case list():
            return [_flat(each, partition) for each in value]
    return value
