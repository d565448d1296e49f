"""`ImportedDataset`: a schema, a dataset and an import, as an app would create them one by one."""

import inspect
import json
import re
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import import (
    DatasetImportJob,
    DatasetImportProvider,
    DatasetSchema,
    DataSource,
    ImportedDataset,
    Reimport,
    ValidationError,
)
from personalize_import.job_arguments import JobOptions
from personalize_import_handler.contract import RESOURCE_TYPE
from tests.constructs.support.checked import errors_of, write
from tests.constructs.support.injection import Injector
from tests.constructs.support.stacks import (
    ROLE_ARN,
    URI,
    logical_id,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)

GROUP_ARN: Final = "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop"
USERS: Final = DatasetSchema.users().field("AGE", "int")

OPTIONS: Final[Mapping[str, Callable[[cdk.Stack], object]]] = {
    "import_mode": lambda _: "INCREMENTAL",
    "job_name_prefix": lambda _: "nightly",
    "role": lambda stack: iam.Role.from_role_arn(stack, "Role", ROLE_ARN),
    "tags": lambda _: {"team": "data"},
    "publish_attribution_metrics_to_s3": lambda _: True,
    "reimport": lambda _: Reimport.when_value_changes("2026-11"),
    "preflight": lambda _: True,
    "timeout": lambda _: cdk.Duration.hours(2),
    "wait": lambda _: False,
    "provider": lambda stack: DatasetImportProvider(stack, "Provider", memory_size=512),
}
"""A value of each option that is not its default."""


def add_imported_dataset(scope: Construct, id: str = "Users", **arguments: Any) -> ImportedDataset:
    required = {"dataset_group": GROUP_ARN, "schema": USERS, "data_source": DataSource.from_s3_uri(URI)}
    return ImportedDataset(scope, id, **{**required, **arguments})


def dataset_properties(imported: ImportedDataset) -> dict[str, Any]:
    resources = template_of(cdk.Stack.of(imported))["Resources"]
    return dict(resources[logical_id(imported.dataset)]["Properties"])


def schema_name(imported: ImportedDataset) -> str:
    resources = template_of(cdk.Stack.of(imported))["Resources"]
    return str(resources[logical_id(imported.schema)]["Properties"]["Name"])


def needed_by(resources: Mapping[str, object], name: str) -> set[str]:
    """Return the resources that CloudFormation creates before one, and that one."""
    found: set[str] = set()
    remaining = [name]
    while remaining:
        current = remaining.pop()
        found.add(current)
        texts = re.findall(r'"(\w+)"', json.dumps(resources[current]))
        remaining += [each for each in texts if each in resources and each not in found]
    return found


@pytest.mark.parametrize("option", [None, *OPTIONS])
def test_it_creates_what_an_app_would_create_one_by_one(option: str | None) -> None:
    short, long = new_stack("Shop"), new_stack("Shop")
    data_source = DataSource.from_s3_uri(URI)

    def options(stack: cdk.Stack) -> dict[str, Any]:
        return {option: OPTIONS[option](stack)} if option else {}

    add_imported_dataset(short, **options(short))
    scope = Construct(long, "Users")
    schema = USERS.to_cfn_schema(scope, "Schema")
    dataset = personalize.CfnDataset(
        scope,
        "Dataset",
        name="Shop-Users",
        dataset_type="Users",
        dataset_group_arn=GROUP_ARN,
        schema_arn=schema.attr_schema_arn,
    )
    DatasetImportJob(scope, "Import", dataset=dataset, data_source=data_source, **options(long))

    assert template_of(short) == template_of(long)


def test_every_option_of_a_job_is_passed_on() -> None:
    of_job = typing.get_type_hints(DatasetImportJob.__init__)
    parameters = inspect.signature(DatasetImportJob.__init__).parameters.values()
    optional = {each.name: of_job[each.name] for each in parameters if each.default is not inspect.Parameter.empty}
    del optional["after"]  # the job of the same dataset, which doesn't exist before this one

    assert typing.get_type_hints(JobOptions) == optional
    assert [*OPTIONS] == [*optional]


