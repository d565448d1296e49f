"""Step Functions' SDK integration with Personalize: names of parameters, results and errors, and permissions."""

import json
import re

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.server_setup import Document, allow, make_import_role, make_role, put_users, trust
from tests.local_aws.support.stacks import Stack
from tests.local_aws.support.state_machines import PERSONALIZE_SDK, STATES, execute, make_state_machine, one_task

CATCH_ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def run_task(cloud: Cloud, name: str, action: str, parameters: Document, *statements: Document) -> Document:
    """Return the execution of a state machine that calls one operation."""
    definition = one_task(f"{PERSONALIZE_SDK}:{action}", parameters, Catch=CATCH_ALL)
    return execute(cloud, make_state_machine(cloud, name, definition, *statements))


def test_parameters_and_results_have_names_in_pascal_case(cloud: Cloud, name: str) -> None:
    parameters = {"Name": name, "Schema": users_schema(), "Domain": "ECOMMERCE"}
    created = run_task(cloud, name, "createSchema", parameters, allow("personalize:*"))
    (arn,) = created["output"].values()
    assert created["output"] == {"SchemaArn": arn}
    described = run_task(cloud, f"{name}-2", "describeSchema", {"SchemaArn": arn}, allow("personalize:*"))
    schema = described["output"]["Schema"]
    assert {key: schema[key] for key in parameters} == parameters
    assert schema["CreationDateTime"].endswith("Z")


def test_items_of_lists_have_names_in_pascal_case(cloud: Cloud, name: str) -> None:
    tags = [{"TagKey": "team", "TagValue": "data"}]
    created = run_task(cloud, name, "createDatasetGroup", {"Name": name, "Tags": tags}, allow("personalize:*"))
    arn = created["output"]["DatasetGroupArn"]
    listed = run_task(cloud, f"{name}-2", "listTagsForResource", {"ResourceArn": arn}, allow("personalize:*"))
    assert listed["output"] == {"Tags": tags}


def test_an_operation_without_a_result_has_an_empty_output(cloud: Cloud, name: str) -> None:
    arn = cloud.personalize.create_schema(name=name, schema=users_schema())["schemaArn"]
    assert run_task(cloud, name, "deleteSchema", {"SchemaArn": arn}, allow("personalize:*"))["output"] == {}


@pytest.mark.parametrize(
    ("action", "parameters", "error"),
    [
        ("describeSchema", {"SchemaArn": "arn:aws:personalize:::schema/none"}, "ResourceNotFoundException"),
        ("createSchema", {"Name": "invalid", "Schema": "{}"}, "InvalidInputException"),
        ("createSchema", {"Name": "existing", "Schema": users_schema()}, "ResourceAlreadyExistsException"),
    ],
    ids=["not-found", "invalid", "exists"],
)
def test_an_error_has_the_prefix_of_the_service(
    cloud: Cloud, name: str, action: str, parameters: Document, error: str
) -> None:
    existing = {**parameters, "Name": name} if parameters.get("Name") == "existing" else parameters
    cloud.personalize.create_schema(name=name, schema=users_schema())
    caught = run_task(cloud, name, action, existing, allow("personalize:*"))["output"]
    assert caught["Error"] == f"Personalize.{error}"
    assert "(Service: Personalize, Status Code: 400, Request ID: " in caught["Cause"]


def test_without_permission_of_the_role_a_call_is_refused(cloud: Cloud, name: str) -> None:
    caught = run_task(cloud, name, "listSchemas", {}, allow("personalize:ListDatasets"))["output"]
    assert caught["Error"] == "Personalize.PersonalizeException"
    assert f"assumed-role/states-{name}/" in caught["Cause"]
    assert "is not authorized to perform: personalize:ListSchemas" in caught["Cause"]


def test_the_role_must_be_allowed_to_pass_the_import_role(cloud: Cloud, name: str) -> None:
    group = cloud.personalize.create_dataset_group(name=name)["datasetGroupArn"]
    parameters = {
        "JobName": name,
        "DatasetArn": f"{group.replace(':dataset-group/', ':dataset/')}/USERS",
        "DataSource": {"DataLocation": put_users(cloud, name)},
        "RoleArn": make_import_role(cloud, name),
    }
    caught = run_task(cloud, name, "createDatasetImportJob", parameters, allow("personalize:*"))["output"]
    assert "is not authorized to perform: iam:PassRole" in caught["Cause"]


def test_empty_parameters_replace_the_input(cloud: Cloud, name: str) -> None:
    # Empty parameters, and an action in the spelling of the API action, are what the CDK's CallAwsService writes.
    definition = one_task(f"{PERSONALIZE_SDK}:listSchemas", {})
    machine = make_state_machine(cloud, name, definition, allow("personalize:listSchemas"))
    assert execute(cloud, machine, schema="not a parameter")["output"].keys() >= {"Schemas"}


def test_a_state_is_tested_with_the_permissions_of_the_given_role(cloud: Cloud, name: str) -> None:
    task = one_task(f"{PERSONALIZE_SDK}:listSchemas")["States"]["Task"]
    role = make_role(cloud, name, allow("personalize:ListSchemas"), trusting=trust(STATES, {}))
    other = make_role(cloud, f"{name}-other", trusting=trust(STATES, {}))
    # Without the prefix `sync-` of the host, which doesn't exist here.
    client = cloud.session.client(
        "stepfunctions",
        endpoint_url=cloud.aws.endpoint_url,
        verify=cloud.aws.environment["AWS_CA_BUNDLE"],
        config=Config(inject_host_prefix=False),
    )
    assert client.test_state(definition=json.dumps(task), roleArn=role)["status"] == "SUCCEEDED"
    assert client.test_state(definition=json.dumps(task), roleArn=other)["error"] == "Personalize.PersonalizeException"


def test_a_dropped_connection_is_an_error_of_the_client(cloud: Cloud, name: str) -> None:
    fault = {"operation": "ListSchemas", "drop_connection": True, "times": 1}
    cloud.aws.control("POST", "faults", fault)
    caught = run_task(cloud, name, "listSchemas", {}, allow("personalize:*"))["output"]
    assert caught["Error"] == "Personalize.SdkClientException"


def test_an_unknown_parameter_fails_the_execution_and_is_not_caught(cloud: Cloud, name: str) -> None:
    execution = run_task(cloud, name, "describeSchema", {"schemaArn": "x"}, allow("personalize:*"))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    assert 'The field "schemaArn" is not supported by Step Functions' in execution["cause"]


@pytest.mark.parametrize("action", ["describeDatasetImport", "DescribeSchema"])
def test_a_state_machine_that_calls_an_unknown_operation_is_refused(cloud: Cloud, name: str, action: str) -> None:
    definition = one_task(f"{PERSONALIZE_SDK}:{action}")
    refusal = f"aws-sdk:personalize:{action} is not recognized.* at /States/Task/Resource"
    with pytest.raises(ClientError, match=refusal) as refused:
        make_state_machine(cloud, name, definition)
    assert refused.value.response["Error"]["Code"] == "InvalidDefinition"

    role = make_role(cloud, name, trusting=trust(STATES, {}))
    properties = {"DefinitionString": json.dumps(definition), "RoleArn": role}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    stack = Stack(cloud, name)
    assert stack.create(json.dumps({"Resources": {"Machine": resource}})) == "ROLLBACK_COMPLETE"
    assert re.search(refusal, stack.reason())
    stack.delete()
