"""Schemas, dataset groups, datasets, solutions and tags."""

from typing import Any

import pytest

from personalize_import import DatasetSchema
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.rules import Rule
from tests.local_aws.support.fakes import World
from tests.local_aws.support.service_setup import (
    INTERACTION_FIELDS,
    ITEM_FIELDS,
    RECIPE,
    USER_FIELDS,
    imported,
    interactions,
    make_dataset,
    make_group,
    make_schema,
    refusal,
    schema_text,
    start_job,
)

STRING = {"type": "string"}


def test_a_schema_is_returned_unchanged(world: World) -> None:
    text = schema_text("Users", USER_FIELDS) + "\n"
    arn = make_schema(world, text=text, name="users")
    assert arn == "arn:aws:personalize:eu-west-1:111122223333:schema/users"
    schema = world.client("DescribeSchema", schemaArn=arn)["schema"]
    assert schema["schema"] == text
    assert "status" not in schema
    assert "schema" not in world.client("ListSchemas")["schemas"][0]


@pytest.mark.parametrize(
    ("text", "rule", "detail"),
    [
        ("{", rules.SCHEMA_MALFORMED, "JSON"),
        ("[]", rules.SCHEMA_MALFORMED, "record"),
        ('{"type": "record", "name": "Things", "fields": []}', rules.SCHEMA_MALFORMED, "fields"),
        ('{"type": "record", "name": ["Users"]}', rules.SCHEMA_MALFORMED, "name"),
        ('{"type": "record", "name": "Users", "fields": []}', rules.SCHEMA_MALFORMED, "fields"),
        (schema_text("Things", USER_FIELDS), rules.SCHEMA_NAME, "Things"),
        (schema_text("Users", [{"type": "string"}]), rules.SCHEMA_MALFORMED, "field 1"),
        (schema_text("Users", [{"name": "USER_ID", "type": {"type": "array"}}]), rules.SCHEMA_MALFORMED, "USER_ID"),
        (schema_text("Users", [{"name": "USER_ID", "type": ["int", "string"]}]), rules.SCHEMA_MALFORMED, "USER_ID"),
        (schema_text("Users", [{"name": "A", **STRING}]), rules.FIELD_MISSING, "USER_ID"),
        (schema_text("Users", [{"name": "USER_ID", **STRING}]), rules.NO_METADATA, "USER_ID"),
        (schema_text("Users", [{"name": "USER_ID", "type": "long"}, *USER_FIELDS[1:]]), rules.FIELD_TYPE, "USER_ID"),
        (
            schema_text("Users", [{"name": "USER_ID", "type": ["null", "string"]}, *USER_FIELDS[1:]]),
            rules.FIELD_NULLABLE,
            "USER_ID",
        ),
        (
            schema_text("Users", [*USER_FIELDS, {"name": "A_GE", "type": "int"}]),
            rules.FIELD_TWICE,
            "A_GE",
        ),
        (
            schema_text("Users", [*USER_FIELDS, {"name": "BIO", **STRING, "textual": True}]),
            rules.FIELD_TEXTUAL,
            "BIO",
        ),
        (
            schema_text("Items", [*ITEM_FIELDS, {"name": "MORE", **STRING, "textual": True}]),
            rules.FIELD_TEXTUAL,
            "MORE",
        ),
        (
            schema_text("Items", [*ITEM_FIELDS, {"name": "N", "type": "int", "categorical": True}]),
            rules.FIELD_ATTRIBUTE,
            "N",
        ),
        (
            schema_text("Interactions", [*INTERACTION_FIELDS, {"name": "EVENT_TYPE", **STRING, "categorical": True}]),
            rules.FIELD_CATEGORICAL,
            "EVENT_TYPE",
        ),
        (
            schema_text("Interactions", [*INTERACTION_FIELDS, *({"name": f"M{n}X", **STRING} for n in range(6))]),
            rules.TOO_MUCH_METADATA,
            "6",
        ),
    ],
)
def test_a_schema_that_no_dataset_could_use_is_refused(world: World, text: str, rule: Rule, detail: str) -> None:
    error = refusal(world, "CreateSchema", name="s", schema=text)
    assert error.code == "InvalidInputException"
    assert error.message.startswith(f"The schema is not valid: {rule.what}")
    assert detail in error.message


