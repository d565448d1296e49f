"""What synth tells of statements that others have to add, in a form to be pasted into their policies."""

import json
from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import region_info
from constructs import Construct, IConstruct

_DEFAULT_PARTITION: Final = "aws"


def tell_what_is_required(
    scope: Construct, policy: str, statements: Sequence[iam.PolicyStatement], besides: str = ""
) -> None:
    """Tell at synth which statements a policy must hold that this app doesn't own."""
    if not statements:
        return
    text = json.dumps([readable(scope, statement.to_statement_json()) for statement in statements])
    cdk.Annotations.of(scope).add_info(
        f"this app doesn't manage {policy}. Personalize can't read the data unless it holds {text}{besides}"
    )


def readable(scope: IConstruct, value: object) -> object:
    """Resolve a value, with `${Name}` for what is known at deploy time only, as in `Fn::Sub`."""
    return _flat(cdk.Stack.of(scope).resolve(value), _partition(scope))


def _partition(scope: IConstruct) -> str:
    region = cdk.Stack.of(scope).region
    known = None if cdk.Token.is_unresolved(region) else region_info.RegionInfo.get(region).partition
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
