"""Local CloudFormation: native types, names, custom resources and deletions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.functions import FAILS_TO_CREATE, make_custom_resource_function
from tests.local_aws.support.server_setup import finished, make_import_role, put_users, start_job, trust
from tests.local_aws.support.stacks import Stack, native_resource, template
from tests.support.until import until

ARN = "arn:aws:personalize:eu-west-1:000000000000"
WIDER = users_schema({"name": "AGE", "type": ["int", "null"]})


@pytest.fixture
def stack(cloud: Cloud, name: str) -> Iterator[Stack]:
    stack = Stack(cloud, name)
    yield stack
    stack.delete()


def test_refs_and_attributes_are_arns_and_the_resources_active(cloud: Cloud, stack: Stack, name: str) -> None:
    assert stack.create(template(name)) == "CREATE_COMPLETE"
    outputs = cloud.outputs(name)
    assert outputs["GroupRef"] == outputs["GroupArn"] == f"{ARN}:dataset-group/{name}"
    assert outputs["SchemaRef"] == outputs["SchemaArn"] == f"{ARN}:schema/{name}"
    assert outputs["DatasetRef"] == outputs["DatasetArn"] == f"{ARN}:dataset/{name}/USERS"
    # The stack is complete no sooner than they are.
    assert cloud.personalize.describe_dataset(datasetArn=outputs["DatasetArn"])["dataset"]["status"] == "ACTIVE"


def test_an_event_tracker_has_its_tracking_id_as_an_attribute(cloud: Cloud, stack: Stack, name: str) -> None:
    resources = {
        "Group": native_resource("DatasetGroup", Name=name),
        "Tracker": native_resource("EventTracker", Name=name, DatasetGroupArn={"Ref": "Group"}),
    }
    outputs = {
        "Arn": {"Value": {"Ref": "Tracker"}},
        "TrackingId": {"Value": {"Fn::GetAtt": ["Tracker", "TrackingId"]}},
    }
    assert stack.create(json.dumps({"Resources": resources, "Outputs": outputs})) == "CREATE_COMPLETE"
    values = cloud.outputs(name)
    tracker = cloud.personalize.describe_event_tracker(eventTrackerArn=values["Arn"])["eventTracker"]
    assert (tracker["trackingId"], tracker["status"]) == (values["TrackingId"], "ACTIVE")


def test_another_schema_deletes_the_dataset_before_it_is_created_again(cloud: Cloud, stack: Stack, name: str) -> None:
    assert stack.create(template(name)) == "CREATE_COMPLETE"
    dataset = cloud.outputs(name)["DatasetArn"]
    job = start_job(cloud.personalize, name, dataset, put_users(cloud, name), make_import_role(cloud, name))
    assert finished(cloud, job)["status"] == "ACTIVE"
    cloud.aws.control("DELETE", "calls")
    assert stack.update(template(name, schema_name=f"{name}-wider", schema=WIDER)) == "UPDATE_COMPLETE"
    calls = [
        call["operation"]
        for call in cloud.aws.control("GET", "calls")["calls"]
        if call["operation"].startswith(("Create", "Delete")) and any(name in part for part in call["names"])
    ]
    assert calls == ["CreateSchema", "DeleteDataset", "CreateDataset", "DeleteSchema"]
    described = cloud.personalize.describe_dataset(datasetArn=dataset)["dataset"]
    assert described["schemaArn"] == f"{ARN}:schema/{name}-wider"
    assert cloud.rows(dataset)["count"] == 0


def test_a_refused_schema_fails_the_stack_with_the_message_of_the_service(stack: Stack, name: str) -> None:
    unknown = json.dumps({**json.loads(users_schema()), "name": "Nobody"})
    assert stack.create(template(name, schema=unknown)) == "ROLLBACK_COMPLETE"
    assert stack.reason().startswith('Resource handler returned message: "The schema is not valid:')
    assert "HandlerErrorCode: InvalidRequest" in stack.reason()


def test_a_deleted_stack_leaves_nothing(cloud: Cloud, name: str) -> None:
    stack = Stack(cloud, name)
    assert stack.create(template(name)) == "CREATE_COMPLETE"
    stack.delete()
    personalize = cloud.personalize
    left = [
        *[schema["schemaArn"] for schema in personalize.list_schemas()["schemas"]],
        *[group["datasetGroupArn"] for group in personalize.list_dataset_groups()["datasetGroups"]],
        *[dataset["datasetArn"] for dataset in personalize.list_datasets()["datasets"]],
    ]
    assert [arn for arn in left if name in arn] == []


def test_the_deletion_of_a_stack_fails_while_a_job_is_running(cloud: Cloud, stack: Stack, name: str) -> None:
    assert stack.create(template(name)) == "CREATE_COMPLETE"
    dataset, location = cloud.outputs(name)["DatasetArn"], put_users(cloud, name)
    cloud.aws.control("POST", "jobs/hold", {"job_name": name})
    job = start_job(cloud.personalize, name, dataset, location, make_import_role(cloud, name))
    cloud.cloudformation.delete_stack(StackName=name)
    until(lambda: stack.status() == "DELETE_FAILED")
    assert "HandlerErrorCode: ResourceConflict" in stack.reason()
    cloud.aws.control("POST", "jobs/release", {"job_name": name})
    finished(cloud, job)


def test_a_role_has_another_name_in_a_new_stack_of_the_same_name(cloud: Cloud, name: str) -> None:
    def template(path: str) -> str:
        role = {"AssumeRolePolicyDocument": json.loads(trust()), "Description": path}
        return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}})

    def role() -> str | None:
        (resource,) = cloud.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return resource.get("PhysicalResourceId")

    stack = Stack(cloud, name)
    assert stack.create(template("first")) == "CREATE_COMPLETE"
    first = role()
    assert stack.update(template("second")) == "UPDATE_COMPLETE"
    assert role() == first
    stack.delete()
    assert stack.create(template("first")) == "CREATE_COMPLETE"
    assert role() != first


def test_a_custom_resource_whose_create_failed_is_deleted_by_the_id_in_the_response(cloud: Cloud, name: str) -> None:
    function = make_custom_resource_function(cloud, name, FAILS_TO_CREATE)
    stack = Stack(cloud, name)
    resource = {"Type": "Custom::Halfway", "Properties": {"ServiceToken": function}}

    assert stack.create(json.dumps({"Resources": {"Halfway": resource}})) == "ROLLBACK_COMPLETE"
    events = [event for event in cloud.events(name) if event["LogicalResourceId"] == "Halfway"]
    assert [event["ResourceStatus"] for event in events] == [
        *("CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_COMPLETE")
    ]
    assert events[-1]["PhysicalResourceId"] == "made-halfway"


ANSWERS = FAILS_TO_CREATE.replace(
    'event["RequestType"] == "Create" or event["PhysicalResourceId"] != "made-halfway"', "False"
)


DIES_TWICE = """
import pathlib, os
def died(request):
    mark = pathlib.Path(os.environ["MARKS"], request["RequestId"])
    times = len(mark.read_text()) if mark.exists() else 0
    mark.write_text("x" * (times + 1))
    return times < 2
