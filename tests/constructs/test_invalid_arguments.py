"""Invalid arguments are rejected at synth, and the message names them."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import import Reimport
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler import contract
from tests.constructs.support.stacks import ROLE_ARN, add_job, new_stack

STACK = new_stack()
GROUP_ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset-group/group"
A_DATASET = "a dataset's ARN such as arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/INTERACTIONS"
A_NAME = "1 to 46 letters, digits, hyphens and underscores, starting with a letter or digit"
TIMEOUT = "from 1 minute to 36 hours, in whole seconds"
MAPPING = "a mapping of strings to strings"
KEY = "1 to 128 letters, digits, spaces and _.:/=+-@, not starting with 'aws:'"
REIMPORT = "a Reimport, such as Reimport.when_data_changes()"
SOURCE = "a DataSource, such as DataSource.from_bucket(bucket, 'interactions/')"
ROLE = "a Role or another IRoleRef, such as iam.Role.from_role_arn(...)"

WRONG: list[tuple[str, Any, str]] = [
    *[("dataset", value, A_DATASET) for value in ["", "INTERACTIONS", GROUP_ARN, f" {GROUP_ARN}", "a" * 300]],
    *[("dataset", value, "a CfnDataset, another IDatasetRef, or a dataset's ARN") for value in [None, 5, b"", ["x"]]],
    ("dataset", personalize.CfnDatasetGroup(STACK, "Group", name="g"), "a CfnDataset, another IDatasetRef"),
    *[("data_source", value, SOURCE) for value in [None, "s3://bucket/file.csv", 5, {"uri": "s3://b/f"}]],
    ("data_source", s3.Bucket(STACK, "Bucket"), SOURCE),
    *[("import_mode", value, "FULL or INCREMENTAL") for value in ["", "full", "ALL", 5, True, ["FULL"], b"FULL"]],
    *[
        ("job_name_prefix", value, A_NAME)
        for value in ["", "-a", "_a", "a b", "a.b", "ä", "a" * 47, "a\n", 5, True, b"a"]
    ],
    *[("role", value, ROLE) for value in [ROLE_ARN, "", 5, iam.ServicePrincipal("personalize.amazonaws.com")]],
    *[("tags", value, MAPPING) for value in ["team", 5, ["a"], {"a": 5}, {5: "a"}, {"a": None}, [{"Key": "a"}]]],
    *[("tags: a key", {value: "x"}, KEY) for value in ["", "aws:a", "Aws:a", "a&b", "a" * 129]],
    ("tags: the value of 'a'", {"a": "b" * 257}, "at most 256 letters, digits, spaces and _.:/=+-@"),
    ("tags: the value of 'a'", {"a": "b!"}, "at most 256 letters, digits, spaces and _.:/=+-@"),
    ("tags", {f"a{number}": "x" for number in range(51)}, "at most 46 tags"),
    *[("publish_attribution_metrics_to_s3", value, "True or False") for value in ["true", 1, 0, "", []]],
    *[("reimport", value, REIMPORT) for value in ["", "WHEN_DATA_CHANGES", 5, True, ["a"], Reimport]],
    *[("timeout", cdk.Duration.seconds(value), TIMEOUT) for value in [0, 59, 129_601]],
    *[("timeout", value, f"a Duration {TIMEOUT}") for value in [60, "60", 60.0]],
    ("timeout", cdk.Duration.millis(60_500), TIMEOUT),
    ("timeout", cdk.Duration.days(2), TIMEOUT),
    *[("wait", value, "True or False") for value in ["true", 1, 0, "", []]],
]


@pytest.mark.parametrize(("name", "value", "allowed"), WRONG)
def test_an_invalid_argument_is_reported_with_construct_value_and_allowed_values(
    name: str, value: Any, allowed: str
) -> None:
    scope = Construct(new_stack(), "Models")

    with pytest.raises(ValidationError) as refused:
        add_job(scope, **{name.partition(":")[0]: value})

    message = str(refused.value)
    assert message.startswith(f"Stack/Models/Job: {name} must be {allowed}")
    assert f", got {received(name, value)}" in message


def test_a_long_timeout_is_shown_in_hours() -> None:
    with pytest.raises(ValidationError, match="must be from 1 minute to 36 hours, in whole seconds, got 40 hours"):
        add_job(new_stack(), timeout=cdk.Duration.hours(40))


def received(name: str, value: Any) -> str:
    """Return the part of a value that the message should show; a long value is shortened."""
    match value:
        case cdk.Duration():
            seconds = value.to_milliseconds() / 1000
            return f"{seconds:g} seconds" if seconds < 3600 else f"{seconds / 3600:g} hours"
        case dict() if len(value) > contract.TAGS_MAX:
            return "51"
        case dict() if name == "tags: a key":
            return repr(next(iter(value)))[:200]
        case dict() if name.startswith("tags: the value"):
            return repr(next(iter(value.values())))[:200]
    return repr(value)[:200]


def test_all_invalid_arguments_are_reported_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        add_job(new_stack(), dataset=None, data_source=None, import_mode="ALL", job_name_prefix="-", role="x", tags=5,
                publish_attribution_metrics_to_s3="x", reimport="", timeout=5, wait="x")  # fmt: skip

    names = [
        problem.partition(" must be ")[0] for problem in str(refused.value).removeprefix("Stack/Job: ").split("; ")
    ]
    assert names == [
        "dataset",
        "data_source",
        "import_mode",
        "job_name_prefix",
        "role",
        "tags",
        "publish_attribution_metrics_to_s3",
        "reimport",
        "timeout",
        "wait",
    ]


def test_an_invalid_argument_raises_value_error() -> None:
    with pytest.raises(ValueError, match="job_name_prefix must be"):
        add_job(new_stack(), job_name_prefix="-")


def test_the_schema_of_a_dataset_is_checked_too() -> None:
    stack = new_stack()
    dataset = personalize.CfnDataset(
        stack, "D", name="d", dataset_type="Users", dataset_group_arn=GROUP_ARN, schema_arn="my-schema"
    )

    with pytest.raises(ValidationError, match=r"dataset\.schema_arn must be a schema's ARN .*, got 'my-schema'"):
        add_job(stack, dataset=dataset)


def test_the_arn_of_an_imported_role_is_checked_too() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::12345:role/short-account")

    with pytest.raises(ValidationError, match=r"role must be an IAM role's ARN .*, got 'arn:aws:iam::12345:role/"):
        add_job(stack, role=role)


def test_a_rejected_job_creates_no_resources() -> None:
    stack = new_stack()
    with pytest.raises(ValidationError):
        add_job(stack, job_name_prefix="-")

    assert [child.node.id for child in stack.node.children] == ["Job"]
    assert stack.node.find_child("Job").node.children == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"job_name_prefix": "a" * 46},
        {"job_name_prefix": "0-_Z"},
        {"tags": {"a" * 128: "b" * 256, "Straße 1": "", "_.:/=+-@": "x"}},
        {"tags": {f"a{number}": "x" for number in range(contract.TAGS_MAX)}},
        {"timeout": cdk.Duration.seconds(60)},
        {"timeout": cdk.Duration.hours(36)},
        {"timeout": cdk.Duration.millis(61_000)},
        {"dataset": "arn:aws-cn:personalize:cn-north-1:123456789012:dataset/my-group/ITEMS"},
    ],
)
def test_the_limits_of_allowed_values_are_accepted(arguments: dict[str, Any]) -> None:
    assert add_job(new_stack(), **arguments)