@pytest.mark.parametrize(
    "schema",
    [
        DatasetSchema.interactions(),
        DatasetSchema.interactions("ECOMMERCE"),
        DatasetSchema.interactions("VIDEO_ON_DEMAND"),
        DatasetSchema.items().field("PRICE", "float"),
        DatasetSchema.items("ECOMMERCE"),
        DatasetSchema.items("VIDEO_ON_DEMAND"),
        DatasetSchema.users().field("AGE", "int", nullable=True),
        DatasetSchema.users("ECOMMERCE").field("CLASS", categorical=True),
        DatasetSchema.users("VIDEO_ON_DEMAND").field("SUBSCRIPTION_MODEL"),
        DatasetSchema.actions().field("VALUE"),
        DatasetSchema.action_interactions(),
    ],
    ids=lambda schema: f"{schema.dataset_type} {schema.domain}",
)
def test_the_smallest_schemas_of_the_construct_are_accepted(world: World, schema: DatasetSchema) -> None:
    domain = {} if schema.domain is None else {"domain": schema.domain}
    assert world.client("CreateSchema", name="s", schema=schema.to_json(), **domain)["schemaArn"]


@pytest.mark.parametrize("type_of_age", [["null", "int"], ["int", "null"], ["int"], "int"])
def test_unions_with_null_may_be_in_either_order(world: World, type_of_age: object) -> None:
    fields = [USER_FIELDS[0], {"name": "AGE", "type": type_of_age}]
    assert make_schema(world, text=schema_text("Users", fields))


def test_domains_require_different_fields(world: World) -> None:
    text = schema_text("Interactions", INTERACTION_FIELDS)
    error = refusal(world, "CreateSchema", name="s", schema=text, domain="ECOMMERCE")
    assert rules.FIELD_MISSING.what in error.message
    assert "EVENT_TYPE" in error.message
    fields = [
        {"name": "ITEM_ID", **STRING},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
        {"name": "GENRES", **STRING},
    ]
    error = refusal(world, "CreateSchema", name="s", schema=schema_text("Items", fields), domain="VIDEO_ON_DEMAND")
    assert rules.FIELD_NOT_CATEGORICAL.what in error.message
    assert "GENRES" in error.message


def test_a_name_can_be_used_once(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(
        world,
        make_dataset(world, group=dataset_arn.replace("dataset/", "dataset-group/").rpartition("/")[0]),
        interactions(),
    )
    group = world.client("ListDatasetGroups")["datasetGroups"][0]["datasetGroupArn"]
    schema = world.client("DescribeDataset", datasetArn=dataset_arn)["dataset"]["schemaArn"]
    world.client("CreateSolution", name="sol", datasetGroupArn=group, recipeArn=RECIPE)
    text = schema_text("Users", USER_FIELDS)
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("CreateSchema", {"name": "shop-Users", "schema": text}),
        ("CreateDatasetGroup", {"name": "shop"}),
        ("CreateDataset", {"name": "x", "datasetGroupArn": group, "schemaArn": schema, "datasetType": "users"}),
        ("CreateSolution", {"name": "sol", "datasetGroupArn": group, "recipeArn": RECIPE}),
    ]
    for operation, parameters in attempts:
        error = refusal(world, operation, **parameters)
        assert error.code == "ResourceAlreadyExistsException"
        assert error.message.startswith("Another resource with Arn arn:aws:personalize:")


def test_a_dataset_group_becomes_active_and_is_deleted(world: World) -> None:
    arn = world.client("CreateDatasetGroup", name="g", domain="ECOMMERCE")["datasetGroupArn"]

    def status() -> str:
        return str(world.client("DescribeDatasetGroup", datasetGroupArn=arn)["datasetGroup"]["status"])

    seen = [status()]
    for seconds in (5, 5):
        world.clock.time += seconds
        seen.append(status())
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
    world.client("DeleteDatasetGroup", datasetGroupArn=arn)
    world.clock.time += 4
    assert status() == "DELETE PENDING"
    world.clock.time += 1
    error = refusal(world, "DescribeDatasetGroup", datasetGroupArn=arn)
    assert (error.code, error.message) == ("ResourceNotFoundException", f"Resource Arn {arn} does not exist.")
    error = refusal(world, "DeleteDatasetGroup", datasetGroupArn=arn)
    assert error.message == f"The given dataset group does not exist: {arn}"