""" + ANSWERS.replace(
    "def handler(event, context):",
    """def handler(event, context):
    if died(event):
        os._exit(1)""",
)


def test_a_function_that_fails_on_a_request_is_invoked_again_twice(cloud: Cloud, name: str, tmp_path: Path) -> None:
    function = make_custom_resource_function(
        cloud, name, DIES_TWICE.replace('os.environ["MARKS"]', repr(str(tmp_path)))
    )
    stack = Stack(cloud, name)
    resource = {"Type": "Custom::Retried", "Properties": {"ServiceToken": function}}

    assert stack.create(json.dumps({"Resources": {"Retried": resource}})) == "CREATE_COMPLETE"
    assert [mark.read_text() for mark in tmp_path.iterdir()] == ["xxx"]
    stack.delete()


NOTES_REQUESTS = """
import json, urllib.request
def handler(event, context):
    value = event["ResourceProperties"]["Value"]
    print(event["StackId"], event["RequestType"], event.get("PhysicalResourceId"), value)
    kept = event.get("PhysicalResourceId", "first")
    id = "second" if event["RequestType"] == "Update" and value == "replaces" else kept
    members = ("StackId", "RequestId", "LogicalResourceId")
    body = json.dumps({"Status": "SUCCESS", "PhysicalResourceId": id, **{member: event[member] for member in members}})
    request = urllib.request.Request(event["ResponseURL"], data=body.encode(), method="PUT")
    urllib.request.urlopen(request)
"""


@pytest.mark.parametrize(
    ("value", "undone"),
    [
        ("keeps", ["Create None first", "Update first keeps", "Update first first"]),
        ("replaces", ["Create None first", "Update first replaces", "Delete second replaces"]),
    ],
)
def test_a_rollback_updates_a_custom_resource_that_kept_its_id_and_deletes_one_that_was_replaced(
    cloud: Cloud, name: str, value: str, undone: list[str]
) -> None:
    function = make_custom_resource_function(cloud, f"{name}-{value}", NOTES_REQUESTS)
    stack = Stack(cloud, f"{name}-{value}")

    def template(value: str, **more: Any) -> str:
        resource = {"Type": "Custom::Noted", "Properties": {"ServiceToken": function, "Value": value}}
        return json.dumps({"Resources": {"Noted": resource, **more}})

    assert stack.create(template("first")) == "CREATE_COMPLETE"
    failing = {**native_resource("DatasetGroup", Name="!"), "DependsOn": "Noted"}
    assert stack.update(template(value, Failing=failing)) == "UPDATE_ROLLBACK_COMPLETE"

    stack_id = cloud.cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackId"]
    lines = [line for line in cloud.log_lines() if line.startswith(stack_id)]
    assert [line.removeprefix(stack_id).strip() for line in lines] == undone
    stack.delete()


def test_a_changed_service_token_is_refused(cloud: Cloud, name: str) -> None:
    first, second = (make_custom_resource_function(cloud, f"{name[-30:]}-{number}", ANSWERS) for number in (1, 2))
    stack = Stack(cloud, name)

    def template(function: str, value: str) -> str:
        resource = {"Type": "Custom::Handled", "Properties": {"ServiceToken": function, "Value": value}}
        return json.dumps({"Resources": {"Handled": resource}})

    assert stack.create(template(first, "a")) == "CREATE_COMPLETE"
    assert stack.update(template(first, "b")) == "UPDATE_COMPLETE"
    assert stack.update(template(second, "b")) == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [event for event in cloud.events(name) if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"] == "Modifying service token is not allowed."
