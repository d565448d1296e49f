"""Validation and authorization of requests."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from personalize_local.personalize.authorization import required_permissions
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.service import OPERATIONS, PersonalizeService
from tests.local_aws.support.fakes import ACCOUNT_REGION, ROLE_ARN, Client, FakeAws, Refused, World, new_world
from tests.local_aws.support.service_setup import interactions, make_dataset, make_group, start_job

ROOT = "arn:aws:personalize:eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("operation", "parameters", "value_at", "constraint"),
    [
        ("CreateDatasetGroup", {}, "null at 'name'", "not be null"),
        (
            "CreateDatasetGroup",
            {"name": "a b"},
            "'a b' at 'name'",
            r"satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\-_]*",
        ),
        (
            "CreateDatasetGroup",
            {"name": "a" * 64},
            f"'{'a' * 64}' at 'name'",
            "have length less than or equal to 63",
        ),
        (
            "CreateDatasetGroup",
            {"name": "a", "domain": "SHOP"},
            "'SHOP' at 'domain'",
            "satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]",
        ),
        ("ListSchemas", {"maxResults": 101}, "'101' at 'maxResults'", "have value less than or equal to 100"),
        (
            "CreateDatasetImportJob",
            {"jobName": "j", "datasetArn": f"{ROOT}:dataset/g/USERS", "dataSource": {"dataLocation": "ftp://x"}},
            "'ftp://x' at 'dataSource.dataLocation'",
            "satisfy regular expression pattern: (s3|http|https)://.+",
        ),
        (
            "TagResource",
            {"resourceArn": f"{ROOT}:dataset-group/g", "tags": [{"tagKey": "a?", "tagValue": "b"}]},
            "at 'tags.1.member.tagKey'",
            r"satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
        ),
    ],
)
def test_a_violated_constraint_is_named(
    world: World, operation: str, parameters: dict[str, Any], value_at: str, constraint: str
) -> None:
    with pytest.raises(Refused) as refused:
        world.client(operation, **parameters)
    assert refused.value.code == "ValidationException"
    assert refused.value.status == 400
    assert refused.value.message == (
        f"1 validation error detected: Value {value_at} failed to satisfy constraint: Member must {constraint}"
    )


def test_an_unknown_parameter_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="Value at 'pages' failed to satisfy constraint: Member is not known"):
        world.client("ListSchemas", pages=1)


@pytest.mark.parametrize("data_source", [{"dataLocation": None}, {}])
def test_a_member_that_is_null_is_the_same_as_none(world: World, data_source: dict[str, None]) -> None:
    location = {"dataSource": data_source, "roleArn": ROLE_ARN}
    with pytest.raises(Refused, match="Invalid Data location"):
        world.client("CreateDataDeletionJob", jobName="a", datasetGroupArn=make_group(world), **location)
    dataset = make_dataset(world, "Users", group=make_group(world, "another"))
    with pytest.raises(Refused, match="Invalid Data location"):
        world.client("CreateDatasetImportJob", jobName="a", datasetArn=dataset, **location)


def test_several_violations_are_counted_and_listed(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.client("CreateSchema", name="", domain="X")
    assert refused.value.message == (
        "4 validation errors detected: "
        "Value null at 'schema' failed to satisfy constraint: Member must not be null; "
        "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        r"Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*; "
        "Value 'X' at 'domain' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]"
    )


@pytest.mark.parametrize("name", ["grün und 数 1", "a/b:c=d+e-f@g_h.i"])
def test_tag_keys_may_have_letters_numbers_and_spaces_of_any_script(world: World, name: str) -> None:
    arn = make_group(world)
    world.client("TagResource", resourceArn=arn, tags=[{"tagKey": name, "tagValue": ""}])
    assert world.client("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": name, "tagValue": ""}]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": 1}', b'{"name": true}', b'{"name": "a", "tags": {}}'])
def test_a_body_of_another_kind_can_not_be_read(world: World, body: bytes) -> None:
    response = world.client.send("CreateDatasetGroup", body)
    assert response.status == 400
    assert json.loads(response.body)["__type"] == "SerializationException"


def test_an_operation_that_does_not_exist_is_unknown(world: World) -> None:
    response = world.client.send("CreateCampain", b"{}")
    assert response.status == 400
    assert json.loads(response.body) == {
        "__type": "UnknownOperationException",
        "message": "The operation CreateCampain is not known to this service.",
    }


def test_an_operation_of_the_api_that_is_missing_here_is_not_supported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(OPERATIONS, "CreateCampaign")
    response = world.client.send("CreateCampaign", b"{}")
    assert response.status == 400
    assert json.loads(response.body) == {
        "__type": "UnsupportedOperationException",
        "message": "The operation CreateCampaign is not supported by the local AWS.",
    }


def test_every_response_has_the_date_of_the_simulated_clock(world: World) -> None:
    for operation in ("ListSchemas", "CreateSchema", "Nonsense"):
        response = world.client.send(operation, b"{}")
        assert response.headers["content-type"] == "application/x-amz-json-1.1"
        assert parsedate_to_datetime(response.headers["date"]).timestamp() == int(world.now)


def test_the_response_to_a_delete_has_an_empty_body(world: World) -> None:
    arn = make_group(world)
    response = world.client.send("DeleteDatasetGroup", json.dumps({"datasetGroupArn": arn}).encode())
    assert (response.status, response.body) == (200, b"")


def test_a_defect_of_the_service_is_an_internal_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.service.store, "locked", None)
    with pytest.raises(Refused) as refused:
        world.client("ListSchemas")
    assert (refused.value.code, refused.value.status) == ("InternalFailure", 500)


def test_accounts_and_regions_are_separate(world: World) -> None:
    make_group(world)
    for scope in (AccountRegion("444455556666", "eu-west-1"), AccountRegion("111122223333", "us-east-1")):
        assert Client(world.service, world.aws, scope)("ListDatasetGroups")["datasetGroups"] == []


def test_arns_carry_the_partition(world: World) -> None:
    client = Client(world.service, FakeAws(), AccountRegion("111122223333", "cn-north-1", "aws-cn"))
    arn = client("CreateDatasetGroup", name="g")["datasetGroupArn"]
    assert arn == "arn:aws-cn:personalize:cn-north-1:111122223333:dataset-group/g"


def test_an_import_needs_the_dataset_the_job_and_the_role(world: World) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    world.aws.asked.clear()
    job_arn = start_job(world, dataset_arn, tags=[{"tagKey": "team", "tagValue": "a"}])
    tags = {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"]}
    assert world.aws.asked == [
        ("personalize:CreateDatasetImportJob", job_arn, tags),
        ("personalize:CreateDatasetImportJob", dataset_arn, tags),
        ("personalize:TagResource", job_arn, tags),
        ("iam:PassRole", ROLE_ARN, {"iam:PassedToService": "personalize.amazonaws.com"}),
    ]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("personalize:CreateDatasetImportJob", f"{ROOT}:dataset/shop/INTERACTIONS"),
        ("personalize:CreateDatasetImportJob", f"{ROOT}:dataset-import-job/job"),
        ("iam:PassRole", ROLE_ARN),
    ],
)
def test_any_missing_permission_refuses_an_import(world: World, action: str, resource: str) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    world.aws.deny(action, resource)
    with pytest.raises(Refused) as refused:
        start_job(world, dataset_arn)
    assert refused.value.code == "AccessDeniedException"
    assert refused.value.status == 400
    assert f"perform: {action} on resource: {resource}" in refused.value.message


def test_lists_need_all_resources_and_describes_one(world: World) -> None:
    for operation in OPERATIONS:
        if operation.startswith("List") and operation != "ListTagsForResource":
            assert [p.resource for p in required_permissions(operation, ACCOUNT_REGION, {})] == ["*"]
    arn = f"{ROOT}:dataset-import-job/j"
    (permission,) = required_permissions("DescribeDatasetImportJob", ACCOUNT_REGION, {"datasetImportJobArn": arn})
    assert (permission.action, permission.resource) == ("personalize:DescribeDatasetImportJob", arn)


def test_a_dataset_needs_its_group_and_itself() -> None:
    parameters = {"name": "d", "datasetGroupArn": f"{ROOT}:dataset-group/g", "datasetType": "Items"}
    resources = [
        permission.resource for permission in required_permissions("CreateDataset", ACCOUNT_REGION, parameters)
    ]
    assert resources == [f"{ROOT}:dataset/g/ITEMS", f"{ROOT}:dataset-group/g"]


@pytest.mark.parametrize(
    ("operation", "parameters", "permissions"),
    [
        (
            "CreateSolutionVersion",
            {"solutionArn": f"{ROOT}:solution/s"},
            [
                ("personalize:CreateSolutionVersion", f"{ROOT}:solution/s/*"),
                ("personalize:CreateSolutionVersion", f"{ROOT}:solution/s"),
            ],
        ),
        (
            "CreateEventTracker",
            {"name": "e", "datasetGroupArn": f"{ROOT}:dataset-group/g"},
            [
                ("personalize:CreateEventTracker", f"{ROOT}:event-tracker/*"),
                ("personalize:CreateEventTracker", f"{ROOT}:dataset-group/g"),
            ],
        ),
        (
            "UpdateMetricAttribution",
            {"metricAttributionArn": f"{ROOT}:metric-attribution/m", "metricsOutputConfig": {"roleArn": ROLE_ARN}},
            [
                ("personalize:UpdateMetricAttribution", f"{ROOT}:metric-attribution/m"),
                ("iam:PassRole", ROLE_ARN),
            ],
        ),
        (
            "GetSolutionMetrics",
            {"solutionVersionArn": f"{ROOT}:solution/s/1"},
            [("personalize:GetSolutionMetrics", f"{ROOT}:solution/s/1")],
        ),
    ],
)
def test_records_need_themselves_their_parents_and_their_roles(
    operation: str, parameters: dict[str, Any], permissions: list[tuple[str, str]]
) -> None:
    required = required_permissions(operation, ACCOUNT_REGION, parameters)
    assert [(permission.action, permission.resource) for permission in required] == permissions


def test_more_calls_than_the_rate_allows_are_throttled() -> None:
    world = new_world(requests_per_second=1, request_burst=2)
    world.client("ListSchemas")
    world.client("ListSchemas")
    with pytest.raises(Refused) as refused:
        world.client("ListSchemas")
    assert refused.value.code == "ThrottlingException"
    world.client("ListDatasets")
    world.clock.time += 1
    world.client("ListSchemas")


def test_a_service_needs_no_arguments() -> None:
    assert Client(PersonalizeService(), FakeAws())("ListSchemas")["schemas"] == []
