"""Deploys: the job, its data, its attributes, its failure, and deletion."""

from typing import Any

import aws_cdk as cdk
import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import UsersStack, users_csv, users_schema
from tests.support.until import until

pytestmark = pytest.mark.deploy

JOB_TYPE = "Custom::PersonalizeDatasetImportJob"


def users_app(name: str, location: str, **job: Any) -> Any:
    def build(app: cdk.App) -> None:
        UsersStack(app, name, location, **job)

    return build


def test_a_deploy_ends_when_the_job_is_active_and_the_data_is_in_the_dataset(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "users/a.csv", users_csv("a", "b", "c")).removesuffix("a.csv")
    deployed = cloud.deploy(users_app(name, location, job_name_prefix="nightly", tags={"team": "data"}))
    assert deployed.succeeded, deployed.output
    outputs = cloud.outputs(name)
    assert outputs["Status"] == "ACTIVE"
    assert outputs["Duration"] == "240"
    assert outputs["JobName"].startswith("nightly-")
    assert cloud.rows(outputs["DatasetArn"])["count"] == 3
    described = cloud.personalize.describe_dataset_import_job(datasetImportJobArn=outputs["JobArn"])["datasetImportJob"]
    assert described["jobName"] == outputs["JobName"]
    assert described["importMode"] == "FULL"
    assert cloud.tags(outputs["JobArn"]) == {"team": "data"}


def test_the_polls_are_few_and_none_of_them_fails(cloud: Cloud, name: str) -> None:
    cloud.aws.control("DELETE", "calls")
    deployed = cloud.deploy(users_app(name, cloud.put(name.lower(), "a.csv", users_csv("a"))))
    assert deployed.succeeded, deployed.output
    calls = cloud.aws.control("GET", "calls?operation=DescribeDatasetImportJob")["calls"]
    mine = [call for call in calls if any(name in part for part in call["names"])]
    # Four minutes: polls at once, then every half minute up to two minutes, then every twelve seconds.
    assert 2 < len(mine) <= 25
    machines = cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    machine = next(machine for machine in machines if name in machine["name"])
    (execution,) = cloud.client("stepfunctions").list_executions(stateMachineArn=machine["stateMachineArn"])[
        "executions"
    ]
    history = cloud.client("stepfunctions").get_execution_history(
        executionArn=execution["executionArn"], maxResults=1000
    )
    assert execution["status"] == "SUCCEEDED"
    assert not [event for event in history["events"] if "Failed" in event["type"]]


def test_a_refused_call_is_reported_with_the_message_of_the_service_and_leaves_no_resources(
    cloud: Cloud, name: str
) -> None:
    location = cloud.put(name.lower(), "a.csv", "USER_ID\na\n")
    deployed = cloud.deploy(users_app(name, location))
    assert not deployed.succeeded
    assert _reason(deployed.output).startswith("Input csv is missing the following columns: [CLASS]")
    assert cloud.jobs(name) == []
    _assert_nothing_is_left(cloud, name)