@pytest.mark.parametrize(
    ("schema", "dataset_type"),
    [
        (DatasetSchema.interactions(), "Interactions"),
        (DatasetSchema.items().field("GENRE", categorical=True), "Items"),
        (USERS, "Users"),
    ],
)
def test_the_type_of_the_dataset_is_that_of_the_schema(schema: DatasetSchema, dataset_type: str) -> None:
    assert dataset_properties(add_imported_dataset(new_stack(), schema=schema))["DatasetType"] == dataset_type


def group_of_this_stack(stack: cdk.Stack) -> object:
    return personalize.CfnDatasetGroup(stack, "Group", name="shop")


def group_of_another_construct(stack: cdk.Stack) -> object:
    class Group(Construct):
        dataset_group_ref = personalize.CfnDatasetGroup(stack, "Group", name="shop").dataset_group_ref

    return Group(stack, "Own")


def token(stack: cdk.Stack) -> object:
    return cdk.CfnParameter(stack, "GroupArn").value_as_string


@pytest.mark.parametrize(
    ("group", "arn"),
    [
        (group_of_this_stack, {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}),
        (group_of_another_construct, {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}),
        (token, {"Ref": "GroupArn"}),
        (lambda _: GROUP_ARN, GROUP_ARN),
    ],
    ids=["resource", "reference", "token", "ARN"],
)
def test_the_dataset_group_is_a_construct_or_an_arn(group: Callable[[cdk.Stack], object], arn: object) -> None:
    stack = new_stack()
    imported = add_imported_dataset(stack, dataset_group=group(stack))

    assert dataset_properties(imported)["DatasetGroupArn"] == arn


def test_names_can_be_given() -> None:
    imported = add_imported_dataset(new_stack(), dataset_name="customers", schema_name="customers-2")

    assert dataset_properties(imported)["Name"] == "customers"
    assert schema_name(imported) == "customers-2"


def test_the_generated_name_of_the_schema_changes_with_the_schema_and_that_of_the_dataset_does_not() -> None:
    before = add_imported_dataset(new_stack("Shop"))
    after = add_imported_dataset(new_stack("Shop"), schema=USERS.field("TALL", "int", nullable=True))

    assert dataset_properties(before)["Name"] == dataset_properties(after)["Name"] == "Shop-Users"
    assert schema_name(before) != schema_name(after)
    assert schema_name(after).startswith("Shop-Users-Schema-")


def test_long_names_are_truncated_and_stay_different() -> None:
    stack = new_stack("S" * 62)
    both = [add_imported_dataset(stack, each) for each in ("One", "Two")]
    found = [dataset_properties(each)["Name"] for each in both]

    assert len({*found}) == 2
    for name in found:
        assert re.fullmatch(r"S{54}-[0-9a-f]{8}", name)


def test_resources_that_depend_on_it_are_created_after_the_import() -> None:
    stack = new_stack()
    imported = add_imported_dataset(stack)
    solution = personalize.CfnSolution(stack, "Solution", name="s", dataset_group_arn=GROUP_ARN)
    solution.node.add_dependency(imported)

    assert logical_id(imported.import_job) in template_of(stack)["Resources"]["Solution"]["DependsOn"]


def test_several_of_one_group_don_t_wait_for_each_other() -> None:
    stack = new_stack()
    group, bucket = personalize.CfnDatasetGroup(stack, "Group", name="shop"), s3.Bucket(stack, "Bucket")
    schemas = {
        "Interactions": DatasetSchema.interactions(),
        "Items": DatasetSchema.items().field("GENRE", categorical=True),
        "Users": USERS,
    }
    for name, schema in schemas.items():
        data_source = DataSource.from_bucket(bucket, f"{name}/")
        add_imported_dataset(stack, name, dataset_group=group, schema=schema, data_source=data_source)
    resources = template_of(stack)["Resources"]
    slow = {name for name, each in resources.items() if each["Type"] in ("AWS::Personalize::Dataset", RESOURCE_TYPE)}

    assert len(slow) == 6
    for name in schemas:
        (job,) = [each for each in slow if each.startswith(f"{name}Import")]
        assert {each[: len(name)] for each in needed_by(resources, job) & slow} == {name}