def test_a_dataset_is_deleted_over_two_statuses(world: World) -> None:
    arn = make_dataset(world)
    world.client("DeleteDataset", datasetArn=arn)
    seen = [world.client("DescribeDataset", datasetArn=arn)["dataset"]["status"]]
    world.clock.time += 3
    seen.append(world.client("DescribeDataset", datasetArn=arn)["dataset"]["status"])
    assert seen == ["DELETE PENDING", "DELETE IN_PROGRESS"]
    assert refusal(world, "DeleteDataset", datasetArn=arn).code == "ResourceInUseException"
    world.clock.time += 3
    assert refusal(world, "DescribeDataset", datasetArn=arn).code == "ResourceNotFoundException"


def test_a_dataset_is_described_with_its_type_in_capitals(world: World) -> None:
    dataset = world.client("DescribeDataset", datasetArn=make_dataset(world, "Users", name="my-users"))["dataset"]
    assert dataset["datasetArn"] == "arn:aws:personalize:eu-west-1:111122223333:dataset/shop/USERS"
    assert (dataset["datasetType"], dataset["name"], dataset["status"]) == ("USERS", "my-users", "ACTIVE")


def test_the_name_of_a_schema_may_be_in_lower_case(world: World) -> None:
    assert make_dataset(world, "Users", text=schema_text("users", USER_FIELDS)).endswith("/USERS")


def test_a_schema_must_fit_the_datasets_type_and_the_groups_domain(world: World) -> None:
    group, schema = make_group(world), make_schema(world, "Users")
    parameters = {"name": "d", "datasetGroupArn": group, "schemaArn": schema}
    assert (
        "can't be used for a dataset of type ITEMS"
        in refusal(world, "CreateDataset", datasetType="Items", **parameters).message
    )
    assert (
        "There is no dataset type Things" in refusal(world, "CreateDataset", datasetType="Things", **parameters).message
    )
    shop = world.client("CreateDatasetGroup", name="domain", domain="ECOMMERCE")["datasetGroupArn"]
    world.clock.time += 60
    error = refusal(world, "CreateDataset", datasetType="Users", **{**parameters, "datasetGroupArn": shop})
    assert error.message == "The schema's domain is none, the dataset group's is ECOMMERCE."


def test_a_dataset_group_must_be_active_for_a_dataset(world: World) -> None:
    group = world.client("CreateDatasetGroup", name="g")["datasetGroupArn"]
    schema = make_schema(world, "Users")
    error = refusal(world, "CreateDataset", name="d", datasetGroupArn=group, schemaArn=schema, datasetType="Users")
    assert error.code == "ResourceInUseException"


def test_a_resource_in_use_can_not_be_deleted(world: World) -> None:
    dataset_arn = make_dataset(world)
    imported(world, dataset_arn, interactions())
    dataset = world.client("DescribeDataset", datasetArn=dataset_arn)["dataset"]
    group, schema = dataset["datasetGroupArn"], dataset["schemaArn"]
    solution = world.client("CreateSolution", name="s", datasetGroupArn=group, recipeArn=RECIPE)["solutionArn"]
    world.clock.time += 60
    assert refusal(world, "DeleteSchema", schemaArn=schema).code == "ResourceInUseException"
    assert refusal(world, "DeleteDatasetGroup", datasetGroupArn=group).code == "ResourceInUseException"
    world.client("DeleteDataset", datasetArn=dataset_arn)
    world.clock.time += 60
    assert refusal(world, "DeleteDatasetGroup", datasetGroupArn=group).code == "ResourceInUseException"
    world.client("DeleteSolution", solutionArn=solution)
    world.clock.time += 60
    world.client("DeleteSchema", schemaArn=schema)
    world.client("DeleteDatasetGroup", datasetGroupArn=group)
    assert refusal(world, "DescribeSchema", schemaArn=schema).code == "ResourceNotFoundException"
    assert world.client("ListSolutions")["solutions"] == []


def test_a_solution_needs_imported_interactions(world: World) -> None:
    group = make_group(world)
    dataset_arn = make_dataset(world, group=group)
    imported(world, make_dataset(world, "Users", group=group), "USER_ID,AGE\na,1\n", "users")
    error = refusal(world, "CreateSolution", name="s", datasetGroupArn=group, recipeArn=RECIPE)
    assert error.status == 400
    assert error.message == (
        "Dataset group must contain an INTERACTIONS dataset with successfully completed dataset import job "
        "or EVENT_INTERACTIONS"
    )
    imported(world, dataset_arn, interactions())
    arn = world.client("CreateSolution", name="s", datasetGroupArn=group, recipeArn=RECIPE)["solutionArn"]
    solution = world.client("DescribeSolution", solutionArn=arn)["solution"]
    assert (solution["status"], solution["recipeArn"]) == ("ACTIVE", RECIPE)
    assert solution["performAutoTraining"] is True