def test_a_failed_job_is_reported_with_its_failure_reason(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a", "b") + "c,\n")
    deployed = cloud.deploy(users_app(name, location))
    assert not deployed.succeeded
    (job,) = cloud.jobs(name)
    assert [change["status"] for change in job["history"]] == ["CREATE PENDING", "CREATE IN_PROGRESS", "CREATE FAILED"]
    (failed,) = [event for event in cloud.events(name) if event.get("ResourceStatus") == "CREATE_FAILED"]
    assert failed["ResourceStatusReason"].startswith(job["failure_reason"])
    assert job["job_name"] in failed["ResourceStatusReason"]
    _assert_nothing_is_left(cloud, name)


@pytest.mark.slow
def test_a_corrected_file_is_imported_by_the_next_deploy(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", "USER_ID,CLASS\n,gold\n")
    assert not cloud.deploy(users_app(name, location)).succeeded
    cloud.s3.put_object(Bucket=name.lower(), Key="a.csv", Body=users_csv("a"))
    deployed = cloud.deploy(users_app(name, location))
    assert deployed.succeeded, deployed.output
    assert [job["status"] for job in cloud.jobs(name)] == ["CREATE FAILED", "ACTIVE"]


@pytest.mark.slow
def test_another_location_starts_another_job_and_the_same_location_starts_none(cloud: Cloud, name: str) -> None:
    first = cloud.put(name.lower(), "first.csv", users_csv("a"))
    cloud.s3.put_object(Bucket=name.lower(), Key="second.csv", Body=users_csv("b", "c"))
    assert cloud.deploy(users_app(name, first)).succeeded
    before = cloud.outputs(name)
    assert cloud.deploy(users_app(name, first), "--force").succeeded
    assert cloud.deploy(users_app(name, first, tags={"stage": "test"})).succeeded
    assert len(cloud.jobs(name)) == 1
    assert cloud.tags(before["JobArn"]) == {"stage": "test"}
    assert cloud.deploy(users_app(name, first.replace("first", "second"))).succeeded
    assert cloud.outputs(name)["JobArn"] != before["JobArn"]
    assert cloud.rows(before["DatasetArn"])["count"] == 2
    # The first file's job is there and was successful, but its data is not in the dataset any more.
    assert cloud.deploy(users_app(name, first)).succeeded
    assert cloud.rows(before["DatasetArn"])["count"] == 1
    assert len(cloud.jobs(name)) == 3


@pytest.mark.slow
def test_a_dataset_replaced_for_a_new_schema_is_imported_again(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", "USER_ID,CLASS,AGE\na,gold,7\n")
    assert cloud.deploy(users_app(name, location)).succeeded
    wider = users_schema({"name": "AGE", "type": "int"})
    deployed = cloud.deploy(users_app(name, location, schema=wider))
    assert deployed.succeeded, deployed.output
    rows = cloud.rows(cloud.outputs(name)["DatasetArn"], limit=1)["rows"]
    assert rows == [{"USER_ID": "a", "CLASS": "gold", "AGE": 7}]


@pytest.mark.slow
def test_without_waiting_a_deploy_ends_while_the_job_runs(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a"))
    cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    try:
        deployed = cloud.deploy(users_app(name, location, wait=False))
        assert deployed.succeeded, deployed.output
        assert cloud.outputs(name)["Status"] == "CREATE PENDING"
        assert cloud.jobs(name)[0]["status"] != "ACTIVE"
    finally:
        cloud.aws.control("POST", "jobs/release", {"job_name": "*"})


def test_destroying_a_stack_leaves_nothing(cloud: Cloud, name: str) -> None:
    app = users_app(name, cloud.put(name.lower(), "a.csv", users_csv("a")))
    assert cloud.deploy(app).succeeded
    destroyed = cloud.destroy(app)
    assert destroyed.succeeded, destroyed.output
    _assert_nothing_is_left(cloud, name)


def test_no_log_line_has_a_response_url_or_a_credential_or_data(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("someone-s-name") + ",gold\n")
    # A rollback would delete the log group with the rest of the stack.
    assert not cloud.deploy(users_app(name, location), "--no-rollback").succeeded
    # The failure itself is logged when the function ends, after its response.
    until(lambda: any("is empty" in line for line in cloud.log_lines()))
    for line in cloud.log_lines():
        assert "cfn-response" not in line
        assert "ASIA" not in line
        assert "someone-s-name" not in line


def _reason(output: str) -> str:
    """Return the reason in the final output of the CLI, without line breaks."""
    reason = output.partition("DeploymentError: ")[2].partition(f"({JOB_TYPE}")[2].partition("\n")[2]
    return " ".join(reason.split())


def _assert_nothing_is_left(cloud: Cloud, name: str) -> None:
    personalize = cloud.personalize
    found = [
        *[schema["schemaArn"] for schema in personalize.list_schemas()["schemas"]],
        *[group["datasetGroupArn"] for group in personalize.list_dataset_groups()["datasetGroups"]],
        *[dataset["datasetArn"] for dataset in personalize.list_datasets()["datasets"]],
        *[role["RoleName"] for page in _pages(cloud, "iam", "list_roles") for role in page["Roles"]],
        *[f["FunctionName"] for page in _pages(cloud, "lambda", "list_functions") for f in page["Functions"]],
        *[m["name"] for m in cloud.client("stepfunctions").list_state_machines()["stateMachines"]],
        *[group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]],
    ]
    assert [resource for resource in found if name in resource] == []


def _pages(cloud: Cloud, service: str, operation: str) -> Any:
    return cloud.client(service).get_paginator(operation).paginate()
