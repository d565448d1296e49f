"""The handlers of the native types of Personalize, called as by a CloudFormation engine."""

from typing import Any

import pytest

from personalize_import_handler.data_checks.rules import SCHEMA_MALFORMED
from personalize_local.cloudformation_types.handler_errors import ResourceFailedError
from personalize_local.cloudformation_types.native_resources import native_resources
from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, World, new_world
from tests.local_aws.support.service_setup import (
    RECIPE,
    USER_FIELDS,
    imported,
    interactions,
    make_dataset,
    schema_text,
    start_job,
)

TEXT = schema_text("Users", USER_FIELDS)
USERS = "USER_ID,AGE\na,1\n"


class Stack:
    """The handlers of the native types, called as a CloudFormation engine calls them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.types = native_resources(world.service, lambda: world.client.caller)

    def create(self, kind: str, **properties: Any) -> str:
        physical_id, attributes = self.types[f"AWS::Personalize::{kind}"].create(f"My{kind}", properties, "stack")
        assert attributes == {f"{kind}Arn": physical_id}
        return physical_id

    def update(self, kind: str, physical_id: str, old: Any, new: Any) -> str:
        return self.types[f"AWS::Personalize::{kind}"].update(physical_id, old, new, "stack")[0]

    def delete(self, kind: str, physical_id: str) -> None:
        self.types[f"AWS::Personalize::{kind}"].delete(physical_id, {})


@pytest.fixture
def stack() -> Stack:
    return Stack(new_world())


def dataset_properties(stack: Stack, **more: Any) -> dict[str, Any]:
    return {
        "Name": "users",
        "DatasetType": "Users",
        "DatasetGroupArn": stack.create("DatasetGroup", Name="shop"),
        "SchemaArn": stack.create("Schema", Name="users", Schema=TEXT),
        **more,
    }


def import_job(name: str, key: str = "data.csv") -> dict[str, Any]:
    return {"JobName": name, "DataSource": {"DataLocation": f"s3://{BUCKET}/{key}"}, "RoleArn": ROLE_ARN}


def test_resources_are_active_after_create_and_do_not_exist_after_delete(stack: Stack) -> None:
    properties = dataset_properties(stack, Tags=[{"Key": "team", "Value": "a"}])
    dataset = stack.create("Dataset", **properties)
    client = stack.world.client
    assert client("DescribeDataset", datasetArn=dataset)["dataset"]["status"] == "ACTIVE"
    assert client("ListTagsForResource", resourceArn=dataset)["tags"] == [{"tagKey": "team", "tagValue": "a"}]
    for kind, arn in (
        ("Dataset", dataset),
        ("Schema", properties["SchemaArn"]),
        ("DatasetGroup", properties["DatasetGroupArn"]),
    ):
        stack.delete(kind, arn)
        stack.delete(kind, arn)
    assert client("ListDatasetGroups")["datasetGroups"] == []
    assert client("ListSchemas")["schemas"] == []


def test_a_solution_takes_its_configuration_from_the_template(stack: Stack) -> None:
    dataset_arn = make_dataset(stack.world)
    imported(stack.world, dataset_arn, interactions())
    group = stack.world.client("DescribeDataset", datasetArn=dataset_arn)["dataset"]["datasetGroupArn"]
    solution_arn = stack.create(
        "Solution",
        Name="sol",
        DatasetGroupArn=group,
        RecipeArn=RECIPE,
        PerformHPO="true",
        SolutionConfig={"AlgorithmHyperParameters": {"Hidden_Dimension": "8"}, "EventValueThreshold": "0.5"},
    )
    solution = stack.world.client("DescribeSolution", solutionArn=solution_arn)["solution"]
    assert solution["performHPO"] is True
    assert solution["solutionConfig"] == {
        "algorithmHyperParameters": {"Hidden_Dimension": "8"},
        "eventValueThreshold": "0.5",
    }
    stack.delete("Solution", solution_arn)


@pytest.mark.parametrize(
    ("kind", "properties", "problem"),
    [
        ("Schema", {"Name": "s"}, "#: required key [Schema] not found"),
        ("Schema", {"Name": "s", "Schema": "x" * 10_001}, "#/Schema: expected maxLength: 10000, actual: 10001"),
        ("DatasetGroup", {"Name": "g", "Colour": 1}, "#: extraneous key [Colour] is not permitted"),
        (
            "Dataset",
            {"Name": "d", "DatasetType": "ACTIONS", "DatasetGroupArn": "", "SchemaArn": ""},
            "#/DatasetType: ACTIONS is not a valid enum value",
        ),
    ],
)
def test_properties_are_checked_before_the_service_is_called(
    stack: Stack, kind: str, properties: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ResourceFailedError) as failed:
        stack.create(kind, **properties)
    assert str(failed.value) == f"Properties validation failed for resource My{kind} with message:\n{problem}"
    assert stack.world.control("GET", "calls")["count"] == 0


def test_an_existing_resource_is_named_by_its_identifier(stack: Stack) -> None:
    properties = dataset_properties(stack)
    stack.create("Dataset", **properties)
    for kind, given, identifier in (
        ("DatasetGroup", {"Name": "shop"}, "shop"),
        ("Dataset", properties, "arn:aws:personalize:eu-west-1:111122223333:dataset/shop/USERS"),
    ):
        with pytest.raises(ResourceFailedError) as failed:
            stack.create(kind, **given)
        text = f"Resource of type 'AWS::Personalize::{kind}' with identifier '{identifier}' already exists."
        assert text in str(failed.value)


def test_a_refused_call_has_the_message_of_cloudformation(stack: Stack) -> None:
    with pytest.raises(ResourceFailedError) as failed:
        stack.create("Schema", Name="s", Schema="{}")
    message = str(failed.value)
    assert message.startswith(f'Resource handler returned message: "The schema is not valid: {SCHEMA_MALFORMED.what}')
    assert "(Service: Personalize, Status Code: 400, Request ID: " in message
    assert message.endswith("HandlerErrorCode: InvalidRequest)")


def test_an_unchanged_resource_stays(stack: Stack) -> None:
    properties = dataset_properties(stack)
    arn = stack.create("Dataset", **properties)
    assert stack.update("Dataset", arn, properties, dict(properties)) == arn


@pytest.mark.parametrize("change", [{"Tags": [{"Key": "a", "Value": "b"}]}, {"Name": "other"}])
def test_any_other_change_of_a_dataset_deletes_it_first_and_loses_its_data(
    stack: Stack, change: dict[str, Any]
) -> None:
    properties = dataset_properties(stack)
    arn = stack.create("Dataset", **properties)
    imported(stack.world, arn, USERS)
    assert stack.world.rows(arn)["count"] == 1
    assert stack.update("Dataset", arn, properties, {**properties, **change}) == arn
    assert stack.world.rows(arn)["count"] == 0


def test_a_renamed_schema_is_replaced_and_the_old_one_left_for_the_cleanup(stack: Stack) -> None:
    old = {"Name": "one", "Schema": TEXT}
    arn = stack.create("Schema", **old)
    new_arn = stack.update("Schema", arn, old, {**old, "Name": "two"})
    assert new_arn.endswith("schema/two")
    assert stack.world.client("DescribeSchema", schemaArn=arn)["schema"]["name"] == "one"


def test_a_changed_schema_with_the_same_name_is_refused(stack: Stack) -> None:
    old = {"Name": "one", "Schema": TEXT}
    arn = stack.create("Schema", **old)
    with pytest.raises(
        ResourceFailedError, match="cannot update a stack when a custom-named resource requires replacing"
    ):
        stack.update("Schema", arn, old, {**old, "Schema": TEXT + " "})


def test_a_dataset_can_include_its_first_import(stack: Stack) -> None:
    stack.world.aws.put("data.csv", USERS)
    arn = stack.create("Dataset", **dataset_properties(stack, DatasetImportJob=import_job("first")))
    assert stack.world.rows(arn)["count"] == 1


def test_another_import_job_is_started_without_replacing_the_dataset(stack: Stack) -> None:
    stack.world.aws.put("data.csv", USERS)
    stack.world.aws.put("more.csv", USERS + "b,2\n")
    old = dataset_properties(stack, DatasetImportJob=import_job("first"))
    arn = stack.create("Dataset", **old)
    created = stack.world.client("DescribeDataset", datasetArn=arn)["dataset"]["creationDateTime"]
    assert stack.update("Dataset", arn, old, {**old, "DatasetImportJob": import_job("second", "more.csv")}) == arn
    assert stack.world.rows(arn)["count"] == 2
    assert stack.world.client("DescribeDataset", datasetArn=arn)["dataset"]["creationDateTime"] == created


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("USER_ID,AGE\n,1\n", "The column USER_ID is empty, but its type in the schema doesn't include null."),
        ("USER_ID\na\n", "Input csv is missing the following columns: [AGE]"),
    ],
)
def test_a_failed_import_fails_the_dataset_and_deletes_it(stack: Stack, content: str, reason: str) -> None:
    stack.world.aws.put("data.csv", content)
    with pytest.raises(ResourceFailedError) as failed:
        stack.create("Dataset", **dataset_properties(stack, DatasetImportJob=import_job("first")))
    assert str(failed.value).startswith(f'Resource handler returned message: "{reason}')
    assert stack.world.client("ListDatasets")["datasets"] == []


def test_a_dataset_with_a_running_job_can_not_be_deleted(stack: Stack) -> None:
    arn = stack.create("Dataset", **dataset_properties(stack))
    stack.world.aws.put("data.csv", USERS)
    stack.world.control("POST", "jobs/hold", job_name="*")
    start_job(stack.world, arn)
    with pytest.raises(ResourceFailedError, match=r"is in use.*HandlerErrorCode: ResourceConflict"):
        stack.delete("Dataset", arn)


def test_throttled_calls_are_retried(stack: Stack) -> None:
    stack.world.control("POST", "faults", error_code="ThrottlingException", times=3)
    assert stack.create("Schema", Name="s", Schema=TEXT)
    stack.world.control("POST", "faults", error_code="ThrottlingException", times=30)
    with pytest.raises(ResourceFailedError, match="HandlerErrorCode: Throttling"):
        stack.create("Schema", Name="t", Schema=TEXT)
