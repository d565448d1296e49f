"""Malformed properties, straight to the function: a plain template may send anything, and tokens may become anything.

Each request fails with the names of the invalid properties, and starts no job.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_import_handler.contract import ResourceProperties
from tests.handler.support.account import Response
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN
from tests.handler.support.malformed import FAULTS, Malformed, malformed_properties
from tests.handler.support.plain_template import JOB_SECONDS, MeasuringAccount, PlainTemplate, refusal_of
from tests.handler.support.properties import properties, tags
from tests.handler.support.wellformed import VALID, valid_properties


def assert_refused_by_name(response: Response, sent: Malformed) -> None:
    assert response.status == "FAILED"
    assert response.reason.endswith(". No job was started.")
    assert {name for name in ResourceProperties.__annotations__ if is_named(name, response.reason)} == sent.corrupted
    for name in sent.unknown:
        assert repr(name)[:20] in response.reason


def is_named(name: str, reason: str) -> bool:
    """Return whether a problem begins with the name, because an unknown name is reported with all known ones."""
    return re.search(rf"(^|; ){name}( must be |: | is missing)", reason) is not None


@pytest.mark.parametrize("examples", [300, pytest.param(1500, marks=pytest.mark.nightly)])
def test_each_malformed_property_is_rejected_by_name_and_starts_no_job(
    examples: int, record_property: Callable[[str, object], None]
) -> None:
    tried: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(request_type=st.sampled_from(["Create", "Update"]), sent=malformed_properties())
    def every_one(request_type: str, sent: Malformed) -> None:
        assert_refused_by_name(refusal_of(sent, request_type), sent)
        tried[request_type] += 1

    every_one()

    assert tried.total() >= examples
    record_property("generated examples", ", ".join(f"{count} of {kind}" for kind, count in sorted(tried.items())))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=valid_properties(), then=valid_properties(), scalars_as_strings=st.booleans())
def test_properties_that_the_generator_has_not_corrupted_are_imported(
    first: dict[str, Any], then: dict[str, Any], *, scalars_as_strings: bool
) -> None:
    account = MeasuringAccount()
    personalize = account.personalize
    personalize.datasets = {sent["DatasetArn"]: account.clock.now - 3600 for sent in (first, then)}
    account.storage.add_files([*first.get("DataFiles", []), *then.get("DataFiles", [])])
    # What is looked at has no data: for Preflight, there is no dataset type of this name, so that anything is right.
    personalize.schema = '{"type": "record", "name": "Any", "fields": [{"name": "A", "type": "int"}]}'
    stack = PlainTemplate(account, scalars_as_strings=scalars_as_strings)

    assert stack.create(first).succeeded
    # An import waits at least four minutes for another job of its dataset, which is longer than the shortest timeouts.
    account.clock.advance(JOB_SECONDS)
    assert stack.update(then).succeeded
    account.clock.advance(JOB_SECONDS)
    assert personalize.imported(then["DatasetArn"])[-1] == then["DataLocation"]


def test_the_generator_corrupts_every_property_that_it_creates() -> None:
    assert FAULTS.keys() == VALID.keys()
    assert VALID.keys() <= ResourceProperties.__annotations__.keys()


def corrupted(**values: Any) -> Malformed:
    known = values.keys() & ResourceProperties.__annotations__.keys()
    sent = {**properties(), **values}
    return Malformed(sent, frozenset(known), frozenset(values.keys() - known), scalars_as_strings=False)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DatasetArn", "${Token[TOKEN.123]}", "a dataset's ARN such as arn:aws:personalize:"),
        ("DatasetArn", "arn:aws:personalize:::", "got 'arn:aws:personalize:::'"),
        ("DatasetArn", DATASET_ARN + "\n", "INTERACTIONS\\n'"),
        ("DatasetArn", {"Fn::GetAtt": ["Dataset", "DatasetArn"]}, "got {'Fn::GetAtt': ['Dataset', 'DatasetArn']}"),
        ("SchemaArn", DATASET_ARN, "SchemaArn must be a schema's ARN"),
        ("SchemaArn", None, "SchemaArn must be a schema's ARN"),
        ("RoleArn", ROLE_ARN.replace("role/", "user/"), "RoleArn must be an IAM role's ARN"),
        ("RoleArn", ROLE_ARN.replace("1234", "\u0661234"), "got 'arn:aws:iam::\u066123456789012:role/import'"),
        ("DataLocation", "s3:///", "s3://bucket/folder/ (with the slash at its end)"),
        ("DataLocation", "s3://b", "got 's3://b'"),
        ("DataLocation", "s3://shop-data/*.csv", "without wildcards such as *.csv (name the folder instead)"),
        ("DataLocation", "s3://shop-data/items.csv.gz", "not compressed (store file.csv, not file.csv.gz)"),
        ("DataLocation", "s3://shop-data/a\0.csv", "got 's3://shop-data/a\\x00.csv'"),
        ("DataLocation", "s3://shop-data/\ud800", "got 's3://shop-data/\\ud800'"),
        ("DataLocation", "s3://shop-data/" + "x" * 1000, "(1017 characters)"),
        ("JobName", 7, "got 7"),
        ("JobName", "nightly 👻", "letters, digits, hyphens and underscores"),
        ("ImportMode", "AWS::NoValue", "FULL or INCREMENTAL, got 'AWS::NoValue'"),
        ("PublishAttributionMetricsToS3", 1, "true or false, got 1"),
        ("Tags", {"team": "data"}, "a list of {Key, Value}, both of them strings, got {'team': 'data'}"),
        ("Tags", [{"Key": "count", "Value": 3}], "both of them strings"),
        ("Tags", tags(team="a") + tags(team="b"), "tags with different keys, got 'team'"),
        (
            "Tags",
            [{"Key": "aws:mine", "Value": ""}],
            "'aws:' or 'personalize-import:', got 'aws:mine'",
        ),
        ("ReimportToken", "", "a string of 1 to 256 characters, got ''"),
        ("ReimportToken", "half a ghost \ud83d", "got 'half a ghost \\ud83d'"),
        ("TimeoutSeconds", "1e3", "a whole number of seconds from 60 (1 minute) to 3300 (55 minutes), got '1e3'"),
        ("TimeoutSeconds", " 300 ", "got ' 300 '"),
        ("TimeoutSeconds", "-5", "got '-5'"),
        ("Wait", ["true"], "true or false, got ['true']"),
        ("dataLocation", "s3://shop-data/", "'dataLocation' is not a property of Custom::PersonalizeDatasetImportJob"),
    ],
)
def test_a_problem_is_reported_with_the_value_received_and_the_allowed_values(
    request_type: str, name: str, value: object, said: str
) -> None:
    sent = corrupted(**{name: value})

    response = refusal_of(sent, request_type)

    assert_refused_by_name(response, sent)
    assert said in response.reason


@pytest.mark.parametrize("name", sorted(ResourceProperties.__required_keys__))
def test_a_missing_property_is_reported_with_its_allowed_values(name: str) -> None:
    sent = Malformed(properties(**{name: None}), frozenset({name}), frozenset(), scalars_as_strings=True)

    response = refusal_of(sent, "Create")

    assert_refused_by_name(response, sent)
    assert response.reason.startswith(f"{name} is missing: it must be a")


# Each of these takes four of the 4096 bytes of a response, or two if JSON escapes it.
@pytest.mark.parametrize("character", ["👻", '"', "\\", "\0"])
def test_every_name_is_reported_although_all_values_are_long(character: str) -> None:
    sent = corrupted(**dict.fromkeys(FAULTS.keys() | {"Surprise", "Surprises", "Surprised"}, character * 1000))

    assert_refused_by_name(refusal_of(sent, "Create"), sent)


def test_of_hundreds_of_invalid_tags_some_are_reported_and_all_other_properties() -> None:
    sent = corrupted(Tags=[{"Key": f"{number}!", "Value": "!" * 300} for number in range(200)], Wait="maybe")

    response = refusal_of(sent, "Create")

    assert_refused_by_name(response, sent)
    assert "Tags must be at most 46 tags: a job can have 50, and the provider adds 4, got 200" in response.reason
    assert "Tags: 396 more problems of this kind" in response.reason


def test_of_hundreds_of_unknown_names_some_are_reported_and_all_other_properties() -> None:
    names = [f"Surprise{number:03}" for number in range(500)]
    sent = corrupted(**dict.fromkeys(names, "1"), Wait="maybe")

    reason = refusal_of(sent, "Create").reason

    assert all(repr(name) in reason for name in names[:5])
    assert "Unknown properties: 495 more problems of this kind" in reason
    assert "Wait must be true or false, got 'maybe'" in reason