def test_a_role_for_encryption_needs_a_key(world: World) -> None:
    role = "arn:aws:iam::111122223333:role/kms"
    assert "together" in refusal(world, "CreateDatasetGroup", name="g", roleArn=role).message
    key = "arn:aws:kms:eu-west-1:111122223333:key/k"
    arn = world.client("CreateDatasetGroup", name="g", roleArn=role, kmsKeyArn=key)["datasetGroupArn"]
    group = world.client("DescribeDatasetGroup", datasetGroupArn=arn)["datasetGroup"]
    assert (group["roleArn"], group["kmsKeyArn"]) == (role, key)


def test_lists_come_newest_first_and_in_pages(world: World) -> None:
    for number in range(5):
        make_group(world, f"g{number}")
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = world.client("ListDatasetGroups", maxResults=2, **token)
        names += [group["name"] for group in answer["datasetGroups"]]
        make_group(world, f"later{len(names)}")
        if "nextToken" not in answer:
            break
        token = {"nextToken": answer["nextToken"]}
    assert names == ["g4", "g3", "g2", "g1", "g0"]


@pytest.mark.parametrize("token", ["x", "bm8=", "WzFd", "eyJhIjogMX0="])
def test_an_invalid_next_token_is_refused(world: World, token: str) -> None:
    assert refusal(world, "ListSchemas", nextToken=token).code == "InvalidNextTokenException"


def test_lists_can_be_filtered_by_group_or_dataset(world: World) -> None:
    one, two = make_group(world, "one"), make_group(world, "two")
    users = [make_dataset(world, "Users", group=group) for group in (one, two)]
    world.aws.put("data.csv", "USER_ID,AGE\na,1\n")
    jobs = [start_job(world, arn, f"job{number}") for number, arn in enumerate(users)]
    assert [d["datasetArn"] for d in world.client("ListDatasets", datasetGroupArn=two)["datasets"]] == [users[1]]
    listed = world.client("ListDatasetImportJobs", datasetArn=users[0])["datasetImportJobs"]
    assert [job["datasetImportJobArn"] for job in listed] == [jobs[0]]
    assert len(world.client("ListDatasetImportJobs")["datasetImportJobs"]) == 2
    assert "datasetArn" not in listed[0]


def test_tags_are_stored_added_and_removed(world: World) -> None:
    tags = [{"tagKey": "a", "tagValue": "1"}, {"tagKey": "b", "tagValue": "2"}]
    arn = world.client("CreateDatasetGroup", name="g", tags=tags)["datasetGroupArn"]
    world.client("TagResource", resourceArn=arn, tags=[{"tagKey": "a", "tagValue": "3"}])
    world.client("UntagResource", resourceArn=arn, tagKeys=["b", "c"])
    assert world.client("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": "a", "tagValue": "3"}]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([{"tagKey": "aws:x", "tagValue": ""}], "InvalidInputException"),
        ([{"tagKey": "x", "tagValue": "1"}, {"tagKey": "x", "tagValue": "2"}], "InvalidInputException"),
        ([{"tagKey": f"k{n}", "tagValue": ""} for n in range(51)], "TooManyTagsException"),
    ],
)
def test_invalid_tags_are_refused(world: World, tags: list[dict[str, str]], code: str) -> None:
    assert refusal(world, "CreateDatasetGroup", name="g", tags=tags).code == code
    assert world.client("ListDatasetGroups")["datasetGroups"] == []


def test_a_resource_can_not_have_more_tags_than_allowed_over_time(world: World) -> None:
    arn = make_group(world)
    world.client("TagResource", resourceArn=arn, tags=[{"tagKey": f"k{n}", "tagValue": ""} for n in range(50)])
    error = refusal(world, "TagResource", resourceArn=arn, tags=[{"tagKey": "one-more", "tagValue": ""}])
    assert error.code == "TooManyTagsException"


def test_schemas_can_not_be_tagged(world: World) -> None:
    assert refusal(world, "ListTagsForResource", resourceArn=make_schema(world)).code == "ResourceNotFoundException"
