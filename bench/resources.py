"""The number of resources of imports, and the size of the policies."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from bench.apps import WAYS, dataset_arn, make
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_import import DatasetImportJob, DataSource

_IMPORTS: Final = (1, 10, 100)
_MANY: Final = 240
_STACK_MAX: Final = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
_INLINE_MAX: Final = 10_240
"""All inline policies of a role together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
_BUCKET_POLICY_MAX: Final = 20_480
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html."""
_PROVIDER_MAX: Final = 8
_IMPORT_MAX: Final = 2
_TRIGGER_MAX: Final = 2


def run(_folder: Path, scale: Scale) -> Section:
    """Count the resources for each way to add imports."""
    numbers = _IMPORTS[:2] if scale.quick else _IMPORTS
    ways = [way for way in WAYS if way not in {"bare", "the same without this library"}]
    counts = {way: [len(template_of(make(way, number))["Resources"]) for number in numbers] for way in ways}
    head = ["way", *(f"{number} import{'s' * (number > 1)}" for number in numbers)]
    figures = table(head, [(way, *count) for way, count in counts.items()])
    goals = goals_table(_goals(counts["ours"], numbers))
    return Section(f"{figures}\n{_capacity_of_a_bucket_policy()}\n\n{goals}")


def _goals(ours: list[int], numbers: tuple[int, ...]) -> Iterator[Goal]:
    each = (ours[1] - ours[0]) // (numbers[1] - numbers[0])
    provider = ours[0] - each
    bound = "the ninth is the policy that names the state machine by its exact ARN"
    yield Goal(f"at most {_PROVIDER_MAX} resources for the provider", str(provider), provider <= _PROVIDER_MAX, bound)
    yield Goal(f"at most {_IMPORT_MAX} for an import", str(each), each <= _IMPORT_MAX)
    for trigger, count in _resources_of_triggers().items():
        yield Goal(f"at most {_TRIGGER_MAX} for {trigger}", str(count), count <= _TRIGGER_MAX)
    template = many_of_one_bucket()
    resources = len(template["Resources"])
    yield Goal(f"{_MANY} imports in a stack of {_STACK_MAX}", f"{resources} resources", resources <= _STACK_MAX)
    inline = max(map(inline_size, of_type(template, "AWS::IAM::Role")))
    goal = f"a role's inline policies at {_MANY} imports within IAM's {_INLINE_MAX:,} characters"
    yield Goal(goal, f"{inline:,}", inline <= _INLINE_MAX)


def _resources_of_triggers() -> dict[str, int]:
    """Return the number of resources that each kind of refresh adds to a stack of one import."""
    from aws_cdk import aws_scheduler as scheduler  # here, because it takes time to load

    every_hour = scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))
    triggers: dict[str, Callable[[DatasetImportJob], object]] = {
        "refreshes on a schedule": lambda job: job.refresh_on_schedule("Refresh", schedule=every_hour),
        "refreshes on upload": lambda job: job.refresh_on_upload("Refresh"),
    }
    plain = _resources_with(lambda _: None)
    return {name: _resources_with(refresh) - plain for name, refresh in triggers.items()}


def _resources_with(refresh: Callable[[DatasetImportJob], object]) -> int:
    app = cdk.App()
    stack = cdk.Stack(app, "Imports")
    data_source = DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "interactions/")
    refresh(DatasetImportJob(stack, "Import", dataset=dataset_arn(0), data_source=data_source))
    return len(template_of(app)["Resources"])


def _capacity_of_a_bucket_policy() -> str:
    """Describe the number of imports that fit into a bucket policy."""
    (policy,) = of_type(many_of_one_bucket(), "AWS::S3::BucketPolicy")
    size = size_of(policy["PolicyDocument"])
    return (
        f"If all {_MANY} imports read from one bucket of the app, each from its own prefix, the bucket policy has "
        f"{size:,} bytes. S3 allows {_BUCKET_POLICY_MAX:,}: about {_BUCKET_POLICY_MAX * _MANY // size} imports."
    )


@cache
def many_of_one_bucket() -> dict[str, Any]:
    """Return the template of a stack with as many imports as fit, each from its own prefix in a bucket of the app."""
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
    """Return the template of an app with one stack."""
    (stack,) = app.synth().stacks
    return dict(stack.template)


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the properties of all resources of a type."""
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def inline_size(role: dict[str, Any]) -> int:
    """Return the size of a role's inline policies in the deployed stack, in characters."""
    return sum(size_of(policy["PolicyDocument"]) for policy in role.get("Policies", []))


def size_of(document: object) -> int:
    """Return the size of a policy in characters, without white space, with resolved references."""
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
