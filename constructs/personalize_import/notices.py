"""What synth tells of statements that others have to add, in a form to be pasted into their policies."""

import json
from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import region_info
from constructs import Construct, IConstruct

from personalize_import.statements import Statement
from personalize_import.surroundings import is_token, may_have_token, once_in_a_stack, stack_of, surroundings_of

_DEFAULT_PARTITION: Final = "aws"


def tell_what_is_required(scope: Construct, policy: str, statements: Sequence[Statement], besides: str = "") -> None:
    """Tell at synth which statements a policy must hold that this app doesn't own."""
    if not statements:
        return
    text = json.dumps([readable(scope, statement) for statement in statements])
    cdk.Annotations.of(scope).add_info(
        f"this app doesn't manage {policy}. Personalize can't read the data unless it holds {text}{besides}"
    )


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
