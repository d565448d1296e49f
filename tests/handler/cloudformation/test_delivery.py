"""Events that are delivered twice, functions that are killed, lost responses, and failing StartExecution calls."""

import json

import pytest

from personalize_import_handler.errors import RefusedError
from tests.handler.support.account import LAMBDA_ATTEMPTS, Account, Killed
from tests.handler.support.fakes import FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_function_that_is_killed_at_create_still_starts_one_job(
    cloudformation: CloudFormation, personalize: FakePersonalize, *, after_effect: bool
) -> None:
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=after_effect)

    assert cloudformation.create(properties()).succeeded
    assert len(personalize.jobs) == 1


def test_a_poll_that_is_killed_is_repeated(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    event = cloudformation.begin("Create", properties())
    personalize.fail_next("describe_dataset_import_job", Killed(), times=3)

    assert cloudformation.run(event).succeeded


def test_a_lost_response_is_sent_once_more(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.undeliverable = LAMBDA_ATTEMPTS - 1

    response = cloudformation.create(properties(Wait=False))

    assert response.succeeded
    assert len(personalize.jobs) == 1


def test_a_state_machine_that_can_not_be_started_fails_the_request_and_starts_no_job(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.fail_start_execution(
        RuntimeError("AccessDeniedException: not authorized to perform: states:StartExecution")
    )

    response = cloudformation.create(properties())

    assert response.reason.startswith("AccessDeniedException: not authorized to perform: states:StartExecution. ")
    assert response.physical_resource_id == "shop/Import"
    assert personalize.jobs == {}
    assert cloudformation.roll_back().succeeded


def test_a_missing_permission_to_start_the_state_machine_is_reported_with_the_statement(
    cloudformation: CloudFormation, account: Account
) -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:waiter"
    denied = f"User: x is not authorized to perform: states:StartExecution on resource: {arn} by any policy"
    account.fail_start_execution(RuntimeError(denied))

    reason = cloudformation.create(properties()).reason

    assert f'{{"Effect": "Allow", "Action": "states:StartExecution", "Resource": "{arn}"}} and deploy again.' in reason


def test_an_update_whose_state_machine_can_not_be_started_keeps_its_id(
    cloudformation: CloudFormation, account: Account
) -> None:
    created = cloudformation.create(properties())
    account.fail_start_execution(RuntimeError("Rate exceeded"))

    response = cloudformation.update(properties(ReimportToken="2"))

    assert not response.succeeded
    assert response.physical_resource_id == created.physical_resource_id


@pytest.mark.parametrize("junk", [{}, {"key1": "value1"}, {"RequestType": "Create"}])
def test_an_event_that_is_no_request_raises_an_error_without_a_response(
    junk: dict[str, str], cloudformation: CloudFormation, account: Account
) -> None:
    event = cloudformation.begin("Create", properties())

    with pytest.raises(ValueError, match="not a CloudFormation request"):
        account.functions.on_event(dict(junk), account.context)

    assert account.responses == {}
    assert cloudformation.run(event).succeeded


@pytest.mark.parametrize("missing", ["RequestType", "ResponseURL", "StackId", "RequestId", "LogicalResourceId"])
def test_an_incomplete_request_raises_an_error_without_a_response(
    missing: str, cloudformation: CloudFormation, account: Account
) -> None:
    event = {name: value for name, value in cloudformation.event("Create", {}).items() if name != missing}

    with pytest.raises(ValueError, match=f"not a CloudFormation request: {missing} missing"):
        account.functions.on_event(event, account.context)

    assert account.responses == {}


def test_data_of_one_request_is_not_in_the_response_to_the_next(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", "Invalid Data location.")
    personalize.fail_next("create_dataset_import_job", refused)

    other = CloudFormation(account, logical_id="Other").create(properties(DataLocation="s3://shop-data/other/"))

    assert not other.succeeded
    assert other.attributes == {}
    assert "Other" in other.physical_resource_id
    deleted = cloudformation.delete()
    assert (deleted.reason, deleted.attributes) == ("", {})


def test_an_event_is_not_modified(cloudformation: CloudFormation, account: Account) -> None:
    event = cloudformation.event("Create", properties())
    before = json.dumps(event)

    account.functions.on_event(event, account.context)

    assert json.dumps(event) == before


def test_an_execution_of_the_earlier_state_machine_with_a_recorded_error_continues(
    cloudformation: CloudFormation, account: Account
) -> None:
    event = cloudformation.begin("Create", properties())
    (execution,) = account.executions.values()
    execution.data["LastError"] = {"Error": "Sandbox.Timedout", "Cause": "killed"}

    assert cloudformation.run(event).succeeded
    assert execution.error is None
