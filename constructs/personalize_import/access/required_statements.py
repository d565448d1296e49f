"""Warnings at synth about statements that others must add, as JSON to paste into their policies."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, cast

import aws_cdk as cdk
from constructs import Construct, IConstruct

from personalize_import.policies.documents import resources_of
from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.intrinsics import Intrinsics
from personalize_import.synthesis.stack_environment import (
    environment_of,
    may_have_token,
    once_per_stack,
    partition_of,
    stack_of,
)
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract.statements import Statement

_DEFAULT_PARTITION: Final = "aws"


class Policy(NamedTuple):
    """A policy that this app doesn't own."""

    kind: str
    """Such as `the policy of the bucket`."""
    owner: str
    """The bucket's name, or the ARN of the role or the key."""
    extra_conditions: str = ""
    """Further conditions, appended to the warning."""

    @property
    def warning_id(self) -> str:
        """The id to acknowledge the warning about this policy."""
        kind = re.sub(r"[^a-z]+", "-", self.kind.removeprefix("the ").replace("'s", ""))
        return f"{WARNING_ID_PREFIX}{kind}:{self.owner}"


def report_required_statements(scope: Construct, policy: Policy, statements: Sequence[Statement]) -> None:
    """Warn at synth about the statements that a policy must contain, once for all jobs of the stack."""
    if statements:
        owner, *readable_statements = cast("list[Any]", readable(scope, [policy.owner, *statements]))
        written = policy._replace(owner=_text(owner))
        _, required = _required_in(scope).setdefault(written, (scope, []))
        required += readable_statements


@once_per_stack
def _required_in(stack: cdk.Stack) -> dict[Policy, tuple[Construct, list[Statement]]]:
    required: dict[Policy, tuple[Construct, list[Statement]]] = {}

    def warn() -> None:
        for policy, (first_job, statements) in required.items():
            # At the job: in an older CDK, a stack can acknowledge the warnings of its constructs, but not its own.
            cdk.Annotations.of(first_job).add_warning_v2(
                policy.warning_id,
                f"this app doesn't manage {policy.kind} {policy.owner}. Personalize can't read the data unless it "
                f"contains {json.dumps(_merged(statements))}{policy.extra_conditions}",
            )
        required.clear()  # an app may be synthesized again, and its warnings remain

    at_synthesis(stack, warn)
    return required


def _merged(statements: Iterable[Statement]) -> list[Statement]:
    """Merge statements that differ only in their resources, in their original order."""
    merged: dict[str, tuple[Statement, dict[str, None]]] = {}
    for each in statements:
        _, arns = merged.setdefault(json.dumps({**each, "Resource": []}), (each, {}))
        arns |= dict.fromkeys(resources_of(each))
    return [{**one, "Resource": [*arns]} if len(arns) > 1 else one for one, arns in merged.values()]


def readable(scope: IConstruct, value: object) -> object:
    """Resolve a value, with `${Name}` for values that are known only at deploy time, as in `Fn::Sub`."""
    partition = partition_of(scope) or _DEFAULT_PARTITION
    written = environment_of(scope).written(
        json.dumps(value), lambda name: partition if name == "AWS::Partition" else f"${{{name}}}"
    )
    value = json.loads(written)
    if not may_have_token(written):
        return value
    intrinsics = Intrinsics(
        ref=lambda name: partition if name == "AWS::Partition" else f"${{{name}}}",
        get_att=lambda name, attribute: f"${{{name}.{attribute}}}",
    )
    return intrinsics.flatten(stack_of(scope).resolve(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
