"""A pipeline of Step Functions that creates a dataset and imports into it, with retries until each is ACTIVE."""

from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.server_setup import Document, allow, make_import_role, put_users
from tests.local_aws.support.state_machines import PERSONALIZE_SDK, execute, make_state_machine

UNTIL_ACTIVE = [
    {"ErrorEquals": ["Personalize.ResourceInUseException"], "IntervalSeconds": 5, "MaxAttempts": 50, "BackoffRate": 1}
]


def task(action: str, parameters: Document, then: str, **more: Any) -> Document:
    return {"Type": "Task", "Resource": f"{PERSONALIZE_SDK}:{action}", "Parameters": parameters, "Next": then, **more}


PIPELINE = {
    "StartAt": "CreateSchema",
    "States": {
        "CreateSchema": task(
            "createSchema",
            {"Name.$": "$.name", "Schema.$": "$.schema"},
            "CreateGroup",
            ResultPath="$.created",
            Catch=[{"ErrorEquals": ["Personalize.ResourceAlreadyExistsException"], "Next": "SchemaExists"}],
        ),
        "SchemaExists": {"Type": "Fail", "Error": "SchemaExists", "Cause": "choose another name"},
        "CreateGroup": task("createDatasetGroup", {"Name.$": "$.name"}, "CreateDataset", ResultPath="$.group"),
        "CreateDataset": task(
            "createDataset",
            {
                "Name.$": "$.name",
                "DatasetType": "Users",
                "DatasetGroupArn.$": "$.group.DatasetGroupArn",
                "SchemaArn.$": "$.created.SchemaArn",
            },
            "StartImport",
            ResultPath="$.dataset",
            Retry=UNTIL_ACTIVE,
        ),
        "StartImport": task(
            "createDatasetImportJob",
            {
                "JobName.$": "$.name",
                "DatasetArn.$": "$.dataset.DatasetArn",
                "DataSource": {"DataLocation.$": "$.location"},
                "RoleArn.$": "$.role",
            },
            "DescribeImport",
            ResultPath="$.import",
            Retry=UNTIL_ACTIVE,
        ),
        "DescribeImport": task(
            "describeDatasetImportJob",
            {"DatasetImportJobArn.$": "$.import.DatasetImportJobArn"},
            "IsActive",
            ResultPath="$.described",
        ),
        "IsActive": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.described.DatasetImportJob.Status", "StringEquals": "ACTIVE", "Next": "Imported"},
                {"Variable": "$.described.DatasetImportJob.Status", "StringEquals": "CREATE FAILED", "Next": "Failed"},
            ],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 5, "Next": "DescribeImport"},
        "Failed": {"Type": "Fail", "Error": "ImportFailed", "CausePath": "$.described.DatasetImportJob.FailureReason"},
        "Imported": {"Type": "Succeed", "OutputPath": "$.described.DatasetImportJob"},
    },
}


@pytest.fixture
def pipeline(cloud: Cloud, name: str) -> str:
    actions = ("CreateSchema", "CreateDatasetGroup", "CreateDataset", "CreateDatasetImportJob")
    statements = [allow(*(f"personalize:{action}" for action in (*actions, "DescribeDatasetImportJob")))]
    role = f"arn:aws:iam::000000000000:role/import-{name}"
    return make_state_machine(cloud, name, PIPELINE, *statements, allow("iam:PassRole", on=role))


def values(cloud: Cloud, name: str) -> dict[str, str]:
    location, role = put_users(cloud, name), make_import_role(cloud, name)
    return {"name": name, "schema": users_schema(), "location": location, "role": role}


def failed_tasks(cloud: Cloud, execution: Document) -> set[str]:
    """Return the names of the errors in an execution's history."""
    history = cloud.client("stepfunctions").get_execution_history(executionArn=execution["executionArn"])
    return {event["taskFailedEventDetails"]["error"] for event in history["events"] if event["type"] == "TaskFailed"}


def test_a_pipeline_retries_until_resources_are_active_and_waits_for_the_import(
    cloud: Cloud, name: str, pipeline: str
) -> None:
    execution = execute(cloud, pipeline, **values(cloud, name))
    assert execution["status"] == "SUCCEEDED", execution
    assert execution["output"]["Status"] == "ACTIVE"
    assert failed_tasks(cloud, execution) == {"Personalize.ResourceInUseException"}
    assert cloud.rows(execution["output"]["DatasetArn"])["count"] == 3


def test_a_pipeline_ends_with_the_services_failure_reason(cloud: Cloud, name: str, pipeline: str) -> None:
    with cloud.fail_imports("The data is invalid"):
        execution = execute(cloud, pipeline, **values(cloud, name))
    assert (execution["error"], execution["cause"]) == ("ImportFailed", "The data is invalid")


def test_a_pipeline_catches_a_name_that_exists(cloud: Cloud, name: str, pipeline: str) -> None:
    cloud.personalize.create_schema(name=name, schema=users_schema())
    given = {"name": name, "schema": users_schema(), "location": "", "role": ""}
    assert execute(cloud, pipeline, **given)["error"] == "SchemaExists"
