"""The JSON schema accepts what the handler accepts, and rejects as much as a schema can express."""

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from personalize_import.template_reference.json_schema import json_schema
from personalize_import_handler.contract import RESOURCE_TYPE
from tests.handler.support.malformed import FAULTS
from tests.handler.support.properties import properties
from tests.handler.support.wellformed import valid_properties

SCHEMA: Final = json.loads(json_schema())
VALIDATOR: Final = Draft7Validator(SCHEMA)


def is_valid(sent: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid({"Type": RESOURCE_TYPE, "Properties": sent}))


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)


@settings(max_examples=100, deadline=None)
@given(sent=valid_properties())
def test_properties_that_the_handler_accepts_are_valid(sent: dict[str, Any]) -> None:
    assert is_valid(sent)


@pytest.mark.parametrize("name", sorted(properties()))
def test_what_is_required_is_missed(name: str) -> None:
    assert not is_valid(properties(**{name: None}))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_value_that_is_no_string_where_one_belongs_is_invalid(name: str) -> None:
    assert not is_valid({**properties(), name: {"Key": "value"}})
    assert not is_valid({**properties(), name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DatasetArn", "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop"),
        ("DataLocation", "shop-data/"),
        ("RoleArn", "arn:aws:iam::123456789012:user/import"),
        ("SchemaArn", "interactions"),
        ("JobName", "-nightly"),
        ("JobName", "n" * 64),
        ("ImportMode", "full"),
        ("PublishAttributionMetricsToS3", "yes"),
        ("Tags", [{"Key": "team"}]),
        ("Tags", [{"Key": "", "Value": "b"}]),
        ("Tags", [{"Key": str(number), "Value": ""} for number in range(51)]),
        ("ReimportToken", ""),
        ("Reimport", "ALWAYS"),
        ("TimeoutSeconds", 59),
        ("TimeoutSeconds", "55 minutes"),
        ("WaitedSeconds", -1),
        ("DatasetImportJobArn", "nightly"),
        ("DataFiles", []),
        ("DataFiles", [{"Name": "a.txt", "Source": "s3://bucket/a"}]),
        ("Datasetarn", "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS"),
    ],
)
def test_what_the_handler_refuses_is_invalid(name: str, value: object) -> None:
    assert not is_valid({**properties(), name: value})


@pytest.mark.parametrize(
    "reference",
    [{"Ref": "Role"}, {"Fn::GetAtt": ["Role", "Arn"]}, {"Fn::ImportValue": "token"}, {"Fn::Sub": "${Role}"}],
)
def test_references_may_stand_anywhere(reference: dict[str, Any]) -> None:
    assert is_valid(dict.fromkeys([*properties(), "Wait", "Tags", "TimeoutSeconds"], reference))
    assert is_valid(properties(Tags=[{"Key": "team", "Value": reference}, reference]))


def test_two_references_are_none() -> None:
    assert not is_valid(properties(RoleArn={"Ref": "Role", "Fn::Sub": "x"}))
