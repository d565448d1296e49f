"""The reference of the resource type describes the handler's behavior."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from personalize_import.template_reference.json_schema import json_schema
from personalize_import.template_reference.page import reference
from personalize_import_handler.contract import Attribute, ResourceProperties
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.contract.property_table import PROPERTIES, Update
from tests.handler.support.account import Account
from tests.handler.support.properties import DATA_LOCATION, asset_properties, properties, tags
from tests.handler.support.simulator import CloudFormation

DOCS: Final = Path(__file__).parents[3] / "docs"
PAGE: Final = (DOCS / "resource-reference.md").read_text()
OTHERS: Final[dict[str, Any]] = {
    "ServiceTimeout": 3000,
    "DatasetArn": "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS",
    "DataLocation": "s3://shop-data/interactions-2/",
    "RoleArn": "arn:aws:iam::123456789012:role/another",
    "SchemaArn": "arn:aws:personalize:eu-west-1:123456789012:schema/v2",
    "JobName": "another",
    "ImportMode": "INCREMENTAL",
    "PublishAttributionMetricsToS3": True,
    "Tags": tags(team="data"),
    "ReimportToken": "2",
    "Reimport": "WHEN_DATA_CHANGES",
    "Preflight": True,
    "TagFingerprint": True,
    "PublishStateChanges": True,
    "TimeoutSeconds": 600,
    "Wait": False,
    "HandsOver": True,
    "WaitedSeconds": 60,
    "LastStatus": "ACTIVE",
    "DatasetDefinition": {"Name": "interactions-2"},
    "After": "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/shop-Full-0123456789ab-1",
    "FollowedBy": [{"LogicalId": "Added"}],
}
"""Another value of each property than the one that it has by default."""


def test_the_page_and_the_schema_are_up_to_date() -> None:
    made = PAGE.partition("`make docs-reference` -->\n")[2].partition("<!-- end of the reference")[0]
    assert made == reference(), "run `make docs-reference`"
    assert (DOCS / "PersonalizeDatasetImportJob.schema.json").read_text() == json_schema(), "run `make docs-reference`"


def test_the_reference_has_the_properties_of_the_contract() -> None:
    assert sorted(each.name for each in PROPERTIES) == sorted(ResourceProperties.__annotations__)
    required = {each.name for each in PROPERTIES if each.required}
    assert required == ResourceProperties.__required_keys__ | {"ServiceToken"}


def test_the_reference_has_every_attribute() -> None:
    assert re.findall(r"^\| `(\w+)` \|", reference().partition("### Fn::GetAtt")[2], re.MULTILINE) == list(Attribute)


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_change_starts_an_import_as_the_reference_describes(name: str, cloudformation: CloudFormation) -> None:
    update = next(each.update for each in PROPERTIES if each.name == name)
    created = cloudformation.create(properties())

    updated = cloudformation.update(properties(**{name: OTHERS[name]}))

    assert updated.succeeded, updated.reason
    assert (updated.job_arn != created.job_arn) == (update is Update.IMPORT)


@pytest.mark.parametrize("content", ["first", "other"])
def test_another_data_as_of_imports_again_if_the_data_has_changed(content: str, cloudformation: CloudFormation) -> None:
    created = cloudformation.create(properties(Reimport="WHEN_DATA_CHANGES", DataAsOf="1"))
    cloudformation.account.storage.objects[f"{DATA_LOCATION}a.csv"] = content

    updated = cloudformation.update(properties(Reimport="WHEN_DATA_CHANGES", DataAsOf="2"))

    assert (updated.job_arn != created.job_arn) == (content == "other")
    (update,) = [each.update for each in PROPERTIES if each.name == "DataAsOf"]
    assert update is Update.IMPORT_IF_DATA_HAS_CHANGED


@pytest.mark.parametrize("name", ["DatasetDefinition", "After"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_another_dataset_definition_or_job_before_imports_again_if_the_data_is_gone(
    name: str, is_gone: bool, cloudformation: CloudFormation
) -> None:
    created = cloudformation.create(properties())
    if is_gone:
        cloudformation.account.personalize.recreate_dataset()

    updated = cloudformation.update(properties(**{name: OTHERS[name]}))

    assert (updated.job_arn != created.job_arn) == is_gone
    (update,) = [each.update for each in PROPERTIES if each.name == name]
    assert update is Update.IMPORT_IF_DATA_IS_GONE


def test_files_are_not_part_of_the_identity_of_an_import(cloudformation: CloudFormation) -> None:
    first = asset_properties("a.csv")
    cloudformation.account.storage.objects |= {file["Source"]: "USER_ID" for file in first["DataFiles"]}
    created = cloudformation.create(first)

    updated = cloudformation.update(
        {**first, "DataFiles": [*first["DataFiles"], *asset_properties("b.csv")["DataFiles"]]}
    )

    assert updated.job_arn == created.job_arn


def test_another_scope_of_a_nested_stack_imports_again() -> None:
    nested = CloudFormation(Account(), stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")
    created = nested.create(properties(StackScope="shop/Nested"))

    assert nested.update(properties(StackScope="shop/Other")).job_arn != created.job_arn
    (update,) = [each.update for each in PROPERTIES if each.name == "StackScope"]
    assert update is Update.IMPORT


def test_every_property_has_a_change() -> None:
    elsewhere = {"ServiceToken", "DataAsOf", "DataFiles", "DatasetImportJobArn", "FirstResource", "StackScope"}
    assert {each.name for each in PROPERTIES} - set(OTHERS) == elsewhere


def test_the_defaults_are_those_of_the_handler() -> None:
    defaults = dict(re.findall(r"### (\w+)\n(?:(?!###)[^\0])*?- \*Default\*: (.*)\n", reference()))
    with_defaults = {name: default for name, default in defaults.items() if name not in {"JobName", "StackScope"}}
    assert len(with_defaults) > 8
    assert parse(properties(**with_defaults)) == parse(properties())