def test_incremental_imports_can_follow() -> None:
    stack = new_stack()
    imported = add_imported_dataset(stack)
    following = DatasetImportJob(
        stack,
        "Increment",
        dataset=imported.dataset,
        data_source=DataSource.from_s3_uri("s3://some-bucket/increments/"),
        import_mode="INCREMENTAL",
        after=imported.import_job,
    )

    assert logical_id(imported.import_job) in needed_by(template_of(stack)["Resources"], logical_id(following))


def test_tags_reach_schema_and_dataset_and_job_and_their_change_imports_again() -> None:
    stack = new_stack()
    imported = add_imported_dataset(stack, tags={"stage": "test"})
    cdk.Tags.of(imported).add("team", "data")
    untagged = add_imported_dataset(new_stack())

    job = properties_of(imported.import_job)
    assert job["Tags"] == [{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "data"}]
    assert job["DatasetDefinition"]["Tags"] == {"team": "data"}
    assert dataset_properties(imported)["Tags"] == [{"Key": "team", "Value": "data"}]
    assert schema_name(imported) != schema_name(untagged)


def test_asset_files_are_checked_with_the_schema(tmp_path: Path) -> None:
    stack = new_stack()
    data = write(tmp_path / "users.csv", "USER_ID\na\n")
    add_imported_dataset(stack, data_source=DataSource.from_asset(str(data)))

    assert [error for error in errors_of(stack) if "AGE" in error] != []
    assert own_warnings(stack) == []


def test_property_injectors_of_both_classes_apply() -> None:
    of_job = Injector(DatasetImportJob, job_name_prefix="team", preflight=True)
    stack = new_stack(property_injectors=[of_job, Injector(ImportedDataset, dataset_name="injected")])

    imported = add_imported_dataset(stack, preflight=False)

    assert properties_of(imported.import_job)["JobName"] == "team"
    assert "Preflight" not in properties_of(imported.import_job)
    assert dataset_properties(imported)["Name"] == "injected"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"dataset_group": "shop"}, "dataset_group must be a dataset group's ARN such as arn:aws:.*, got 'shop'"),
        ({"dataset_group": 1}, "dataset_group must be a CfnDatasetGroup, another IDatasetGroupRef, or .*, got 1"),
        ({"schema": "{}"}, r"schema must be a DatasetSchema, such as DatasetSchema.interactions\(\), got '{}'"),
        (
            {"schema": DatasetSchema.actions().field("VALUE", "long")},
            "schema must be of a type that CloudFormation can create: Interactions, Items or Users, got 'Actions'",
        ),
        ({"dataset_name": "our users"}, "dataset_name must be 1 to 63 letters, .*, got 'our users'"),
    ],
)
def test_invalid_arguments_are_rejected(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=rf"^Shop/Users: {problem}$"):
        add_imported_dataset(new_stack("Shop"), **arguments)


def test_all_invalid_arguments_are_reported_at_once() -> None:
    with pytest.raises(ValidationError, match=r"dataset_group must be .*; schema must be .*; dataset_name must be "):
        add_imported_dataset(new_stack(), dataset_group="shop", schema=None, dataset_name="-")


def test_invalid_arguments_of_the_schema_and_the_job_are_reported_with_their_paths() -> None:
    with pytest.raises(ValidationError, match=r"^Stack/Users/Schema: name must be "):
        add_imported_dataset(new_stack(), schema_name="-")
    with pytest.raises(ValidationError, match=r"^Stack/Users/Import: timeout must be "):
        add_imported_dataset(new_stack(), timeout=cdk.Duration.hours(40))
