"""How many resources imports take, and how large the policies get."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from bench.apps import WAYS, make
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_import import DatasetImportJob, DataSource

_IMPORTS: Final = (1, 10, 100)
_MANY: Final = 240
_STACK_MAX: Final = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
_INLINE_MAX: Final = 10_240
"""Of all inline policies of a role together, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
_BUCKET_POLICY_MAX: Final = 20_480
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html."""
_PROVIDER_MAX: Final = 8
_IMPORT_MAX: Final = 2


def run(_folder: Path, scale: Scale) -> Section:
    """Count, for each way to make imports."""
    numbers = _IMPORTS[:2] if scale.quick else _IMPORTS
    ways = [way for way in WAYS if way != "bare"]
    counts = {way: [len(template_of(make(way, number))["Resources"]) for number in numbers] for way in ways}
    head = ["way", *(f"{number} import{'s' * (number > 1)}" for number in numbers)]
    figures = table(head, [(way, *count) for way, count in counts.items()])
    goals = goals_table(_goals(counts["ours"], numbers))
    return Section(f"{figures}\n{_room_in_a_bucket_policy()}\n\n{goals}")


def _goals(ours: list[int], numbers: tuple[int, ...]) -> Iterator[Goal]:
    each = (ours[1] - ours[0]) // (numbers[1] - numbers[0])
    provider = ours[0] - each
    yield Goal(f"at most {_PROVIDER_MAX} resources for the provider", str(provider), provider <= _PROVIDER_MAX)
    yield Goal(f"at most {_IMPORT_MAX} for an import", str(each), each <= _IMPORT_MAX)
    template = many_of_one_bucket()
    resources = len(template["Resources"])
    yield Goal(f"{_MANY} imports in a stack of {_STACK_MAX}", f"{resources} resources", resources <= _STACK_MAX)
    inline = max(map(inline_size, of_type(template, "AWS::IAM::Role")))
    goal = f"a role's inline policies at {_MANY} imports within IAM's {_INLINE_MAX:,} characters"
    yield Goal(goal, f"{inline:,}", inline <= _INLINE_MAX)


def _room_in_a_bucket_policy() -> str:
    """Say how many imports a bucket's policy has room for."""
    (policy,) = of_type(many_of_one_bucket(), "AWS::S3::BucketPolicy")
    size = size_of(policy["PolicyDocument"])
    return (
        f"The policy of one bucket of the app that all {_MANY} imports read from, each from a folder of its own, has "
        f"{size:,} bytes. S3 takes {_BUCKET_POLICY_MAX:,}, which is about {_BUCKET_POLICY_MAX * _MANY // size} imports."
        "\n\nThe ninth resource of the provider is the policy that names the state machine by its exact ARN."
    )


@cache
def many_of_one_bucket() -> dict[str, Any]:
    """Make as many imports as fit into a stack, each from a folder of its own in a bucket of the app."""
    app = cdk.App(context={"@aws-cdk/core:enablePartitionLiterals": True, "@aws-cdk/aws-iam:minimizePolicies": True})
    stack = cdk.Stack(app, "Imports")
    bucket = s3.Bucket(stack, "Bucket")
    for number in range(_MANY):
        dataset_arn = f"arn:aws:personalize:eu-west-1:123456789012:dataset/group-{number}/INTERACTIONS"
        DatasetImportJob(
            stack,
            f"Import{number}",
            dataset=dataset_arn,
            data_source=DataSource.from_bucket(bucket, f"interactions-{number}/"),
        )
    return template_of(app)


def template_of(app: cdk.App) -> dict[str, Any]:
    """Synthesize an app of one stack."""
    (stack,) = app.synth().stacks
    return dict(stack.template)


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Give the properties of all resources of a type."""
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def inline_size(role: dict[str, Any]) -> int:
    """Count the characters of a role's inline policies as they are when the stack is deployed."""
    return sum(size_of(policy["PolicyDocument"]) for policy in role.get("Policies", []))


def size_of(document: object) -> int:
    """Count the characters of a policy, white space left out, with references as long as what they stand for."""
    return len(json.dumps(_resolved(document), separators=(",", ":")))


def _resolved(value: object) -> object:
    match value:
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(str(_resolved(part)) for part in parts)
        case {"Ref": "AWS::AccountId"}:
            return "1" * 12
        case {"Ref": "AWS::Region"}:
            return "ap-southeast-1"
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": str()} | {"Fn::GetAtt": _}:
            return "r" * 100
        case dict():
            return {key: _resolved(each) for key, each in value.items()}
        case list():
            return [_resolved(each) for each in value]
    return value
